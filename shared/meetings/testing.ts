import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Day, HOUR_MS, type Instant } from '#shared/kernel/time.ts';
import { decideOpen } from './leading.ts';
import type { Attendance, Meeting, MeetingIn, Plan, RollMember, RosterMember } from './model.ts';
import { decidePublish, prepared } from './planning.ts';
import { stepsOf } from './preparation.ts';

/** Announced time of meetings in tests: half past seven in the evening of 3 November 2026. */
export const announced = '2026-11-03T12:30:00.000Z' as Instant;
export const theDay = '2026-11-03' as Day;
export const theBranch = 'cb-thon-nam' as UnitId;

export const aPlan = (over: Partial<Plan> = {}): Plan => ({
  title: 'Sinh hoạt chi bộ thường kỳ tháng 11/2026',
  place: 'Nhà văn hóa thôn Nam',
  startsAt: announced,
  chairId: 'lan' as MemberId,
  scribeId: 'tu' as MemberId,
  agenda: stepsOf('regular', theDay),
  ...over,
});

export const aRollMember = (memberId: string, over: Partial<RollMember> = {}): RollMember => ({
  memberId: memberId as MemberId,
  name: `Nguyễn Văn ${memberId}`,
  hasPhone: true,
  state: 'official',
  ...over,
});

export const aRosterMember = (memberId: string, over: Partial<RosterMember> = {}): RosterMember => ({
  memberId: memberId as MemberId,
  unitId: theBranch,
  name: `Nguyễn Văn ${memberId}`,
  hasPhone: true,
  standing: {
    admissionDate: '1985-05-19' as Day,
    officialDate: '1986-05-19' as Day,
    placements: [{ from: '1985-05-19' as Day, unitId: theBranch }],
    conditions: [],
  },
  version: 1,
  ...over,
});

export const aPresence = (memberId: string, over: Partial<Attendance> = {}): Attendance => ({
  memberId: memberId as MemberId,
  status: 'present',
  at: announced,
  recordedBy: memberId as MemberId,
  ...over,
});

const roll = ['lan', 'tu', 'tam'].map((id) => aRollMember(id));

/** A regular meeting of three, in the state that is asked for. */
export const aMeeting = <S extends Meeting['state']>(state: S, plan: Plan = aPlan()): MeetingIn<S> => {
  const one = meetingIn(state, plan);
  if (one.state !== state) throw new Error(`no meeting ${state}`);
  return one as MeetingIn<S>; // just looked
};

const meetingIn = (state: Meeting['state'], plan: Plan): Meeting => {
  const first = prepared('11111111-1111-4111-8111-111111111111' as MeetingId, theBranch, 'regular', plan);
  if (state === 'preparing') return first;
  const published = granted(
    decidePublish(first, plan, { hash: 'a'.repeat(64), roll }, addMilliseconds(announced, -48 * HOUR_MS)),
  );
  if (state === 'published') return published;
  if (state === 'withdrawn') return { ...published, state, withdrawnAt: addMilliseconds(announced, -HOUR_MS) };
  const open = granted(decideOpen(published, { firstStep: 'reason', roll }, announced));
  return state === 'open' ? open : { ...open, state, endedAt: addMilliseconds(announced, 1.6 * HOUR_MS) };
};

const granted = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code);
  return result.value;
};
