import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionId, MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Day, HOUR_MS, MINUTE_MS } from '#shared/kernel/time.ts';
import {
  countRoll,
  decideAbsence,
  decideAskCode,
  decideCheckIn,
  decideGuest,
  decideHeads,
  decideMark,
  decideWaiveCode,
  expectedOf,
  headsExpected,
  rollOf,
} from './attendance.ts';
import { doorOpensAt } from './door.ts';
import { decideOpen } from './leading.ts';
import type { AttendanceStatus, MeetingIn } from './model.ts';
import { aMeeting, announced, aPlan, aPresence, aRollMember, aRosterMember } from './testing.ts';

const tam = 'tam' as MemberId;
const granted = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code);
  return result.value;
};

describe('checking in', () => {
  it('records a member as present by himself once the door is open', () => {
    expect(decideCheckIn(aMeeting('published'), tam, doorOpensAt(announced))).toEqual({
      ok: true,
      value: { memberId: 'tam', status: 'present', at: doorOpensAt(announced), recordedBy: 'tam' },
    });
  });

  it('waits for the door until one moment before', () => {
    const before = addMilliseconds(doorOpensAt(announced), -1);
    expect(decideCheckIn(aMeeting('published'), tam, before)).toMatchObject({ code: 'door-not-open' });
  });

  it('goes by the opening and not by the clock once the chair has opened the meeting', () => {
    expect(decideCheckIn(aMeeting('open'), tam, addMilliseconds(announced, 5 * HOUR_MS)).ok).toBe(true);
  });

  it('tells nothing of a meeting that is not published or was taken back', () => {
    for (const state of ['preparing', 'withdrawn'] as const)
      expect(decideCheckIn(aMeeting(state), tam, announced)).toMatchObject({ code: 'not-found' });
  });

  it('is refused after the end', () => {
    expect(decideCheckIn(aMeeting('closed'), tam, announced)).toMatchObject({ code: 'meeting-closed' });
  });

  it('is refused to a member who is not invited to a committee meeting', () => {
    const committee = aMeeting('open', aPlan({ invited: ['lan' as MemberId] }));
    expect(decideCheckIn(committee, tam, announced)).toMatchObject({ code: 'not-invited' });
    expect(decideCheckIn(committee, 'lan' as MemberId, announced).ok).toBe(true);
  });
});

describe('checking in by the code of the hall', () => {
  const asking = { ...aMeeting('open'), asksCode: true };
  const current = { code: { is: 'current' as const } };
  const earlier = { code: { is: 'earlier' as const, shownAt: addMilliseconds(announced, MINUTE_MS) } };
  const much = addMilliseconds(announced, 40 * HOUR_MS);

  it('is asked for once the hall has it, and marks the presence as more than his own word', () => {
    expect(decideCheckIn(asking, tam, announced)).toMatchObject({ code: 'code-needed' });
    expect(decideCheckIn(asking, tam, announced, { code: { is: 'wrong' } })).toMatchObject({ code: 'code-wrong' });
    expect(decideCheckIn(asking, tam, announced, current)).toMatchObject({ value: { byCode: true, at: announced } });
    expect(decideCheckIn(aMeeting('open'), tam, announced, current)).toMatchObject({ value: { byCode: true } });
  });

  it('counts from when the code was shown when it comes later, marked, also after the end', () => {
    const value = { status: 'present', at: earlier.code.shownAt, byCode: true, sentLater: much };
    for (const state of ['open', 'closed'] as const)
      expect(decideCheckIn(aMeeting(state), tam, much, earlier)).toMatchObject({ value });
    expect(decideCheckIn(aMeeting('closed'), tam, much, { ...earlier, adopted: true })).toMatchObject({
      code: 'already-adopted',
    });
    expect(decideCheckIn(aMeeting('closed'), tam, much, current)).toMatchObject({ code: 'meeting-closed' });
  });

  it('never opens a meeting to whom it is closed', () => {
    const committee = aMeeting('open', aPlan({ invited: ['lan' as MemberId] }));
    for (const code of [current, earlier])
      expect(decideCheckIn(committee, tam, announced, code)).toMatchObject({ code: 'not-invited' });
    expect(decideCheckIn(aMeeting('withdrawn'), tam, announced, earlier)).toMatchObject({ code: 'not-found' });
  });

  it('can be waived again, both once', () => {
    const open = aMeeting('open');
    const first = granted(decideAskCode(open));
    expect(granted(decideAskCode(first))).toBe(first);
    const waived = granted(decideWaiveCode(first));
    expect(waived.asksCode).toBe(false);
    expect(granted(decideWaiveCode(waived))).toBe(waived);
    for (const state of ['preparing', 'withdrawn', 'closed'] as const)
      for (const decide of [decideAskCode, decideWaiveCode])
        expect(decide(aMeeting(state))).toMatchObject({ code: 'wrong-state' });
  });
});

describe('guests and heads', () => {
  const guest = (id: string, name = 'Trần Văn Ba') => ({ guestId: id as ActionId, name, from: 'Đảng ủy xã' });
  const a = guest('11111111-1111-4111-8111-111111111111');
  const b = guest('22222222-2222-4222-8222-222222222222', 'Lê Thị Tư');

  it('are each written once, can be changed and taken off, in the order they came', () => {
    let meeting = granted(decideGuest(aMeeting('open'), a, false));
    for (const one of [a, b, a, { ...a, name: 'Trần Văn Bốn' }]) meeting = granted(decideGuest(meeting, one, false));
    expect(meeting.guests?.map(({ name }) => name)).toEqual(['Trần Văn Bốn', 'Lê Thị Tư']);
    meeting = granted(decideGuest(meeting, { ...b, gone: true }, false));
    expect(meeting.guests).toHaveLength(1);
    expect(granted(decideGuest(meeting, { ...b, gone: true }, false)).guests).toHaveLength(1);
  });

  it('may come late from a hall without a network, until the minutes are adopted', () => {
    const heads = { headCount: 27, by: tam, at: announced };
    expect(decideGuest(aMeeting('closed'), a, false).ok).toBe(true);
    expect(decideHeads(aMeeting('closed'), heads, false)).toMatchObject({ value: { headCount: 27 } });
    for (const decided of [decideGuest(aMeeting('closed'), a, true), decideHeads(aMeeting('closed'), heads, true)])
      expect(decided).toMatchObject({ code: 'already-adopted' });
    for (const state of ['preparing', 'withdrawn'] as const)
      for (const decided of [decideGuest(aMeeting(state), a, false), decideHeads(aMeeting(state), heads, false)])
        expect(decided).toMatchObject({ code: 'wrong-state' });
    // guests who came before the opening join those who were asked beforehand
    const early = granted(decideGuest(aMeeting('published'), a, false)) as MeetingIn<'published'>;
    const asked = [{ name: 'Bùi Quang Hải', from: 'Đảng ủy xã' }];
    const opened = decideOpen(early, { firstStep: 'reason', roll: [], guests: asked }, announced);
    expect(granted(opened).guests.map(({ name }) => name)).toEqual(['Bùi Quang Hải', 'Trần Văn Ba']);
    const full = { ...aMeeting('open'), guests: Array.from({ length: 50 }, (_, at) => guest(`${at}`)) };
    expect(decideGuest(full, a, false)).toMatchObject({ code: 'guests-full' });
  });
});

describe('an absence asked for beforehand', () => {
  const asked = { memberId: tam, reason: 'Đi công tác' };

  it('is taken until the meeting begins, from those invited, and can be taken back', () => {
    expect(decideAbsence(aMeeting('published'), asked, announced)).toEqual({
      ok: true,
      value: { ...asked, askedAt: announced },
    });
    const back = { ...asked, withdrawn: true };
    expect(decideAbsence(aMeeting('published'), back, announced)).toMatchObject({ value: { withdrawn: true } });
    for (const state of ['open', 'closed'] as const)
      expect(decideAbsence(aMeeting(state), asked, announced)).toMatchObject({ code: 'already-begun' });
    for (const state of ['preparing', 'withdrawn'] as const)
      expect(decideAbsence(aMeeting(state), asked, announced)).toMatchObject({ code: 'not-found' });
    const committee = aMeeting('published', aPlan({ invited: [] }));
    expect(decideAbsence(committee, asked, announced)).toMatchObject({ code: 'not-invited' });
  });
});

describe('the roll', () => {
  const roll = ['lan', 'tam'].map((id) => aRollMember(id));
  const by = { memberId: 'tu' as MemberId, adopted: false, now: announced };

  it('is ticked for a member without a phone, with who ticked it', () => {
    const mark = { memberId: tam, status: 'excused' as const, reason: 'ốm' };
    expect(decideMark(aMeeting('open'), mark, roll, by)).toEqual({
      ok: true,
      value: { memberId: 'tam', status: 'excused', at: announced, recordedBy: 'tu', reason: 'ốm' },
    });
  });

  it('keeps when someone came late or left early with his presence, and with nothing else', () => {
    const [cameAt, leftAt] = [20, 70].map((minutes) => addMilliseconds(announced, minutes * MINUTE_MS));
    const mark = { memberId: tam, status: 'present' as const, cameAt, leftAt };
    expect(decideMark(aMeeting('open'), mark, roll, by)).toMatchObject({ value: { cameAt, leftAt } });
    const away = decideMark(aMeeting('open'), { ...mark, status: 'excused' }, roll, by);
    expect(away.ok && Object.keys(away.value)).toEqual(['memberId', 'status', 'at', 'recordedBy']);
    expect(headsExpected([aPresence('lan'), aPresence('tam', { cameAt })], [{ name: 'Ba', from: '' }])).toBe(3);
    expect(headsExpected([aPresence('lan'), aPresence('tam', { leftAt })], [])).toBe(1);
  });

  it('stays correctable after the end, until the minutes are adopted', () => {
    const mark = { memberId: tam, status: 'present' as const };
    expect(decideMark(aMeeting('closed'), mark, roll, by).ok).toBe(true);
    expect(decideMark(aMeeting('closed'), mark, roll, { ...by, adopted: true })).toMatchObject({
      code: 'already-adopted',
    });
  });

  it('takes an excused absence before the door opens, but no presence', () => {
    const early = { ...by, now: addMilliseconds(announced, -30 * HOUR_MS) };
    const meeting = aMeeting('published');
    expect(decideMark(meeting, { memberId: tam, status: 'excused' }, roll, early).ok).toBe(true);
    expect(decideMark(meeting, { memberId: tam, status: 'present' }, roll, early)).toMatchObject({
      code: 'door-not-open',
    });
  });

  it('knows only members of the branch', () => {
    expect(decideMark(aMeeting('open'), { memberId: 'x' as MemberId, status: 'present' }, roll, by)).toMatchObject({
      code: 'not-on-roster',
    });
    expect(decideMark(aMeeting('preparing'), { memberId: tam, status: 'present' }, roll, by)).toMatchObject({
      code: 'not-found',
    });
  });

  it('leaves out who left, who meets elsewhere, and who is suspended or held', () => {
    const from = '2026-01-01' as Day;
    const standing = aRosterMember('x').standing;
    const roster = [
      aRosterMember('official'),
      aRosterMember('probationary', { standing: { ...standing, officialDate: undefined } }),
      aRosterMember('exempt', { standing: { ...standing, conditions: [{ kind: 'exempt', from }] } }),
      aRosterMember('suspended', { standing: { ...standing, conditions: [{ kind: 'suspended', from }] } }),
      aRosterMember('elsewhere', {
        standing: { ...standing, conditions: [{ kind: 'elsewhere', from, until: '2026-12-31' as Day }] },
      }),
      aRosterMember('left', {
        standing: { ...standing, conditions: [{ kind: 'left', from, reason: 'transferred_out' }] },
      }),
    ];
    const here = rollOf(aMeeting('open'), roster);
    expect(here.map(({ memberId }) => memberId)).not.toContain('left');
    expect(expectedOf({}, here)).toEqual({ members: 3, exempt: ['exempt'] });
  });

  it('adds up, whatever was ticked and undone', () => {
    const status = fc.constantFrom<AttendanceStatus>('present', 'excused', 'unexcused', 'exempt', 'unmarked');
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 30 }), status), { selector: ([id]) => id }),
        fc.integer({ min: 0, max: 30 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
        (marks, members, exempt) => {
          const counts = countRoll(
            { members, exempt: exempt.map((id) => `m${id}` as MemberId) },
            marks.map(([id, mark]) => aPresence(`m${id}`, { status: mark })),
          );
          const { present, excused, unexcused, unmarked } = counts;
          expect(present + excused + unexcused + counts.exempt + unmarked).toBe(counts.members);
          expect(unmarked).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('counts the exempt who do not come as exempt, and those who come as present', () => {
    const expected = { members: 3, exempt: ['an' as MemberId] };
    expect(countRoll(expected, [aPresence('tam')])).toMatchObject({ present: 1, exempt: 1, unmarked: 1 });
    expect(countRoll(expected, [aPresence('tam'), aPresence('an')])).toMatchObject({
      present: 2,
      exempt: 0,
      unmarked: 1,
    });
  });
});
