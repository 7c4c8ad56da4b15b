import type { PageLoad } from './$types';
import { openMeeting } from './open-meeting.ts';

export const load: PageLoad = async ({ params, parent, depends }) => {
  depends('meetings:one');
  const { session } = await parent();
  return openMeeting(session.me.unitId, params.meetingId);
};
