import * as v from 'valibot';
import { MeetingId, type UnitId } from '#shared/kernel/ids.ts';
import { keptMine } from '../own-record.ts';
import { Hall } from './hall.svelte.ts';
import { Own } from './own.svelte.ts';

/** What everybody reads of a meeting comes from two files; what is one's own comes after it, beside. */
export const openMeeting = async (unitId: UnitId, id: string | undefined) => {
  const meetingId = v.safeParse(MeetingId, id);
  if (!meetingId.success) return { code: 'not-found' as const };
  const ref = { unitId, meetingId: meetingId.output };
  const [found, kept] = await Promise.all([Hall.open(ref), keptMine(ref.meetingId)]);
  const missing = !found.ok && found.code === 'not-found';
  const opened = missing ? await (await import('./circle.svelte.ts')).openCircle(ref) : found;
  return opened.ok ? { hall: opened.value, own: new Own(ref, kept) } : { code: opened.code };
};
