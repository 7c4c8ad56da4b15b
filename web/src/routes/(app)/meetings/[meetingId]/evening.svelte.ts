import * as v from 'valibot';
import { ask, content, type Trouble } from '#lib/api.ts';
import type { Acted } from '#lib/outbox.svelte.ts';
import type { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { type checkIn, mine } from '#shared/meetings/contract.ts';
import { LiveMeeting, Pack } from '#shared/meetings/model.ts';
import { liveFile, packFile } from '../meeting-paths.ts';

export type Mine = OutputOf<typeof mine>;

/** Own state kept on the phone; a cache whose name begins with `content` goes with the sign-out. */
const OWN = 'content-own';
/** After an own act the shared file is looked at once more, when its rendering is likely done. */
const AFTER_ACT_MS = 2_500;

/** One evening as this phone knows it: what all may see, the pack, and one's own acts. */
export class Evening {
  readonly unitId: UnitId;
  readonly meetingId: MeetingId;
  live = $state.raw<LiveMeeting>();
  pack = $state.raw<Pack>();
  mine = $state.raw<Mine>();
  /** When the shared state left the network, and whether it is this phone's own last copy. */
  at = $state.raw<Instant>();
  kept = $state(false);
  trouble = $state<Trouble | 'not-found' | 'not-allowed' | 'session-ended'>();

  constructor(unitId: UnitId, meetingId: MeetingId) {
    this.unitId = unitId;
    this.meetingId = meetingId;
  }

  async open(): Promise<void> {
    await Promise.all([this.look(), this.own()]);
  }

  /** Looks at the shared state; an older one than what is shown changes nothing. */
  async look(): Promise<void> {
    const answer = await content(liveFile(this.unitId, this.meetingId), LiveMeeting);
    if (!answer.ok) {
      if (!this.live) this.trouble = answer.code;
      this.kept = true;
      return;
    }
    const { value, at, kept } = answer.value;
    this.trouble = undefined;
    if (this.live && value.seq < this.live.seq) return;
    const answered = this.live !== undefined && value.opinions.answered !== this.live.opinions.answered;
    this.live = value;
    this.at = at;
    this.kept = kept;
    if (answered) void this.own();
    if (this.pack && value.pack === this.#packHash) return;
    const pack = await content(packFile(this.unitId, value.pack), Pack);
    if (pack.ok) {
      this.pack = pack.value.value;
      this.#packHash = value.pack;
    }
  }
  #packHash = '';

  /** One's own acts: from the server, else as last known here. */
  async own(): Promise<void> {
    const answer = await ask(mine, { unitId: this.unitId, meetingId: this.meetingId });
    if (answer.ok) this.know(answer.value);
    else if (!this.mine) {
      const cache = await caches.open(OWN);
      const parsed = v.safeParse(mine.output, await (await cache.match(this.#ownKey))?.json());
      if (parsed.success) this.mine = parsed.output;
    }
  }

  /** Takes what an own act was answered with, so that the screen never waits for the shared file to know it. */
  know(own: Partial<Mine>): void {
    this.mine = { opinions: [], ballots: {}, records: false, ...this.mine, ...own };
    void caches.open(OWN).then((cache) => cache.put(this.#ownKey, new Response(JSON.stringify(this.mine))));
    setTimeout(() => void this.look(), AFTER_ACT_MS);
  }

  checkedIn(acted: Acted<typeof checkIn>): void {
    if (acted.state === 'saved' && acted.value) this.know({ attendance: acted.value });
  }

  get #ownKey(): string {
    return `/own/${this.unitId}/${this.meetingId}`;
  }

  /** Looks again as often as the file says, drawn a little apart, while someone is looking; until the returned function is called. */
  start(): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      clearTimeout(timer);
      const seconds = this.live?.nextPollSeconds ?? 20;
      if (seconds > 0) timer = setTimeout(turn, seconds * 1000 * (0.8 + Math.random() * 0.4));
    };
    const turn = async () => {
      if (document.visibilityState === 'visible') await this.look();
      again();
    };
    const seen = () => document.visibilityState === 'visible' && void this.look().then(again);
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('online', seen);
    again();
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('online', seen);
    };
  }
}
