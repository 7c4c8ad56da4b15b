import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { never, ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds, DAY_MS, type Instant } from '#shared/kernel/time.ts';
import { expectedOf } from './attendance.ts';
import { type CarriedTask, foundWords } from './carried.ts';
import type { Meeting, MeetingIn, MeetingState, Pack, Plan, RollMember } from './model.ts';
import { decideOnline } from './online.ts';
import { decideTaken, type RequiredItem } from './required.ts';

/** A meeting only moves on; nothing leads out of `withdrawn` or `closed`. */
const next: Readonly<Record<MeetingState, readonly MeetingState[]>> = {
  preparing: ['published'],
  published: ['published', 'open', 'withdrawn'],
  open: ['open', 'closed'],
  closed: [],
  withdrawn: [],
};

export const mayMove = (from: MeetingState, to: MeetingState): boolean => next[from].includes(to);

/** What the record of the meeting repeats of its plan, since every check-in needs it. */
const summaryOf = (plan: Plan) => ({
  title: plan.title,
  startsAt: plan.startsAt,
  chairId: plan.chairId,
  scribeId: plan.scribeId,
  invited: plan.invited,
});

/** A new meeting in preparation. */
export const prepared = (
  meetingId: MeetingId,
  unitId: UnitId,
  kind: Meeting['kind'],
  plan: Plan,
): MeetingIn<'preparing'> => ({ state: 'preparing', meetingId, unitId, kind, ...summaryOf(plan), version: 1 });

/** Changes what was prepared. What members see of a published meeting changes when it is published again. Refusal: wrong-state. */
export const decideRevision = (
  meeting: Meeting,
  plan: Plan,
): Result<MeetingIn<'preparing'> | MeetingIn<'published'>, 'wrong-state'> => {
  if (meeting.state === 'preparing') return ok({ ...meeting, ...summaryOf(plan), version: meeting.version + 1 });
  if (meeting.state === 'published') return ok({ ...meeting, version: meeting.version + 1 });
  return refuse('wrong-state');
};

/** What a member reads; names of chair and scribe are those of the roster at publication. */
export const packOf = (meeting: Meeting, plan: Plan, roll: readonly RollMember[], now: Instant): Pack => {
  const nameOf = (id: MemberId | undefined) => roll.find(({ memberId }) => memberId === id)?.name;
  return {
    meetingId: meeting.meetingId,
    unitId: meeting.unitId,
    kind: meeting.kind,
    title: plan.title,
    place: plan.place,
    startsAt: plan.startsAt,
    onlineLink: plan.onlineLink,
    chair: nameOf(plan.chairId),
    scribe: nameOf(plan.scribeId),
    agenda: plan.agenda,
    publishedAt: 'publishedAt' in meeting ? meeting.publishedAt : now,
  };
};

/** The pack with the tasks that come back, for all of the branch to read; a committee's own meeting names none. */
export const withTasks = (pack: Pack, carried: readonly CarriedTask[], roll: readonly RollMember[]): Pack => {
  const { tasks: _, ...bare } = pack;
  if (carried.length === 0 || pack.kind === 'committee') return bare;
  const nameOf = (id: MemberId) => roll.find(({ memberId }) => memberId === id)?.name ?? '';
  const short = (day: string) => day.split('-').map(Number).reverse().join('/');
  return {
    ...bare,
    tasks: carried.map(({ memberId, text, dueOn, review, before }) => {
      const found = review ?? before;
      return `${nameOf(memberId)}: ${text}, hạn ${short(dueOn)}${found ? `; ${foundWords(found)}` : ''}`;
    }),
  };
};

export type PublishRefusal =
  | 'wrong-state'
  | 'place-missing'
  | 'chair-missing'
  | 'scribe-missing'
  | 'members-missing'
  | 'online-ground-missing'
  | 'required-missing'
  | 'already-past'
  | 'too-far-ahead';

/** A meeting is announced for the coming months; further away only the year was mistyped. */
const FARTHEST_MS = 366 * DAY_MS;

/** A meeting may be published from here on before its announced time; one announced for a passed day is a slip of the pen. */
export const decidePublish = (
  meeting: Meeting,
  plan: Plan,
  /** `required`: what the organisations above ask this meeting to take. */
  pack: { readonly hash: string; readonly roll: readonly RollMember[]; readonly required?: readonly RequiredItem[] },
  now: Instant,
): Result<MeetingIn<'published'>, PublishRefusal> => {
  if (!mayMove(meeting.state, 'published')) return refuse('wrong-state');
  if (plan.place === '') return refuse('place-missing');
  if (plan.chairId === undefined) return refuse('chair-missing');
  if (plan.scribeId === undefined) return refuse('scribe-missing');
  // the committee's meeting is its members' own
  if (meeting.kind === 'committee' && !plan.invited?.length) return refuse('members-missing');
  const online = decideOnline(plan);
  if (!online.ok) return online;
  const taken = decideTaken(plan, pack.required ?? []);
  if (!taken.ok) return taken;
  if (plan.startsAt < addMilliseconds(now, -DAY_MS)) return refuse('already-past');
  if (plan.startsAt > addMilliseconds(now, FARTHEST_MS)) return refuse('too-far-ahead');
  const before = meeting.state === 'published' ? meeting : undefined;
  const hasPapers = plan.agenda.some((step) => step.papers.length > 0);
  const papersAt = before?.papersAt ?? (hasPapers ? now : undefined);
  return ok({
    state: 'published',
    meetingId: meeting.meetingId,
    unitId: meeting.unitId,
    kind: meeting.kind,
    ...summaryOf(plan),
    pack: pack.hash,
    expected: expectedOf(plan, pack.roll),
    publishedAt: before?.publishedAt ?? now,
    ...(papersAt && { papersAt }),
    ...(before?.asksCode && { asksCode: true }),
    ...(before?.guests && { guests: before.guests }),
    ...(before?.headsCounted && { headCount: before.headCount, headsCounted: before.headsCounted }),
    version: meeting.version + 1,
  });
};

/** A changed agenda of papers: members of a published or open meeting get its new pack; one that is over stays as it was. */
export const decidePapers = (
  meeting: Meeting,
  papers: { readonly before: Plan; readonly plan: Plan; readonly pack: string; readonly at: Instant },
): Meeting => {
  if (papers.plan === papers.before) return meeting;
  switch (meeting.state) {
    case 'preparing':
      return { ...meeting, version: meeting.version + 1 };
    case 'published':
    case 'open':
      return { ...meeting, pack: papers.pack, papersAt: meeting.papersAt ?? papers.at, version: meeting.version + 1 };
    case 'closed':
    case 'withdrawn':
      return meeting;
    default:
      return never(meeting);
  }
};

/** Takes a published meeting back before it begins; again is the same. Refusal: wrong-state. */
export const decideWithdraw = (meeting: Meeting, now: Instant): Result<MeetingIn<'withdrawn'>, 'wrong-state'> => {
  if (meeting.state === 'withdrawn') return ok(meeting);
  return meeting.state === 'published'
    ? ok({ ...meeting, state: 'withdrawn', withdrawnAt: now, version: meeting.version + 1 })
    : refuse('wrong-state');
};
