import type { MemberId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, type Instant } from '#shared/kernel/time.ts';
import { isOnRoll, type VotingState, votingStateAt } from '#shared/members/model.ts';
import {
  type BranchRow,
  type EveningRow,
  type EveningState,
  type Figure,
  type FigureId,
  figureIds,
  type MeetingTrace,
  type Period,
  type Rating,
  type Recording,
  type UnitTraces,
} from './model.ts';

/** All figures of a unit and those below it. The order of units and of traces is free; a fact twice is once. */
export const figuresOf = (units: readonly UnitTraces[], period: Period): Figure[] => {
  const branches = units.filter(({ isBranch }) => isBranch);
  const known = <T extends { readonly at: Instant }>(traces: readonly T[]) =>
    traces.filter(({ at }) => at <= period.cutOff);
  const within = <T extends { readonly day: Day; readonly at: Instant }>(traces: readonly T[]) =>
    known(traces).filter(({ day }) => day >= period.from && day <= period.to);
  const until = <T extends { readonly day: Day; readonly at: Instant }>(traces: readonly T[]) =>
    known(traces).filter(({ day }) => day <= period.to);

  const people = branches.flatMap((branch) => membersAt(branch, dayOf(period.cutOff)));
  const active = people.filter(({ state }) => state !== 'exempt');
  const signed = new Set(units.flatMap((unit) => known(unit.signed).map(({ memberId }) => memberId)));
  const withAccount = (some: typeof people) => some.filter(({ memberId }) => signed.has(memberId)).length;

  const accesses = (span: typeof within) => total(units, (unit) => distinct(span(unit.opened), openingKey));
  const posts = (span: typeof within, kind: 'document' | 'news') =>
    total(units, (unit) =>
      distinct(
        span(unit.posted).filter((post) => post.kind === kind),
        (post) => post.documentId,
      ),
    );
  const granted = units.flatMap((unit) =>
    unique(within(unit.roles), ({ memberId, role, at }) => `${unit.unitId} ${memberId} ${role} ${at}`),
  );
  const repaired = units.flatMap((unit) => unique(within(unit.repairs), ({ repairId }) => repairId));
  const rows = branches.map((branch) => rowOf(branch, period));
  const met = rows.filter(({ meetings }) => meetings > 0);
  const rated = met.flatMap(({ rating }) => (rating ? [rating] : []));
  const seats = branches.map((branch) => seatsOf(branch, period));

  const values: Readonly<Record<FigureId, Omit<Extract<Figure, { state: 'recorded' }>, 'state' | 'id' | 'since'>>> = {
    accounts: { value: withAccount(people), of: people.length },
    'accounts-active': { value: withAccount(active), of: active.length },
    accesses: { value: accesses(within) },
    'accesses-total': { value: accesses(until) },
    documents: { value: posts(within, 'document') },
    'documents-total': { value: posts(until, 'document') },
    news: { value: posts(within, 'news') },
    'news-total': { value: posts(until, 'news') },
    roles: { value: granted.length, parts: partsBy(granted, ({ role }) => role) },
    repairs: { value: repaired.length, parts: partsBy(repaired, ({ cause }) => cause) },
    'branches-met': { value: met.length, of: branches.length },
    ratings: {
      value: rated.length,
      of: met.length,
      parts: ratings.map((rating) => ({ part: rating, value: rated.filter((one) => one === rating).length })),
    },
    attendance: { value: total(seats, ({ present }) => present), of: total(seats, ({ called }) => called) },
  };
  return figureIds.map((id): Figure => {
    const since = sinceOf(units, sources[id]);
    if (since === undefined || since > period.cutOff || dayOf(since) > period.to) return { state: 'not-recorded', id };
    const late = id.endsWith('-total') || (spans.includes(id) && dayOf(since) > period.from);
    return { state: 'recorded', id, ...values[id], ...(late && { since: dayOf(since) }) };
  });
};

const ratings: readonly Rating[] = ['good', 'fair', 'average', 'poor'];

/**
 * Which recording a figure stands on; before it began there is no figure. Whoever signed in or met was known by then,
 * so members and branches need no recording of their own.
 */
const sources: Readonly<Record<FigureId, Recording>> = {
  accounts: 'accounts',
  'accounts-active': 'accounts',
  accesses: 'opened',
  'accesses-total': 'opened',
  documents: 'papers',
  'documents-total': 'papers',
  news: 'papers',
  'news-total': 'papers',
  roles: 'people',
  repairs: 'accounts',
  'branches-met': 'meetings',
  ratings: 'meetings',
  attendance: 'meetings',
};
/** Figures that count over the days of the period, not as of its end. */
const spans: readonly FigureId[] = ['accesses', 'documents', 'news', 'roles', 'repairs', 'branches-met', 'attendance'];

const sinceOf = (units: readonly UnitTraces[], recording: Recording): Instant | undefined =>
  units.flatMap(({ since }) => since[recording] ?? []).toSorted()[0];

/** Those who belong to a branch on a day: its own, wherever they are just now; not those who left or are guests. */
const membersAt = (branch: UnitTraces, day: Day): { memberId: MemberId; state: VotingState }[] =>
  branch.members.flatMap(({ memberId, standing }) => {
    const state = votingStateAt(standing, branch.unitId, day);
    return isOnRoll(state) && state !== 'guest' ? [{ memberId, state }] : [];
  });

/** Kinds of meeting that count as the branch having met. Source: domain.md §3.1; a committee's meeting is not one. */
const counting: readonly MeetingTrace['kind'][] = ['regular', 'thematic'];

/** The branch's meetings that were held to their end in the period, as known at the cut-off. */
const metIn = (branch: UnitTraces, { from, to, cutOff }: Period): MeetingTrace[] =>
  latest(
    branch.meetings.filter(({ at }) => at <= cutOff),
    ({ meetingId }) => meetingId,
  ).filter(({ state, kind, day }) => state === 'closed' && counting.includes(kind) && day >= from && day <= to);

/** How one branch stands in the report; its rating is that of the last meeting that was rated. */
const rowOf = (branch: UnitTraces, period: Period): BranchRow => {
  const met = metIn(branch, period);
  const marks = latest(
    branch.ratings.filter(({ at, meetingId }) => at <= period.cutOff && met.some((one) => one.meetingId === meetingId)),
    ({ meetingId }) => meetingId,
  );
  const rating = marks.toSorted((a, b) => compare(a.day, b.day) || compare(a.at, b.at)).at(-1)?.rating;
  const { unitId, name, above } = branch;
  return { unitId, name, above, meetings: met.length, ...(rating && { rating }) };
};

/** Branches of a report, in the order of the lists: by the unit above, then by name. */
export const branchRows = (units: readonly UnitTraces[], period: Period): BranchRow[] =>
  units
    .filter(({ isBranch }) => isBranch)
    .map((branch) => rowOf(branch, period))
    .toSorted(byPlace);

const byPlace = (a: { above: string; name: string }, b: { above: string; name: string }): number =>
  a.above.localeCompare(b.above, 'vi', { numeric: true }) || a.name.localeCompare(b.name, 'vi', { numeric: true });

/** States of a member who is called at the roll; an exempt one counts when he comes. Source: domain.md §3.3. */
const calledStates: readonly VotingState[] = ['official', 'probationary', 'guest'];

/** Seats taken and seats called at one meeting. Whoever is marked present counts as called. */
const seatsAt = (
  branch: UnitTraces,
  meeting: { readonly meetingId: string; readonly day: Day },
  cutOff: Instant,
): { present: number; called: number } => {
  const marks = latest(
    branch.marks.filter(({ meetingId, at }) => meetingId === meeting.meetingId && at <= cutOff),
    ({ memberId }) => memberId,
  );
  const present = new Set(marks.filter(({ status }) => status === 'present').map(({ memberId }) => memberId));
  const called = new Set(present);
  for (const { memberId, standing } of branch.members) {
    const state = votingStateAt(standing, branch.unitId, meeting.day);
    if (state !== undefined && calledStates.includes(state)) called.add(memberId);
  }
  return { present: present.size, called: called.size };
};

const seatsOf = (branch: UnitTraces, period: Period): { present: number; called: number } => {
  const each = metIn(branch, period).map((meeting) => seatsAt(branch, meeting, period.cutOff));
  return { present: total(each, ({ present }) => present), called: total(each, ({ called }) => called) };
};

/** On an evening one looks first for halls that are full, then for what came of it, last for those without a plan. */
const eveningOrder: readonly EveningState[] = ['meeting', 'met', 'planned', 'none'];

/** The evening of a day, branch by branch; a branch with two meetings has two rows, one without has one. */
export const eveningRows = (units: readonly UnitTraces[], day: Day, now: Instant): EveningRow[] =>
  units
    .filter(({ isBranch }) => isBranch)
    .flatMap((branch): EveningRow[] => {
      const { unitId, name, above } = branch;
      const today = latest(
        branch.meetings.filter((meeting) => meeting.day === day),
        ({ meetingId }) => meetingId,
      ).filter(({ state, kind }) => state !== 'withdrawn' && counting.includes(kind));
      if (today.length === 0) return [{ unitId, name, above, state: 'none' }];
      return today.map(({ meetingId, state, startedAt, endedAt }) => {
        const announced = branch.meetings.filter((one) => one.meetingId === meetingId && one.startsAt !== undefined);
        const startsAt = latest(announced, (one) => one.meetingId)[0]?.startsAt;
        const rating = latest(
          branch.ratings.filter((one) => one.meetingId === meetingId),
          (one) => one.meetingId,
        )[0]?.rating;
        return {
          unitId,
          name,
          above,
          state: stateWords[state as keyof typeof stateWords], // withdrawn ones were left out above
          meetingId,
          ...(startsAt && { startsAt }),
          ...(startedAt && { startedAt }),
          ...(endedAt && { endedAt }),
          ...(state !== 'published' && seatsAt(branch, { meetingId, day }, now)),
          ...(rating && { rating }),
        };
      });
    })
    .toSorted((a, b) => eveningOrder.indexOf(a.state) - eveningOrder.indexOf(b.state) || byPlace(a, b));

const stateWords = { published: 'planned', open: 'meeting', closed: 'met' } as const satisfies Record<
  Exclude<MeetingTrace['state'], 'withdrawn'>,
  EveningState
>;

const openingKey = ({ memberId, day }: { memberId: MemberId; day: Day }) => `${memberId} ${day}`;

/** Of the traces on one subject the one recorded last. */
const latest = <T extends { readonly at: Instant }>(traces: readonly T[], subject: (trace: T) => string): T[] => {
  const last = new Map<string, T>();
  for (const trace of traces) {
    const known = last.get(subject(trace));
    if (!known || trace.at > known.at) last.set(subject(trace), trace);
  }
  return [...last.values()];
};

const unique = <T>(items: readonly T[], key: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
];

const distinct = <T>(items: readonly T[], key: (item: T) => string): number => new Set(items.map(key)).size;

const total = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

const partsBy = <T>(items: readonly T[], part: (item: T) => string): { part: string; value: number }[] =>
  [...Map.groupBy(items, part)]
    .map(([name, some]) => ({ part: name, value: some.length }))
    .toSorted((a, b) => b.value - a.value || compare(a.part, b.part));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
