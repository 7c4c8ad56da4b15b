import { redirect } from '@sveltejs/kit';
import { content } from '#lib/api.ts';
import { placesOf } from '#lib/places.ts';
import { rightNow } from '#lib/server-clock.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { BranchManifest, LiveMeeting, Pack } from '#shared/meetings/shown.ts';
import type { PageLoad } from './$types';
import { arrange, seenOf } from './branch.ts';
import { branchFile, liveFile, packFile } from './meeting-paths.ts';
import { keptMine } from './own-record.ts';
import { lastSeen } from './seen.ts';

/** The branch's list is one small file; of an open meeting the step in hand too. No function runs. */
export const load: PageLoad = async ({ parent, depends }) => {
  depends('meetings:branch');
  const { session } = await parent();
  const { unitId, memberId, kind } = session.me;
  const places = placesOf(kind, (what) => session.mayAnywhere(what));
  // the door leads everybody here; staff who do not oversee meetings begin at their first place
  if (!places.some(({ href }) => href === '/meetings')) redirect(307, places[0]?.href ?? '/me');
  const list = await content(branchFile(unitId), BranchManifest);
  if (!list.ok) return { code: list.code };
  const seen = lastSeen(memberId + unitId, seenOf(list.value.value.meetings));
  const { next } = arrange(list.value.value.meetings, instantOf(rightNow()));
  const own = next && (await keptMine(next.meetingId));
  const present = own?.attendance?.status === 'present';
  if (next?.state !== 'open') return { list: list.value, seen, present };
  const [live, pack] = await Promise.all([
    content(liveFile({ unitId, meetingId: next.meetingId }), LiveMeeting),
    content(packFile(unitId, next.pack), Pack),
  ]);
  const at = live.ok ? live.value.value.stepId : undefined;
  const step = pack.ok ? pack.value.value.agenda.find(({ id }) => id === at)?.title : undefined;
  return { list: list.value, seen, present, step };
};
