import type { DocumentStudied } from '#shared/documents/model.ts';
import { never } from '#shared/kernel/result.ts';
import { dayOf, type Month, monthOf } from '#shared/kernel/time.ts';
import type { AttendanceRecorded, OpinionGiven } from '#shared/meetings/model.ts';
import { type Balance, type Entry, type Line, type PointKind, type Scheme, schemes } from './model.ts';

/** Being present earns; the scribe's correction to any other mark takes it back. */
export const entryOfAttendance = (fact: AttendanceRecorded): Entry => ({
  memberId: fact.memberId,
  unitId: fact.unitId,
  kind: 'attendance',
  subjectId: fact.meetingId,
  mark: fact.status === 'present' ? 'present' : 'absent',
  day: fact.day,
  // of two marks the one that came in last holds
  at: fact.sentLater ?? fact.at,
});

/** Reading is shown by the answer to the question; the first answer counts, a wrong one has read too. */
export const entryOfStudy = (fact: DocumentStudied): Entry => ({
  memberId: fact.memberId,
  unitId: fact.unitId,
  kind: 'study',
  subjectId: fact.documentId,
  mark: fact.correct ? 'right' : 'wrong',
  day: dayOf(fact.at),
  at: fact.at,
});

export const entryOfOpinion = (fact: OpinionGiven): Entry => ({
  memberId: fact.memberId,
  unitId: fact.unitId,
  kind: 'opinion',
  subjectId: fact.opinionId,
  mark: 'given',
  day: dayOf(fact.at),
  at: fact.at,
});

/** Of two entries on one subject the later recorded holds; at one instant the mark decides, so that order never does. */
export const replaces = (next: Entry, standing: Entry): boolean =>
  next.at > standing.at || (next.at === standing.at && next.mark > standing.mark);

/** Of each member's entries on each subject the one that holds. */
export const latest = (entries: readonly Entry[]): readonly Entry[] => {
  const standing = new Map<string, Entry>();
  for (const entry of entries) {
    const subject = [entry.memberId, entry.kind, entry.subjectId].join('#');
    const before = standing.get(subject);
    if (!before || replaces(entry, before)) standing.set(subject, entry);
  }
  return [...standing.values()];
};

/** The entry that follows from a fact of another context. */
export const entryOf = (fact: AttendanceRecorded | OpinionGiven | DocumentStudied): Entry => {
  switch (fact.type) {
    case 'attendance-recorded':
      return entryOfAttendance(fact);
    case 'opinion-given':
      return entryOfOpinion(fact);
    case 'document-studied':
      return entryOfStudy(fact);
    default:
      return never(fact);
  }
};

/** The scheme in force in a month; before the first one nothing is counted. */
export const schemeOf = (month: Month, among: readonly Scheme[] = schemes): Scheme | undefined =>
  among.findLast(({ validFrom }) => validFrom <= month);

/** What an answer to a paper's question is worth in this month, before any cap. */
export const worthOfStudy = (correct: boolean, month: Month): number =>
  schemeOf(month)?.kinds.study?.points[correct ? 'right' : 'wrong'] ?? 0;

/**
 * A member's month from his entries: each worth what the scheme says, held to the cap of its kind and of the month in
 * the order of days, so that the same entries give the same lines in whatever order they arrived.
 */
export const balanceOf = (month: Month, entries: readonly Entry[], among?: readonly Scheme[]): Balance => {
  const scheme = schemeOf(month, among);
  const monthCap = scheme?.monthCap ?? 0;
  const left = new Map<PointKind, number>(kinds.map((kind) => [kind, scheme?.kinds[kind]?.cap ?? 0]));
  let leftOfMonth = monthCap;
  const lines = entries
    .filter(({ day }) => monthOf(day) === month)
    .toSorted(inOrder)
    .map((entry): Line => {
      const { kind, subjectId, mark, day } = entry;
      const worth = scheme?.kinds[kind]?.points[mark] ?? 0;
      const counted = Math.min(worth, left.get(kind) ?? 0, leftOfMonth);
      left.set(kind, (left.get(kind) ?? 0) - counted);
      leftOfMonth -= counted;
      return { kind, subjectId, mark, day, worth, counted };
    });
  const sum = (some: readonly Line[]) => some.reduce((total, { counted }) => total + counted, 0);
  return {
    month,
    total: sum(lines),
    monthCap,
    kinds: kinds.map((kind) => ({
      kind,
      total: sum(lines.filter((line) => line.kind === kind)),
      cap: scheme?.kinds[kind]?.cap ?? 0,
    })),
    lines,
  };
};

/** The branch's month: the sum of its members' months, each held to the cap. Nothing of a single person is in it. */
export const branchTotal = (month: Month, entries: readonly Entry[], among?: readonly Scheme[]): number =>
  [...Map.groupBy(entries, ({ memberId }) => memberId).values()].reduce(
    (total, own) => total + balanceOf(month, own, among).total,
    0,
  );

const kinds: readonly PointKind[] = ['attendance', 'study', 'opinion'];

const inOrder = (a: Entry, b: Entry): number =>
  compare(a.day, b.day) || compare(a.at, b.at) || compare(a.kind, b.kind) || compare(a.subjectId, b.subjectId);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
