import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { keepAnswer, keptAnswer } from '#lib/kept-answer.ts';
import { MeetingId, type UnitId } from '#shared/kernel/ids.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import { ok } from '#shared/kernel/result.ts';
import { desk, deskNow } from '#shared/meetings/leading-contract.ts';
import type { MeetingRef } from '../meeting-paths.ts';

export type Desk = OutputOf<typeof desk>;

/** Asks for the desk and keeps it on this phone: a hall without a network must not cost the scribe his list. */
export const askDesk = async (ref: MeetingRef) => {
  const answer = await ask(desk, ref);
  if (answer.ok) await keepAnswer(`desk/${ref.meetingId}`, answer.value);
  return answer;
};

/** The same for a desk that is there already: asks only for what moves, and for all of it where the meeting itself has moved on. */
export const askDeskNow = async (ref: MeetingRef, before: Desk): ReturnType<typeof askDesk> => {
  const answer = await ask(deskNow, ref);
  if (!answer.ok) return answer;
  if (answer.value.meeting.version !== before.meeting.version) return askDesk(ref);
  const now = { ...before, ...answer.value };
  await keepAnswer(`desk/${ref.meetingId}`, now);
  return ok(now);
};

/** What the secretary's screens load. `kept`: this phone's last copy, since there is no network. */
export const loadDesk = async (unitId: UnitId, id: string | undefined) => {
  const parsed = v.safeParse(MeetingId, id);
  if (!parsed.success) return { meetingId: '', code: 'not-found' as const };
  const meetingId = parsed.output;
  const answer = await askDesk({ unitId, meetingId });
  if (answer.ok) return { meetingId, desk: answer.value, kept: false };
  const kept = answer.code === 'offline' ? await keptAnswer(`desk/${meetingId}`, desk.output) : undefined;
  return kept ? { meetingId, desk: kept, kept: true } : { meetingId, code: answer.code };
};
