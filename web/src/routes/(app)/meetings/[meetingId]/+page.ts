import * as v from 'valibot';
import { MeetingId } from '#shared/kernel/ids.ts';
import { keptMine } from '../own-record.ts';
import type { PageLoad } from './$types';
import { Hall } from './hall.svelte.ts';
import { Own } from './own.svelte.ts';

/** What everybody reads of a meeting comes from two files; what is one's own comes after it, beside. */
export const load: PageLoad = async ({ params, parent, depends }) => {
  depends('meetings:one');
  const meetingId = v.safeParse(MeetingId, params.meetingId);
  if (!meetingId.success) return { code: 'not-found' as const };
  const { session } = await parent();
  const ref = { unitId: session.me.unitId, meetingId: meetingId.output };
  const [opened, kept] = await Promise.all([Hall.open(ref), keptMine(ref.meetingId)]);
  return opened.ok ? { hall: opened.value, own: new Own(ref, kept) } : { code: opened.code };
};
