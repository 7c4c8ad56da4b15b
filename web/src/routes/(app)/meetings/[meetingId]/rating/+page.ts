import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { MeetingId } from '#shared/kernel/ids.ts';
import { refuse } from '#shared/kernel/result.ts';
import { ratingCourse } from '#shared/meetings/rating-contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, params, depends }) => {
  depends('meetings:rating');
  const { session } = await parent();
  const id = v.safeParse(MeetingId, params.meetingId);
  if (!id.success) return { meetingId: undefined, answer: refuse('not-found') };
  return { meetingId: id.output, answer: await ask(ratingCourse, { unitId: session.me.unitId, meetingId: id.output }) };
};
