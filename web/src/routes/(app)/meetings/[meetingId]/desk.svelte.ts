import { content } from '#lib/api.ts';
import { meetingsProblems } from '#lib/problems/meetings.ts';
import { type Problem, problemOf } from '#lib/problems.ts';
import type StepUp from '#lib/ui/StepUp.svelte';
import type { Result } from '#shared/kernel/result.ts';
import { LiveMeeting, type Opinion } from '#shared/meetings/model.ts';
import { liveFile, type MeetingRef } from '../meeting-paths.ts';
import { askDesk, type Desk } from './desk.ts';
import { follow } from './follow.ts';

/** Before the shared file says how soon to look again. */
const FIRST_LOOK_SECONDS = 5;
/** A meeting of a few is looked at this often. */
const FEW_SECONDS = 15;

/**
 * The desk of a secretary or scribe: how the meeting stands, and what became of the last act. It follows the shared file,
 * which costs no function, and asks for the desk only when that has changed or phones are voting.
 */
export class DeskState {
  desk = $state.raw<Desk>() as Desk; // set by the constructor
  busy = $state(false);
  problem = $state.raw<Problem>();
  /** What is shown is this phone's last copy, or the last look had no network. */
  stale = $state(false);
  /** The page's own question for the PIN. */
  stepUp = $state.raw<StepUp>();
  #seq = 0;
  #seconds = FIRST_LOOK_SECONDS;

  constructor(first: Desk, kept: boolean) {
    this.desk = first;
    this.stale = kept;
  }

  get ref(): MeetingRef {
    return { unitId: this.desk.meeting.unitId, meetingId: this.desk.meeting.meetingId };
  }

  nameOf(memberId: string | undefined): string {
    return this.desk.members.find((member) => member.memberId === memberId)?.name ?? '';
  }

  async reload(): Promise<void> {
    const answer = await askDesk(this.ref);
    this.stale = !answer.ok;
    // an act of this screen may have been answered with a later version meanwhile
    if (answer.ok && answer.value.meeting.version >= this.desk.meeting.version) this.desk = answer.value;
  }

  /** Does an act: its value goes to `then`, a refusal onto the screen, a missing confirmation to the PIN. */
  async act<T>(send: () => Promise<Result<T>>, then: (value: T) => void = () => undefined): Promise<boolean> {
    this.busy = true;
    this.problem = undefined;
    const answer = await (this.stepUp ? this.stepUp.through(send) : send());
    this.busy = false;
    if (answer.ok) then(answer.value);
    else {
      this.problem = problemOf(answer.code as keyof typeof meetingsProblems, meetingsProblems); // stated by the contract
      if (answer.code === 'changed-meanwhile' || answer.code === 'wrong-state') void this.reload();
    }
    return answer.ok;
  }

  /** An act that changes the meeting itself. */
  change(send: () => Promise<Result<{ meeting: Desk['meeting'] }>>): Promise<boolean> {
    return this.act(send, ({ meeting }) => {
      this.desk = { ...this.desk, meeting };
      void this.reload();
    });
  }

  said(opinion: Opinion): void {
    const others = this.desk.opinions.filter(({ opinionId }) => opinionId !== opinion.opinionId);
    this.desk = { ...this.desk, opinions: [...others, opinion].toSorted((a, b) => a.at.localeCompare(b.at)) };
  }

  start(): () => void {
    // a meeting of a few stands in no file that says when to look again
    if (this.desk.meeting.invited)
      return follow(
        () => FEW_SECONDS,
        () => this.reload(),
      );
    return follow(
      () => this.#seconds,
      async () => {
        const live = await content(liveFile(this.ref), LiveMeeting);
        if (!live.ok || live.value.kept) {
          this.stale = true;
          return;
        }
        const { seq, nextPollSeconds, polls } = live.value.value;
        this.#seconds = nextPollSeconds;
        const voting = polls.some(({ state }) => state === 'open');
        if (seq > this.#seq || voting || this.stale) await this.reload();
        this.#seq = Math.max(seq, this.#seq);
      },
    );
  }
}
