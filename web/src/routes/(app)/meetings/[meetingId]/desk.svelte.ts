import { untrack } from 'svelte';
import { content, sendingOf } from '#lib/api.ts';
import type { Outbox } from '#lib/outbox.svelte.ts';
import { meetingsProblems } from '#lib/problems/meetings.ts';
import { type Problem, problemOf } from '#lib/problems.ts';
import { rightNow } from '#lib/server-clock.ts';
import type StepUp from '#lib/ui/StepUp.svelte';
import type { MemberId } from '#shared/kernel/ids.ts';
import type { InputOf, Operation, OutputOf } from '#shared/kernel/operation.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { instantOf } from '#shared/kernel/time.ts';
import type { open } from '#shared/meetings/leading-contract.ts';
import { DESK_MS } from '#shared/meetings/looks.ts';
import { LiveMeeting, type Opinion } from '#shared/meetings/model.ts';
import { liveFile, type MeetingRef } from '../meeting-paths.ts';
import { askDesk, askDeskNow, type Desk } from './desk.ts';
import { follow } from './follow.ts';

/** Refusals of what this screen shows rather than of what was done: it is asked for anew. */
const STALE: readonly string[] = [
  'changed-meanwhile',
  'marked-meanwhile',
  'reason-missing',
  'already-voted-on',
  'wrong-state',
];

type LeadingAct = Operation<Operation['input'], typeof open.output>;

/** Before the shared file says how soon to look again. */
const FIRST_LOOK_SECONDS = 5;
/** A meeting of a few is looked at this often. */
const FEW_SECONDS = 15;

/**
 * The desk of a secretary or scribe: how the meeting stands, and what became of the last act. It follows the shared file,
 * which costs no function, and asks for what moves at the desk only when that has changed or phones are voting. What is led
 * and recorded goes through the outbox and is shown at once, so that a hall without a network holds its whole meeting and a
 * reload loses nothing.
 */
export class DeskState {
  desk = $state.raw<Desk>() as Desk; // set by the constructor
  busy = $state(false);
  problem = $state.raw<Problem>();
  /** What is shown is this phone's last copy, or the last look had no network. */
  stale = $state(false);
  /** The page's own question for the PIN. */
  stepUp = $state.raw<StepUp>();
  readonly #outbox: Outbox;
  readonly #me: MemberId;
  /** Something is sent later than it was done: nobody hears the server's answer to it. */
  #late = false;
  #seq = 0;
  #seconds = FIRST_LOOK_SECONDS;
  #wholeAt = performance.now();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(first: Desk, kept: boolean, by: { readonly outbox: Outbox; readonly me: MemberId }) {
    this.desk = first;
    this.stale = kept;
    this.#outbox = by.outbox;
    this.#me = by.me;
    // the page makes one desk of what it has loaded, not another with every act
    if (untrack(() => this.#waits)) void this.#show(first);
  }

  get #waits(): boolean {
    return this.#outbox.waiting.some(({ sending }) =>
      sending.url.startsWith(`/api/meetings/${this.ref.unitId}/${this.ref.meetingId}/`),
    );
  }

  /** What the server knows, with what waits for it. */
  async #show(known: Desk): Promise<void> {
    // only where something waits, and then it is on the phone: the roll needs it too
    this.#late = true;
    const { withWaiting } = await import('./run/waiting-acts.ts');
    this.desk = withWaiting(known, this.#outbox.waiting, this.#me);
  }

  /** When all that waited has gone out, the server's own record takes its place. */
  followOutbox(): void {
    const waits = this.#waits;
    if (!this.#late || waits) return;
    this.#late = false;
    void this.reload();
  }

  /** Sends what waits for the PIN, which is asked for. */
  async confirm(): Promise<void> {
    await this.stepUp?.through(async () => {
      await this.#outbox.send('all');
      return this.#outbox.needsPin ? refuse('step-up-needed') : ok(true);
    });
  }

  /** An act that may wait: shown at once; the server's answer takes its place, a refusal brings back what stands there. */
  async record<Op extends Operation>(
    op: Op,
    input: InputOf<Op>,
    about: string,
    took: (value: OutputOf<Op>) => void,
  ): Promise<boolean> {
    this.problem = undefined;
    const { withWaiting } = await import('./run/waiting-acts.ts');
    const act = { operation: op.id, sending: sendingOf(op, input), at: instantOf(rightNow()) };
    this.desk = withWaiting(this.desk, [act], this.#me);
    const acted = await this.#outbox.act(op, input, { about });
    if (acted.state === 'saved' && acted.value !== undefined) took(acted.value);
    if (acted.state === 'waiting') {
      this.#late = true;
      // whether there is a network is asked now, not at the next look
      void this.reload();
    }
    if (acted.state !== 'refused') return true;
    this.problem = problemOf(acted.code as keyof typeof meetingsProblems, meetingsProblems); // stated by the contract
    await this.reload();
    return false;
  }

  /** The same of an act that changes the meeting itself. */
  async lead(op: LeadingAct, input: InputOf<LeadingAct>, about: string): Promise<boolean> {
    this.busy = true;
    const done = await this.record(op, input, about, (value) => this.took(value.meeting));
    if (this.#outbox.needsPin) await this.confirm();
    this.busy = false;
    return done;
  }

  took(meeting: Desk['meeting']): void {
    if (meeting.version > this.desk.meeting.version) this.desk = { ...this.desk, meeting };
  }

  get ref(): MeetingRef {
    return { unitId: this.desk.meeting.unitId, meetingId: this.desk.meeting.meetingId };
  }

  nameOf(memberId: string | undefined): string {
    return this.desk.members.find((member) => member.memberId === memberId)?.name ?? '';
  }

  reload(): Promise<void> {
    this.#wholeAt = performance.now();
    return this.#take(askDesk(this.ref));
  }

  /** A look while the hall acts. Who is of the branch, and what the record proves, change seldom and come with the whole desk. */
  #look(): Promise<void> {
    this.#lookedAt = performance.now();
    const whole = this.#late || this.stale || this.desk.meeting.state !== 'open';
    if (whole || performance.now() - this.#wholeAt > DESK_MS.whole) return this.reload();
    return this.#take(askDeskNow(this.ref, this.desk));
  }

  async #take(asked: ReturnType<typeof askDesk>): Promise<void> {
    const answer = await asked;
    this.stale = !answer.ok;
    // an act of this screen may have been answered with a later version meanwhile
    if (!answer.ok || answer.value.meeting.version < this.desk.meeting.version) return;
    if (this.#waits) await this.#show(answer.value);
    else this.desk = answer.value;
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
      if (STALE.includes(answer.code)) void this.reload();
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
        const { seq, nextPollSeconds, polls, state } = live.value.value;
        this.#seconds = nextPollSeconds;
        const voting = polls.some((poll) => poll.state === 'open');
        const rested = performance.now() - this.#lookedAt >= DESK_MS.moving;
        // after the end nobody looks again
        const turned = state !== this.desk.meeting.state;
        if (!this.stale && !turned && !((seq > this.#seq || voting) && rested)) return;
        await this.#look();
        this.#seq = Math.max(seq, this.#seq);
      },
    );
  }
}
