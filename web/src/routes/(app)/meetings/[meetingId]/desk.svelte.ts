import { ask } from '#lib/api.ts';
import { meetingsProblems } from '#lib/problems/meetings.ts';
import { type Problem, problemOf } from '#lib/problems.ts';
import type StepUp from '#lib/ui/StepUp.svelte';
import type { Result } from '#shared/kernel/result.ts';
import { desk } from '#shared/meetings/contract.ts';
import type { Desk } from './desk.ts';

/** As often as a desk that is looked at asks how the evening stands. Source: burst.md §2.2. */
const EVERY_MS = 10_000;

/** The desk of a secretary or scribe: how the meeting stands, and what became of the last act. */
export class DeskState {
  desk = $state.raw<Desk>() as Desk;
  busy = $state(false);
  problem = $state.raw<Problem>();
  /** The page's own question for the PIN. */
  stepUp = $state.raw<StepUp>();

  constructor(first: Desk) {
    this.desk = first;
  }

  get ref() {
    return { unitId: this.desk.meeting.unitId, meetingId: this.desk.meeting.meetingId };
  }

  async reload(): Promise<void> {
    const answer = await ask(desk, this.ref);
    if (answer.ok) this.desk = answer.value;
  }

  /** Does an act; what it was answered goes to `then`, a refusal onto the screen, a missing confirmation to the PIN. */
  async act<T>(send: () => Promise<Result<T>>, then: (value: T) => void = () => undefined): Promise<void> {
    this.busy = true;
    this.problem = undefined;
    const answer = await (this.stepUp ? this.stepUp.through(send) : send());
    this.busy = false;
    if (answer.ok) then(answer.value);
    else this.problem = problemOf(answer.code as keyof typeof meetingsProblems, meetingsProblems);
  }

  /** An act that changes the meeting itself. */
  change(send: () => Promise<Result<{ meeting: Desk['meeting'] }>>): Promise<void> {
    return this.act(send, ({ meeting }) => {
      this.desk = { ...this.desk, meeting };
      void this.reload();
    });
  }

  start(): () => void {
    const timer = setInterval(() => document.visibilityState === 'visible' && void this.reload(), EVERY_MS);
    return () => clearInterval(timer);
  }
}
