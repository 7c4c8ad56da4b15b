import { ask } from '#lib/api.ts';
import type { PollId } from '#shared/kernel/ids.ts';
import { mine } from '#shared/meetings/own-contract.ts';
import type { Absence, Attendance, Ballot, Opinion, Suggestion } from '#shared/meetings/shown.ts';
import type { MeetingRef } from '../meeting-paths.ts';
import { keepMine, type OwnRecord } from '../own-record.ts';

/** What is one's own at a meeting: from the server, from the answers of one's own acts, or from this phone's last copy. */
export class Own {
  readonly #ref: MeetingRef;
  #record = $state.raw<OwnRecord>();
  /** Whether the server has told it since the page was opened. */
  known = $state(false);

  constructor(ref: MeetingRef, kept: OwnRecord | undefined) {
    this.#ref = ref;
    this.#record = kept;
  }

  get attendance(): Attendance | undefined {
    return this.#record?.attendance;
  }

  get opinions(): readonly Opinion[] {
    return this.#record?.opinions ?? [];
  }

  /** Proposed before the meeting, each with what became of it. */
  get suggestions(): readonly Suggestion[] {
    return this.#record?.suggestions ?? [];
  }

  /** Asked beforehand, and what was answered. */
  get absence(): Absence | undefined {
    return this.#record?.absence;
  }

  ballotOn(pollId: PollId): Ballot | undefined {
    return this.#record?.ballots[pollId];
  }

  /** Whether this person keeps the record of the meeting. */
  get records(): boolean {
    return this.#record?.records ?? false;
  }

  async load(): Promise<void> {
    const answer = await ask(mine, this.#ref);
    if (!answer.ok) return;
    this.known = true;
    this.#take(joined(answer.value, this.#now));
  }

  attended(attendance: Attendance): void {
    this.#take({ ...this.#now, attendance });
  }

  spoke(opinion: Opinion): void {
    const others = this.opinions.filter(({ opinionId }) => opinionId !== opinion.opinionId);
    this.#take({ ...this.#now, opinions: [...others, opinion] });
  }

  proposed(suggestion: Suggestion): void {
    this.#take({ ...this.#now, suggestions: [...this.suggestions, suggestion] });
  }

  askedToBeExcused(absence: Absence): void {
    this.#take({ ...this.#now, absence });
  }

  voted(pollId: PollId, ballot: Ballot): void {
    this.#take({ ...this.#now, ballots: { ...this.#now.ballots, [pollId]: ballot } });
  }

  get #now(): OwnRecord {
    return this.#record ?? { opinions: [], suggestions: [], ballots: {}, records: false };
  }

  #take(record: OwnRecord): void {
    this.#record = record;
    void keepMine(this.#ref.meetingId, record);
  }
}

/** What the server tells, which may be a second old, with what this phone was thanked for: none of it is ever taken away. */
const joined = (told: OwnRecord, held: OwnRecord): OwnRecord => {
  const known = new Set(told.opinions.map(({ opinionId }) => opinionId));
  const heard = new Set(told.suggestions.map(({ suggestionId }) => suggestionId));
  return {
    ...told,
    attendance: (told.attendance?.at ?? '') < (held.attendance?.at ?? '') ? held.attendance : told.attendance,
    opinions: [...told.opinions, ...held.opinions.filter(({ opinionId }) => !known.has(opinionId))],
    absence: (told.absence?.askedAt ?? '') < (held.absence?.askedAt ?? '') ? held.absence : told.absence,
    suggestions: [...told.suggestions, ...held.suggestions.filter(({ suggestionId }) => !heard.has(suggestionId))],
    ballots: { ...held.ballots, ...told.ballots },
  };
};
