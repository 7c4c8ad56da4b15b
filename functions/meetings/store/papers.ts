import * as v from 'valibot';
import { type Item, isNew, type Part } from '#runtime/table.ts';
import type { DocumentId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import {
  type Concluded,
  Conclusion,
  GivenTask,
  Minutes,
  type MinutesIn,
  Resolution,
} from '#shared/meetings/minutes.ts';
import { MeetingClosed, type PaperSettled, WordFiles } from '#shared/meetings/model.ts';
import { Rating } from '#shared/meetings/rating.ts';
import { noCourse, RatingCourse } from '#shared/meetings/rating-course.ts';
import { evening, key, type MeetingRef, type PaperName, refOf, table } from './keys.ts';
import { changed, onVersion } from './meetings.ts';

export interface Papers {
  readonly conclusion: Conclusion | undefined;
  readonly rating: Rating | undefined;
  /** How the mark came to be. */
  readonly course: RatingCourse;
  readonly minutes: Minutes | undefined;
  readonly resolution: Resolution | undefined;
  readonly summary: MeetingClosed | undefined;
  readonly words: WordFiles;
}

/** The papers of an evening as they stand; earlier versions of the minutes are not among them. */
export const papersOf = async (ref: MeetingRef): Promise<Papers> =>
  papersIn(await table.query(evening(ref), { prefix: 'PAPER#' }));

/** The same among all items of a meeting. */
export const papersIn = (all: readonly Item[]): Papers => {
  const items = new Map(all.map((item) => [item.sk, item]));
  const of = <S extends v.GenericSchema>(name: PaperName, schema: S): v.InferOutput<S> | undefined => {
    const item = items.get(`PAPER#${name}`);
    return item && v.parse(schema, item);
  };
  return {
    conclusion: of('CONCLUSION', Conclusion),
    rating: of('RATING', Rating),
    course: of('COURSE', RatingCourse) ?? noCourse,
    minutes: of('MINUTES', Minutes),
    resolution: of('RESOLUTION', Resolution),
    summary: of('SUMMARY', v.object({ fact: MeetingClosed }))?.fact,
    words: of('WORD', WordFiles) ?? {},
  };
};

export const minutesOf = async (ref: MeetingRef): Promise<Minutes | undefined> => {
  const item = await table.get(key.paper(ref, 'MINUTES'));
  return item && v.parse(Minutes, item);
};

/**
 * Keeps each sentence of the conclusion as it was written at that moment; one that was written later stays, and so do those
 * of which nothing is said. Answers all that stands; nothing when one of them was written later by another.
 */
export const recordConclusion = async (
  ref: MeetingRef,
  said: Concluded,
  writtenAt: Instant,
): Promise<Conclusion | undefined> => {
  const sentences = Object.entries(said);
  await Promise.all(
    sentences.map(([name, text]) =>
      table.change(key.paper(ref, 'CONCLUSION'), {
        set: { [name]: text, [`${name}At`]: writtenAt },
        onlyIf: {
          expression: `attribute_not_exists(#${name}At) OR #${name}At <= :writtenAt`,
          values: { writtenAt },
        },
      }),
    ),
  );
  const stands: Conclusion = v.parse(Conclusion, (await table.get(key.paper(ref, 'CONCLUSION'))) ?? {});
  // the same words again, whose thanks were lost, stand too
  return sentences.every(([name, text]) => stands[name as keyof Conclusion] === text) ? stands : undefined;
};

/** Keeps a version of the minutes over the one it was made from, and that one beside it. False: another was faster. */
export const recordMinutes = async (ref: MeetingRef, minutes: Minutes): Promise<boolean> => {
  const standing = minutes.version - 1;
  const written = await table.together([
    {
      put: { ...key.paper(ref, 'MINUTES'), ...minutes },
      onlyIf: standing === 0 ? isNew : { ...onVersion(standing) },
    },
    { put: { ...key.paper(ref, `MINUTES#${String(minutes.version).padStart(4, '0')}`), ...minutes }, onlyIf: isNew },
  ]);
  return written.done;
};

const Counter = v.object({ next: v.number() });

/** Issuers that meet at one counter at most; a branch has one secretary and a deputy. */
const MOST_ISSUERS = 8;

/**
 * Settles a paper once, under the next number of its type, branch and term: the paper and its counter change together, so
 * that no number is given twice and none is left out. A paper that stands by now is answered; `undefined`: it was changed.
 */
const underNextNumber = async <P>(
  ref: MeetingRef,
  counter: string,
  paper: {
    readonly standing: () => Promise<P | undefined>;
    readonly settled: (number: number) => { readonly paper: P; readonly part: Part };
  },
): Promise<P | undefined> => {
  for (let round = 0; round < MOST_ISSUERS; round++) {
    const [standing, counted] = await Promise.all([paper.standing(), table.get(key.counter(ref.unitId, counter))]);
    if (standing) return standing;
    const number = counted ? v.parse(Counter, counted).next : 1;
    const settled = paper.settled(number);
    const written = await table.together([
      settled.part,
      {
        put: { ...key.counter(ref.unitId, counter), next: number + 1 },
        onlyIf: counted ? { expression: '#next = :number', values: { number } } : isNew,
      },
    ]);
    if (written.done) return settled.paper;
    const moved = written.failed.some(({ part }) => part === 1);
    if (!moved) return paper.standing();
  }
  throw new Error('a counter of papers was moved by others in every round');
};

/** Adopts the version that stands, under the next number of minutes; nothing when another version stands by now. */
export const recordAdoption = (
  ref: MeetingRef,
  minutes: MinutesIn<'adopted'>,
): Promise<MinutesIn<'adopted'> | undefined> =>
  underNextNumber(ref, `BB#${minutes.term ?? ''}`, {
    standing: async () => {
      const standing = await minutesOf(ref);
      return standing?.state === 'adopted' ? standing : undefined;
    },
    settled: (number) => {
      const paper = { ...minutes, number };
      const fact: PaperSettled = { type: 'minutes-adopted', ...refOf(ref), at: minutes.adoptedAt };
      const { version } = minutes;
      const onlyIf = { expression: '#version = :version AND #state = :draft', values: { version, draft: 'draft' } };
      return { paper, part: { put: { ...key.paper(ref, 'MINUTES'), ...paper, fact }, onlyIf } };
    },
  });

/** Issues a resolution once, under the next number of its branch and term; again answers the one that stands. */
export const recordResolution = async (
  ref: MeetingRef,
  resolution: Omit<Resolution, 'number'>,
): Promise<Resolution> => {
  const issued = await underNextNumber(ref, `NQ#${resolution.term}`, {
    standing: async () => {
      const standing = await table.get(key.paper(ref, 'RESOLUTION'));
      return standing && v.parse(Resolution, standing);
    },
    settled: (number) => {
      const paper: Resolution = { ...resolution, number };
      const fact: PaperSettled = { type: 'resolution-issued', ...refOf(ref), at: resolution.issuedAt };
      return { paper, part: { put: { ...key.paper(ref, 'RESOLUTION'), ...paper, fact }, onlyIf: isNew } };
    },
  });
  if (!issued) throw new Error('a resolution was neither issued nor found');
  return issued;
};

/** Every kept version of the minutes, the first one first. */
export const minutesVersionsOf = async (ref: MeetingRef): Promise<readonly Minutes[]> =>
  (await table.query(evening(ref), { prefix: 'PAPER#MINUTES#' })).map((item) => v.parse(Minutes, item));

/** Tells the figures how the meeting stands; nothing when they know it already. */
export const recordSummary = async (ref: MeetingRef, fact: MeetingClosed): Promise<void> => {
  await table.put({ ...key.paper(ref, 'SUMMARY'), fact });
};

/** Names the place of a Word file, or the document that is its signed scan; the live file then names it to the branch. */
export const recordWord = async (
  ref: MeetingRef,
  which: keyof WordFiles,
  path: string,
  now: Instant,
): Promise<void> => {
  await table.change(key.paper(ref, 'WORD'), {
    set: { [which]: path, fact: { ...changed(ref, now), rowStands: true } },
  });
};

/** Forgets a signed scan that was withdrawn, wherever it stands; another one that took its place stays. */
export const recordScanWithdrawn = async (ref: MeetingRef, scan: DocumentId, now: Instant): Promise<void> => {
  for (const which of ['minutesScan', 'resolutionScan'])
    await table.change(key.paper(ref, 'WORD'), {
      set: { fact: { ...changed(ref, now), rowStands: true } },
      remove: [which],
      onlyIf: { expression: `#${which} = :scan`, values: { scan } },
    });
};

/** Keeps a task that was given at this meeting; a repeat is the same. */
export const recordTask = async (ref: MeetingRef, task: GivenTask): Promise<void> => {
  await table.put({ ...key.task(ref, task.taskId), ...task });
};

/** Tasks given at the meeting whose items these are. */
export const tasksIn = (items: readonly Item[]): readonly GivenTask[] =>
  items.filter(({ sk }) => sk.startsWith('TASK#')).map((item) => v.parse(GivenTask, item));
