import * as v from 'valibot';
import { type HowRead, type Item, isNew, type Part } from '#runtime/table.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { dayOfMeeting, Meeting, type MeetingChanged, MeetingRow, Plan } from '#shared/meetings/model.ts';
import { takenOf } from '#shared/meetings/required.ts';
import { key, type MeetingRef, table } from './keys.ts';

export const onVersion = (version: number) => ({ expression: '#version = :version', values: { version } });

export const changed = (ref: MeetingRef, at: Instant): MeetingChanged => ({
  type: 'meeting-changed',
  meetingId: ref.meetingId,
  unitId: ref.unitId,
  at,
});

/** The same with how the meeting stands: what the organisations above see of the evening. Nothing while it is prepared. */
export const moved = (meeting: Meeting, at: Instant): { readonly fact?: MeetingChanged } => {
  if (meeting.state === 'preparing') return {};
  const { kind, state, startsAt } = meeting;
  const is = {
    kind,
    state,
    day: dayOfMeeting(meeting),
    startsAt,
    ...('startedAt' in meeting && { startedAt: meeting.startedAt }),
    ...('endedAt' in meeting && { endedAt: meeting.endedAt }),
  };
  return { fact: { ...changed(meeting, at), is } };
};

export const meetingPart = (meeting: Meeting, now: Instant): Part => ({
  put: { ...key.meeting(meeting), ...meeting, ...moved(meeting, now) },
  onlyIf: onVersion(meeting.version - 1),
});

/** The same of a change within the meeting, which its row in the branch's list does not show. */
export const innerPart = (meeting: Meeting, now: Instant) => {
  const { fact } = moved(meeting, now);
  const put: Item = { ...key.meeting(meeting), ...meeting, ...(fact && { fact: { ...fact, rowStands: true } }) };
  return { put, onlyIf: onVersion(meeting.version - 1) } satisfies Part;
};

/** One small read: every check-in needs it. */
export const meetingOf = async (ref: MeetingRef, how?: HowRead): Promise<Meeting | undefined> => {
  const item = await table.get(key.meeting(ref), how);
  return item && v.parse(Meeting, item);
};

export interface Prepared {
  readonly meeting: Meeting;
  readonly plan: Plan;
}

export const preparedOf = async (ref: MeetingRef): Promise<Prepared | undefined> => {
  const [meeting, plan] = await Promise.all([table.get(key.meeting(ref)), table.get(key.plan(ref))]);
  return meeting && plan && { meeting: v.parse(Meeting, meeting), plan: v.parse(Plan, plan) };
};

const rowOf = (meeting: Meeting, plan: Plan): MeetingRow => ({
  meetingId: meeting.meetingId,
  kind: meeting.kind,
  title: meeting.title,
  place: plan.place,
  startsAt: meeting.startsAt,
  state: meeting.state,
  ...(meeting.state === 'closed' && { endedAt: meeting.endedAt }),
  ...(meeting.state !== 'preparing' && { pack: meeting.pack, publishedAt: meeting.publishedAt }),
  ...('papersAt' in meeting && { papersAt: meeting.papersAt }),
  ...(meeting.invited && { invited: meeting.invited }),
  ...takenOf(plan),
});

export const rowPart = (meeting: Meeting, plan: Plan): Part => ({
  put: { ...key.row(meeting), ...rowOf(meeting, plan) },
});

/** Meetings of a branch in every state, newest first. */
export const meetingsOf = async (unitId: UnitId): Promise<readonly MeetingRow[]> =>
  (await table.query(`BRANCH#${unitId}`, { prefix: 'MEETING#' }))
    .map((item) => v.parse(MeetingRow, item))
    .sort((a, b) => b.startsAt.localeCompare(a.startsAt));

/** Records a new meeting once; a repeat answers what stands. */
export const recordPrepared = async ({ meeting, plan }: Prepared): Promise<Prepared> => {
  const written = await table.together([
    { put: { ...key.meeting(meeting), ...meeting }, onlyIf: isNew },
    { put: { ...key.plan(meeting), ...plan } },
    rowPart(meeting, plan),
  ]);
  return written.done ? { meeting, plan } : ((await preparedOf(meeting)) ?? { meeting, plan });
};

/**
 * Records a move of the meeting with its row and plan, only over the version it was decided on. False: another was faster.
 * A published meeting tells its live file.
 */
export const recordMove = async ({ meeting, plan }: Prepared, now: Instant): Promise<boolean> => {
  const written = await table.together([
    { put: { ...key.meeting(meeting), ...meeting, ...moved(meeting, now) }, onlyIf: onVersion(meeting.version - 1) },
    { put: { ...key.plan(meeting), ...plan } },
    rowPart(meeting, plan),
  ]);
  return written.done;
};

/** Records a change that leaves its state (step, guests, head count), only over the version it was decided on. */
export const recordMeeting = async (meeting: Meeting, now: Instant): Promise<boolean> => {
  const { put, onlyIf } = innerPart(meeting, now);
  return (await table.put(put, onlyIf)).done;
};
