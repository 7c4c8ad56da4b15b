import { error } from '@sveltejs/kit';
import * as v from 'valibot';
import { MeetingId } from '#shared/kernel/ids.ts';
import type { PageLoad } from './$types';
import { Evening } from './evening.svelte.ts';

export const load: PageLoad = async ({ parent, params }) => {
  const { session } = await parent();
  const meetingId = v.safeParse(MeetingId, params.meetingId);
  if (!meetingId.success) error(404, 'not-found');
  const evening = new Evening(session.me.unitId, meetingId.output);
  await evening.open();
  return { evening };
};
