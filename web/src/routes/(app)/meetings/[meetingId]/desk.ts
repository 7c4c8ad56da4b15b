import { error } from '@sveltejs/kit';
import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { MeetingId, type UnitId } from '#shared/kernel/ids.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import { desk } from '#shared/meetings/contract.ts';

export type Desk = OutputOf<typeof desk>;

/** What the secretary's screens load. */
export const loadDesk = async (unitId: UnitId, id: string | undefined) => {
  const meetingId = v.safeParse(MeetingId, id);
  if (!meetingId.success) error(404, 'not-found');
  return { meetingId: meetingId.output, unitId, answer: await ask(desk, { unitId, meetingId: meetingId.output }) };
};
