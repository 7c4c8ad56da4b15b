import { loadDesk } from '../desk.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, params, depends }) => {
  depends('meetings:desk');
  const { session } = await parent();
  return loadDesk(session.me.unitId, params.meetingId);
};
