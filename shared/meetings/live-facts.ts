import type { Attendance, LiveFact, Opinion } from './model.ts';

type Mark = Pick<Attendance, 'memberId' | 'status' | 'at' | 'sentLater'>;
type Said = Pick<Opinion, 'opinionId'> & { readonly answer?: unknown };

/** What the live file counts of an evening. */
export interface Evening {
  readonly roll: readonly Mark[];
  readonly opinions: readonly Said[];
  /** How often the list of speakers changed. */
  readonly turns: number;
}

/**
 * An evening with what facts tell beyond it, in whatever order and however often they come. Nothing where the facts do
 * not say enough, and all must be read: the meeting itself moved on, or a mark is told that is older than the one known.
 */
export const withFacts = (evening: Evening, facts: readonly LiveFact[]): Evening | undefined => {
  const roll = new Map(evening.roll.map((mark) => [mark.memberId, mark]));
  const opinions = new Map(evening.opinions.map((said) => [said.opinionId, said]));
  for (const fact of facts) {
    if (fact.type === 'attendance-recorded') {
      const known = roll.get(fact.memberId);
      const newer = known === undefined || recordedAt(known) < recordedAt(fact);
      if (!newer && known.status !== fact.status) return undefined;
      if (newer) roll.set(fact.memberId, fact);
    } else if (fact.type === 'opinion-given') {
      const answer = opinions.get(fact.opinionId)?.answer ?? fact.answeredAt;
      opinions.set(fact.opinionId, { opinionId: fact.opinionId, answer });
    } else return undefined;
  }
  return { ...evening, roll: [...roll.values()], opinions: [...opinions.values()] };
};

/** When a mark was written, which is not when a code was shown that was typed without a network. */
const recordedAt = ({ at, sentLater }: Pick<Mark, 'at' | 'sentLater'>) => sentLater ?? at;
