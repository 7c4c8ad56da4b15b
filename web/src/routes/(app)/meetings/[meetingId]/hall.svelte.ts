import { type Copy, content, type Trouble } from '#lib/api.ts';
import { ok, type Result } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { LiveMeeting, Pack } from '#shared/meetings/shown.ts';
import { liveFile, type MeetingRef, packFile } from '../meeting-paths.ts';
import { follow } from './follow.ts';

/** A meeting as everyone in the hall may see it: its pack and how it stands now, followed while somebody looks. */
export class Hall {
  readonly ref: MeetingRef;
  #live = $state.raw<LiveMeeting>() as LiveMeeting; // set by the constructor
  #pack = $state.raw<Pack>() as Pack;
  /** The moment for which the state is known. */
  at = $state() as Instant;
  /** The last look had no network, or came from this phone. */
  stale = $state(false);

  constructor(ref: MeetingRef, live: Copy<LiveMeeting>, pack: Pack) {
    this.ref = ref;
    this.#live = live.value;
    this.#pack = pack;
    this.at = live.at;
    this.stale = live.kept;
  }

  static async open(ref: MeetingRef): Promise<Result<Hall, Trouble | 'not-found' | 'not-allowed' | 'session-ended'>> {
    const live = await content(liveFile(ref), LiveMeeting);
    if (!live.ok) return live;
    const pack = await content(packFile(ref.unitId, live.value.value.pack), Pack);
    return pack.ok ? ok(new Hall(ref, live.value, pack.value.value)) : pack;
  }

  get live(): LiveMeeting {
    return this.#live;
  }

  get pack(): Pack {
    return this.#pack;
  }

  /** Follows the state while the page is visible, until the returned function is called. */
  start(): () => void {
    return follow(
      () => this.#live.nextPollSeconds,
      () => this.look(),
    );
  }

  /** What another way of looking found: a meeting of a few stands in no file. */
  protected take(live: Copy<LiveMeeting>, pack: Pack): void {
    this.#pack = pack;
    this.#live = live.value;
    this.at = live.at;
  }

  /** Looks once. An older state than the one shown is never taken. */
  async look(): Promise<void> {
    const live = await content(liveFile(this.ref), LiveMeeting);
    if (!live.ok || live.value.kept) {
      this.stale = true;
      return;
    }
    this.stale = false;
    if (live.value.value.seq < this.#live.seq) return;
    if (live.value.at > this.at) this.at = live.value.at;
    if (live.value.value.pack !== this.#live.pack) {
      const pack = await content(packFile(this.ref.unitId, live.value.value.pack), Pack);
      if (!pack.ok) return; // withdrawn, or no network: the old one stays readable
      this.#pack = pack.value.value;
    }
    this.#live = live.value.value;
  }
}
