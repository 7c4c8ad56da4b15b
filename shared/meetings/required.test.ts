import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant, Month } from '#shared/kernel/time.ts';
import type { MeetingRow } from './model.ts';
import { preparationOf } from './progress.ts';
import {
  decideRequired,
  decideTaken,
  type RequiredItem,
  requiredFor,
  stillRequired,
  takenOf,
  withRequired,
} from './required.ts';
import { announced, aPlan } from './testing.ts';

const idOf = (digit: number) => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`;
const anItem = (digit: number, over: Partial<RequiredItem> = {}): RequiredItem => ({
  requiredId: idOf(digit),
  unitId: 'xa-cong-hai' as UnitId,
  unitName: 'Đảng bộ xã Công Hải',
  title: `Quán triệt nghị quyết ${digit}`,
  note: '',
  minutes: 15,
  papers: [],
  from: '2026-11-01' as Day,
  until: '2026-11-30' as Day,
  sentBy: 'officer' as MemberId,
  sentAt: `2026-10-2${digit}T01:00:00.000Z` as Instant,
  ...over,
});
const meeting = { meetingId: 'one', kind: 'regular' as const, startsAt: announced };
const aRow = (over: Partial<MeetingRow>): MeetingRow => ({
  meetingId: 'other' as MeetingId,
  kind: 'regular',
  title: '',
  place: '',
  startsAt: announced,
  state: 'published',
  ...over,
});

describe('an item asked for from above', () => {
  it('belongs to the regular and thematic meetings of its days, and to no other', () => {
    const items = [anItem(2), anItem(1)];
    expect(requiredFor(meeting, items, []).map(({ requiredId }) => requiredId)).toEqual([idOf(1), idOf(2)]);
    expect(requiredFor({ ...meeting, kind: 'committee' }, items, [])).toEqual([]);
    expect(requiredFor(meeting, [anItem(1, { from: '2026-11-04' as Day })], [])).toEqual([]);
    expect(requiredFor(meeting, [anItem(1, { until: '2026-11-02' as Day })], [])).toEqual([]);
    expect(requiredFor(meeting, [anItem(1, { withdrawnAt: announced })], [])).toEqual([]);
  });

  it('is settled once another meeting took it before members, or declined it; a draft settles nothing', () => {
    const items = [anItem(1)];
    expect(requiredFor(meeting, items, [aRow({ taken: [idOf(1)] })])).toEqual([]);
    expect(
      requiredFor(meeting, items, [aRow({ declined: [{ requiredId: idOf(1), title: 'x', reason: 'Đã học' }] })]),
    ).toEqual([]);
    expect(requiredFor(meeting, items, [aRow({ taken: [idOf(1)], state: 'preparing' })])).toHaveLength(1);
    expect(requiredFor(meeting, items, [aRow({ taken: [idOf(1)], meetingId: 'one' as MeetingId })])).toHaveLength(1);
  });

  it('stands on the agenda before the discussion, says who asks, and is left out only with a reason', () => {
    const plan = withRequired(aPlan(), [anItem(1, { note: 'Đọc kỹ phần II' })]);
    const at = plan.agenda.findIndex(({ required }) => required !== undefined);
    expect(plan.agenda[at]).toMatchObject({
      minutes: 15,
      note: 'Đọc kỹ phần II',
      required: { from: 'Đảng bộ xã Công Hải' },
    });
    expect(plan.agenda[at + 1]?.id).toBe('discussion');
    expect(decideTaken(plan, [anItem(1)]).ok).toBe(true);
    expect(decideTaken(aPlan(), [anItem(1)])).toEqual({ ok: false, code: 'required-missing' });
    const declined = [{ requiredId: idOf(1), title: 'x', reason: 'Đã học tháng trước' }];
    expect(decideTaken(aPlan({ declined }), [anItem(1)]).ok).toBe(true);
  });

  it('is put on an agenda once, however often and in whatever order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 9 })), (digits) => {
        const items = digits.map((digit) => anItem(digit));
        const once = withRequired(aPlan(), items);
        expect(withRequired(once, items.toReversed())).toBe(once);
        expect(stillRequired(once, items)).toEqual([]);
        expect(takenOf(once).taken?.toSorted()).toEqual(digits.map(idOf).toSorted());
        expect(once.agenda.filter(({ required }) => !required)).toEqual(aPlan().agenda);
      }),
    );
  });

  it('is not sent for days that end before they begin, or are over', () => {
    const { requiredId, unitId, unitName, sentBy, ...content } = anItem(1);
    const by = { requiredId, unitId, unitName, sentBy, sentAt: announced };
    expect(decideRequired({ ...content, until: '2026-10-31' as Day }, by)).toEqual({ ok: false, code: 'days-wrong' });
    expect(decideRequired({ ...content, from: '2026-10-01' as Day, until: '2026-11-02' as Day }, by).ok).toBe(false);
    expect(decideRequired({ ...content, until: '2026-11-03' as Day }, by).ok).toBe(true);
  });
});

describe('the preparation of a branch, seen from above', () => {
  const branch = { unitId: 'cb-thon-nam' as UnitId, name: 'Chi bộ thôn Nam', above: 'Đảng bộ xã Công Hải' };
  const november = '2026-11' as Month;
  const seen = (rows: MeetingRow[], items = [anItem(1), anItem(2)]) => preparationOf(branch, rows, items, november);

  it('says none where nothing is planned for the month', () => {
    expect(seen([aRow({ startsAt: '2026-10-03T12:30:00.000Z' as Instant })])).toMatchObject({
      state: 'none',
      papers: 'none',
      left: 2,
    });
    expect(seen([aRow({ state: 'withdrawn' })])).toMatchObject({ state: 'none' });
    expect(seen([aRow({ kind: 'committee' })])).toMatchObject({ state: 'none' });
  });

  it('tells papers in time from late ones, to the moment', () => {
    const in24h = '2026-11-02T12:30:00.000Z' as Instant;
    expect(seen([aRow({ papersAt: in24h })]).papers).toBe('in-time');
    expect(seen([aRow({ papersAt: '2026-11-02T12:30:00.001Z' as Instant })]).papers).toBe('late');
    expect(seen([aRow({})]).papers).toBe('none');
  });

  it('counts what was taken before members, and shows why something was declined', () => {
    const declined = [{ requiredId: idOf(2), title: 'x', reason: 'Đã học' }];
    expect(seen([aRow({ taken: [idOf(1)], declined })])).toMatchObject({ taken: 1, declined, left: 0 });
    expect(seen([aRow({ taken: [idOf(1)], state: 'preparing' })])).toMatchObject({
      state: 'preparing',
      taken: 0,
      left: 2,
    });
  });

  it('asks no more for what was taken back, but keeps what was taken', () => {
    const items = [anItem(1, { withdrawnAt: announced }), anItem(2, { withdrawnAt: announced })];
    expect(seen([aRow({ taken: [idOf(1)] })], items)).toMatchObject({ taken: 1, left: 0 });
  });
});
