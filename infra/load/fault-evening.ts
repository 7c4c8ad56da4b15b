import { setTimeout as pause } from 'node:timers/promises';
import { dayOf, instantOf, monthOf } from '#shared/kernel/time.ts';
import { checkIn, giveOpinion, vote } from '#shared/meetings/contract.ts';
import type { LiveMeeting } from '#shared/meetings/model.ts';
import { mine as myPoints } from '#shared/points/contract.ts';
import { compare, type Hall, nothingThanked, type Thanked } from './evening.ts';
import { must, newAction } from './population.ts';
import { type Act, eventually, sendOnce, type Thanks, untilThanked } from './sending.ts';

/** Something that goes wrong for a while. */
export interface Trouble {
  begin(): Promise<void>;
  /** Done again and again while it lasts, for what is over in an instant. */
  readonly again?: { readonly everyMs: number; strike(): Promise<void> };
  end(): Promise<void>;
}

export interface FaultFigures {
  readonly acts: number;
  readonly tries: number;
  readonly acknowledged: number;
  readonly stored: number;
  readonly lost: number;
  readonly doubled: number;
  /** Requests sent again after the thanks that were answered otherwise than the first time. */
  readonly answeredOtherwise: number;
  /** Slowest act from its first sending to its thanks, in seconds. */
  readonly slowest: number;
  /** Seconds from the end of the trouble until the last act that it had hit was thanked for. */
  readonly recoveredActs: number;
  /** Seconds from the last thanks until every live file and every points sheet showed it. */
  readonly recoveredFiles: number;
  /** Oldest state of its meeting that a phone had on its screen, in seconds. */
  readonly oldestState: number;
}

/** The hall with its members' phones on another way to the site. */
export const through = (url: string, hall: Hall): Hall => ({
  ...hall,
  members: hall.members.map(({ memberId, person }) => ({ memberId, person: person.via(url) })),
});

const seconds = (milliseconds: number): number => Math.round(Math.max(0, milliseconds) / 10) / 100;

/**
 * The halls' members check in, give an opinion and vote, spread over `lastsMs`; from a quarter to three quarters of it
 * something goes wrong. Everybody sends until he is thanked. Then what is stored is compared with what was thanked for.
 */
export const playTrouble = async (
  halls: readonly Hall[],
  trouble: Trouble,
  {
    lastsMs,
    random,
    hurry,
  }: {
    readonly lastsMs: number;
    readonly random: () => number;
    /** Lets what is on its way arrive without the windows in which it is gathered; the recovery of files is no figure then. */
    readonly hurry?: () => Promise<void>;
  },
): Promise<FaultFigures> => {
  const begun = performance.now();
  const thanked = new Map(halls.map((hall) => [hall.meetingId, nothingThanked()]));
  const thanks: Thanks[] = [];
  let answeredOtherwise = 0;
  const watching = watchAll(halls);
  const [troubleOver] = await Promise.all([
    makeTrouble(trouble, lastsMs),
    ...halls.flatMap((hall) =>
      hall.members.map(async (member) => {
        await pause(random() * lastsMs);
        for (const act of actsOf(hall, member, thanked.get(hall.meetingId) ?? nothingThanked())) {
          const given = await untilThanked(act, { random });
          thanks.push(given);
          act.keep(given.body);
          // one in three phones never saw the answer and sends again
          const again = random() < 1 / 3 ? await untilThanked(act, { random }) : given;
          if (JSON.stringify(again.body) !== JSON.stringify(given.body)) answeredOtherwise++;
        }
      }),
    ),
  ]);
  const lastThanks = Math.max(...thanks.map(({ thankedAt }) => thankedAt));
  await hurry?.();
  await derivedCaughtUp(halls);
  const caughtUp = performance.now();
  const oldestState = watching.end();

  const sum = { acknowledged: 0, stored: 0, lost: 0, doubled: 0 };
  for (const hall of halls) {
    const found = await compare(hall, thanked.get(hall.meetingId) ?? nothingThanked());
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += found[key];
  }
  const hit = thanks.filter(({ tries, thankedAt }) => tries > 1 && thankedAt > troubleOver);
  return {
    acts: thanks.length,
    tries: thanks.reduce((all, { tries }) => all + tries, 0),
    ...sum,
    doubled: sum.doubled + (await pointsTooMany(halls)),
    answeredOtherwise,
    slowest: seconds(Math.max(...thanks.map(({ firstSentAt, thankedAt }) => thankedAt - firstSentAt))),
    recoveredActs: seconds(Math.max(0, ...hit.map(({ thankedAt }) => thankedAt - troubleOver))),
    recoveredFiles: seconds(caughtUp - Math.max(lastThanks, troubleOver, begun)),
    oldestState: seconds(oldestState),
  };
};

/** Makes trouble in the middle half of the time; answers when it was over. */
const makeTrouble = async (trouble: Trouble, lastsMs: number): Promise<number> => {
  await pause(lastsMs / 4);
  await trouble.begin();
  const until = performance.now() + lastsMs / 2;
  while (trouble.again && performance.now() < until) {
    await trouble.again.strike();
    await pause(Math.min(trouble.again.everyMs, Math.max(0, until - performance.now())));
  }
  await pause(Math.max(0, until - performance.now()));
  await trouble.end();
  return performance.now();
};

const actsOf = (
  { unitId, meetingId, pollId }: Hall,
  { memberId, person }: Hall['members'][number],
  thanked: Thanked,
): (Act & { keep: (body: unknown) => void })[] => {
  const one = { unitId, meetingId };
  const actionId = newAction();
  const text = `Tôi nhất trí với dự thảo nghị quyết (${actionId.slice(0, 8)})`;
  return [
    {
      name: 'check-in',
      send: () => person.ask(checkIn, one),
      keep: () => thanked.attendance.add(memberId),
    },
    {
      name: 'opinion',
      send: () => person.ask(giveOpinion, { ...one, actionId, text }),
      keep: (body) => thanked.opinions.set((body as { opinionId: string }).opinionId, memberId), // the contract's output
    },
    {
      name: 'vote',
      send: () => person.ask(vote, { ...one, pollId, choice: 'agree' }),
      keep: () => thanked.ballots.set(memberId, 'agree'),
    },
  ];
};

/** One phone of each hall that only looks, as often as the live file says; what ends it answers the oldest state seen. */
const watchAll = (halls: readonly Hall[]): { end: () => number } => {
  let going = true;
  let oldest = 0;
  const watch = async ({ unitId, meetingId, members }: Hall): Promise<void> => {
    const person = members.at(-1)?.person;
    let shownSince = performance.now();
    while (going && person) {
      const asked = performance.now();
      const answer = await sendOnce({
        name: 'live file',
        send: () => person.read<LiveMeeting>(`/content/live/${unitId}/${meetingId}.json`),
      });
      if (!going) return;
      oldest = Math.max(oldest, performance.now() - shownSince);
      const seen = answer?.status === 200 && typeof answer.body === 'object';
      if (seen) shownSince = asked;
      await pause(seen ? Math.min(5, answer.body.nextPollSeconds) * 1_000 : 1_000);
    }
  };
  for (const hall of halls) void watch(hall);
  return {
    end: () => {
      going = false;
      return oldest;
    },
  };
};

/** Every live file shows every act, and every points sheet is counted. */
const derivedCaughtUp = async (halls: readonly Hall[]): Promise<void> => {
  for (const { unitId, meetingId, members, secretary } of halls) {
    const path = `/content/live/${unitId}/${meetingId}.json`;
    const live = await eventually(
      () => secretary.read<LiveMeeting>(path),
      ({ body }) => body?.attendance?.present === members.length && body.opinions.given === members.length,
      60_000,
    );
    if (live.body?.attendance?.present !== members.length) {
      throw new Error(`the live file shows ${live.body?.attendance?.present} of ${members.length} present`);
    }
  }
  await eventually(
    () => pointsOf(halls),
    (points) => points.every((total) => total === Math.max(...points) && total > 0),
    90_000,
  );
};

const pointsOf = async (halls: readonly Hall[]): Promise<number[]> => {
  const month = monthOf(dayOf(instantOf(Date.now())));
  const sheets = halls.flatMap(({ members }) =>
    members.map(async ({ person }) => (await must('points', person.ask(myPoints, { month }))).lines),
  );
  return (await Promise.all(sheets)).map((lines) => lines.length);
};

/** Lines of points beyond the two that an attendance and an opinion give, or short of them. */
const pointsTooMany = async (halls: readonly Hall[]): Promise<number> =>
  (await pointsOf(halls)).reduce((sum, lines) => sum + Math.abs(lines - 2), 0);
