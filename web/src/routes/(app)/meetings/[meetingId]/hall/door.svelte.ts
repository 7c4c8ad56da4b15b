import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { keepAnswer, keptAnswer } from '#lib/kept-answer.ts';
import { rightNow } from '#lib/server-clock.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import type { Result } from '#shared/kernel/result.ts';
import { addMilliseconds, type Instant, instantOf, millisecondsOf } from '#shared/kernel/time.ts';
import { takeDoorSecret } from '#shared/meetings/attendance-contract.ts';
import { CODE_LASTS_MS, codeOf, stepAt } from '#shared/meetings/door-code.ts';
import type { MeetingRef } from '../../meeting-paths.ts';

const Kept = v.object({
  secret: v.string(),
  /** How much the server's clock is ahead of what this device takes for it. */
  aheadMs: v.number(),
});

/** The codes of one hall on the device that shows them. The secret stays here, over a reload and without a network. */
export class Door {
  readonly #ref: MeetingRef;
  #kept = $state.raw<v.InferOutput<typeof Kept>>();
  /** The code that is on the screen now. */
  code = $state('');

  constructor(ref: MeetingRef) {
    this.#ref = ref;
  }

  get opened(): boolean {
    return this.#kept !== undefined;
  }

  /** The server's time as far as this device knows it. */
  timeAt(now: Instant): Instant {
    return addMilliseconds(now, this.#kept?.aheadMs ?? 0);
  }

  /** Milliseconds until the next code. */
  leftAt(now: Instant): number {
    return CODE_LASTS_MS - (millisecondsOf(this.timeAt(now)) % CODE_LASTS_MS);
  }

  async find(): Promise<void> {
    this.#kept = await keptAnswer(`door/${this.#ref.meetingId}`, Kept);
  }

  /** Takes the secret onto this device: from then on checking in needs the code. */
  async take(): Promise<Result<OutputOf<typeof takeDoorSecret>>> {
    const answer = await ask(takeDoorSecret, this.#ref);
    if (!answer.ok) return answer;
    const { secret, now } = answer.value;
    this.#kept = { secret, aheadMs: millisecondsOf(now) - rightNow() };
    await keepAnswer(`door/${this.#ref.meetingId}`, this.#kept);
    return answer;
  }

  /** Works the codes out, one after another, until the returned function is called. */
  start(): () => void {
    let shown = -1;
    const show = async () => {
      if (!this.#kept) return;
      const step = stepAt(this.timeAt(instantOf(rightNow())));
      if (step === shown) return;
      this.code = await codeOf(this.#kept.secret, step);
      shown = step;
    };
    const timer = setInterval(() => void show(), 500);
    void show();
    return () => clearInterval(timer);
  }
}
