import { ask, type Copy } from '#lib/api.ts';
import { ok, type Result } from '#shared/kernel/result.ts';
import { room } from '#shared/meetings/committee-contract.ts';
import type { LiveMeeting, Pack } from '#shared/meetings/shown.ts';
import type { MeetingRef } from '../meeting-paths.ts';
import { Hall } from './hall.svelte.ts';

/** A meeting of a few: what others read from two files, its members are told by name. */
class Circle extends Hall {
  override async look(): Promise<void> {
    const found = await inside(this.ref);
    this.stale = !found.ok;
    if (found.ok) this.take(found.value.live, found.value.pack);
  }
}

/** Opens a meeting that stands in no file, for those it is open to. */
export const openCircle = async (ref: MeetingRef) => {
  const found = await inside(ref);
  return found.ok ? ok(new Circle(ref, found.value.live, found.value.pack)) : found;
};

const inside = async (
  ref: MeetingRef,
): Promise<Result<{ live: Copy<LiveMeeting>; pack: Pack }, 'not-found' | 'offline' | 'fault'>> => {
  const answer = await ask(room, ref);
  if (answer.ok) {
    const { live, pack } = answer.value;
    return ok({ live: { value: live, at: live.at, kept: false }, pack });
  }
  const { code } = answer;
  return { ok: false, code: code === 'offline' || code === 'fault' ? code : 'not-found' };
};
