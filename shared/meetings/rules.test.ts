import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Day, HOUR_MS, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import { doorOpensAt } from './door.ts';
import { type AttendanceStatus, type MeetingState, meetingKinds } from './model.ts';
import { proposePlan, stepsOf } from './preparation.ts';
import {
  countRoll,
  decideCheckIn,
  decideMark,
  decideOpen,
  decideOpinion,
  decidePublish,
  decideRevision,
  decideStep,
  decideWithdraw,
  expectedOf,
  liveOf,
  MOST_OPINIONS,
  manifestOf,
  mayMove,
  mayRecord,
  rollOf,
} from './rules.ts';
import { aMeeting, announced, aPlan, aPresence, aRollMember, aRosterMember, theBranch, theDay } from './testing.ts';

const tam = 'tam' as MemberId;
const states: MeetingState[] = ['preparing', 'published', 'withdrawn', 'open', 'closed'];

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

describe('the roll', () => {
  const roll = ['lan', 'tam'].map((id) => aRollMember(id));
  const by = { memberId: 'tu' as MemberId, adopted: false, now: announced };

  it('is ticked for a member without a phone, with who ticked it', () => {
    const mark = { memberId: tam, status: 'excused' as const, reason: 'ốm', cameLate: false };
    expect(decideMark(aMeeting('open'), mark, roll, by)).toEqual({
      ok: true,
      value: { memberId: 'tam', status: 'excused', at: announced, recordedBy: 'tu', reason: 'ốm' },
    });
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

describe('who keeps the record', () => {
  const asker = (memberId: string, role?: 'branch_secretary' | 'committee_assistant') => ({
    memberId: memberId as MemberId,
    grants: role ? [{ role, unitId: theBranch, from: '2020-01-01T00:00:00.000Z' as Instant }] : [],
  });

  it('is the chair, the named scribe and whoever runs the meetings of the branch', () => {
    const meeting = aMeeting('open');
    expect(mayRecord(meeting, asker('lan'), announced)).toBe(true);
    expect(mayRecord(meeting, asker('tu'), announced)).toBe(true);
    expect(mayRecord(meeting, asker('binh', 'branch_secretary'), announced)).toBe(true);
  });

  it('is nobody else, not even who oversees the branch', () => {
    expect(mayRecord(aMeeting('open'), asker('tam'), announced)).toBe(false);
    expect(mayRecord(aMeeting('open'), asker('binh', 'committee_assistant'), announced)).toBe(false);
    const { scribeId: _, chairId: __, ...nobody } = aMeeting('open');
    expect(mayRecord(nobody, asker('tam'), announced)).toBe(false);
  });
});

describe('opinions', () => {
  const opinion = { opinionId: 'a', memberId: tam, text: 'Đề nghị sửa đường thôn.' };
  const by = { recordedBy: tam, given: 0, now: announced };

  it('are proposals before the meeting and opinions in it', () => {
    expect(decideOpinion(aMeeting('published'), opinion, by)).toMatchObject({ value: { before: true } });
    expect(decideOpinion(aMeeting('open'), opinion, by)).toEqual({
      ok: true,
      value: { ...opinion, at: announced, recordedBy: 'tam' },
    });
  });

  it('end with the meeting, are for the invited, and are not without number', () => {
    expect(decideOpinion(aMeeting('closed'), opinion, by)).toMatchObject({ code: 'meeting-closed' });
    expect(decideOpinion(aMeeting('preparing'), opinion, by)).toMatchObject({ code: 'not-found' });
    expect(decideOpinion(aMeeting('open', aPlan({ invited: [] })), opinion, by)).toMatchObject({
      code: 'not-invited',
    });
    expect(decideOpinion(aMeeting('open'), opinion, { ...by, given: MOST_OPINIONS })).toMatchObject({
      code: 'too-many',
    });
  });
});

describe('preparing and publishing', () => {
  const pack = { hash: 'b'.repeat(64), roll: [aRollMember('lan')] };

  it("proposes next month's meeting on the same day, at the same time and place", () => {
    const plan = proposePlan('regular', aPlan(), '2026-11-21T00:00:00.000Z' as Instant);
    expect(plan).toMatchObject({
      title: 'Sinh hoạt chi bộ thường kỳ tháng 12/2026',
      startsAt: '2026-12-03T12:30:00.000Z',
      place: 'Nhà văn hóa thôn Nam',
      chairId: 'lan',
      scribeId: 'tu',
    });
  });

  it('proposes the usual day to a branch that never met, and the last day of a short month for the 31st', () => {
    const now = '2026-01-20T00:00:00.000Z' as Instant;
    expect(proposePlan('regular', undefined, now).startsAt).toBe('2026-02-03T12:30:00.000Z');
    const last = aPlan({ startsAt: '2026-01-31T12:30:00.000Z' as Instant });
    expect(proposePlan('regular', last, '2026-02-05T00:00:00.000Z' as Instant).startsAt).toBe(
      '2026-02-28T12:30:00.000Z',
    );
  });

  it('has steps of every kind, each once, in the order of the phases', () => {
    for (const kind of meetingKinds) {
      const steps = stepsOf(kind, theDay);
      const order = steps.map(({ phase }) => ['open', 'conduct', 'close'].indexOf(phase));
      expect(order).toEqual([...order].sort());
      expect(order).not.toContain(-1);
      expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    }
  });

  it('plans the ninety and the hundred and twenty minutes of the guide', () => {
    const minutes = (kind: 'regular' | 'thematic') =>
      stepsOf(kind, theDay).reduce((sum, step) => sum + step.minutes, 0);
    expect([minutes('regular'), minutes('thematic')]).toEqual([90, 120]);
  });

  it('asks for a place, a chair and a scribe, and for a day that has not passed', () => {
    const meeting = aMeeting('preparing');
    const publishing = (plan: Parameters<typeof aPlan>[0], now = announced) =>
      decidePublish(meeting, aPlan(plan), pack, now);
    expect(publishing({ place: '' })).toMatchObject({ code: 'place-missing' });
    expect(publishing({ chairId: undefined })).toMatchObject({ code: 'chair-missing' });
    expect(publishing({ scribeId: undefined })).toMatchObject({ code: 'scribe-missing' });
    expect(publishing({}, addMilliseconds(announced, 25 * HOUR_MS))).toMatchObject({ code: 'already-past' });
    expect(publishing({})).toMatchObject({ ok: true, value: { state: 'published', expected: { members: 1 } } });
  });

  it('keeps the first moment of publication when it is published again', () => {
    const first = aMeeting('published');
    const again = decidePublish(first, aPlan(), pack, addMilliseconds(first.publishedAt, HOUR_MS));
    expect(again).toMatchObject({ value: { publishedAt: first.publishedAt, pack: pack.hash } });
  });

  it('moves on only', () => {
    for (const from of states) {
      expect(mayMove(from, 'preparing')).toBe(false);
      for (const last of ['closed', 'withdrawn'] as const) expect(mayMove(last, from)).toBe(false);
    }
    for (const state of ['open', 'closed', 'withdrawn'] as const) {
      expect(decideRevision(aMeeting(state), aPlan())).toMatchObject({ code: 'wrong-state' });
      expect(decidePublish(aMeeting(state), aPlan(), pack, announced)).toMatchObject({ code: 'wrong-state' });
    }
    expect(decideWithdraw(aMeeting('open'), announced)).toMatchObject({ code: 'wrong-state' });
  });
});

describe('leading the evening', () => {
  const hall = { firstStep: 'reason', roll: [aRollMember('lan')] };

  it('opens on its day, once', () => {
    const dayBefore = addMilliseconds(announced, -20 * HOUR_MS);
    expect(decideOpen(aMeeting('published'), hall, dayBefore)).toMatchObject({ code: 'door-not-open' });
    expect(decideOpen(aMeeting('published'), hall, announced)).toMatchObject({ value: { startedAt: announced } });
    const open = aMeeting('open');
    expect(decideOpen(open, hall, announced)).toEqual({ ok: true, value: open });
    expect(decideOpen(aMeeting('preparing'), hall, announced)).toMatchObject({ code: 'wrong-state' });
  });

  it('records every step with its time, and a repeat is no second step', () => {
    const open = aMeeting('open');
    const later = addMilliseconds(announced, MINUTE_MS);
    const next = decideStep(open, aPlan().agenda, 'roll', later);
    expect(next).toMatchObject({ value: { stepId: 'roll', steps: [{}, { stepId: 'roll', at: later }] } });
    expect(decideStep(open, aPlan().agenda, 'reason', later)).toEqual({ ok: true, value: open });
    expect(decideStep(open, aPlan().agenda, 'tea', later)).toMatchObject({ code: 'no-such-step' });
    expect(decideStep(aMeeting('closed'), aPlan().agenda, 'roll', later)).toMatchObject({ code: 'wrong-state' });
  });
});

describe('what everyone sees', () => {
  it('holds no name and no id of a member', () => {
    const live = liveOf(aMeeting('open'), { roll: [aPresence('tam')], opinions: [] }, announced);
    expect(JSON.stringify(live)).not.toMatch(/tam|lan"|Nguyễn/);
    expect(live).toMatchObject({ attendance: { members: 3, present: 1, unmarked: 2 }, nextPollSeconds: 20 });
  });

  it('names published meetings, newest first, and the packs to be forgotten', () => {
    const row = (meetingId: string, state: MeetingState, startsAt: string, pack?: string) => ({
      meetingId: meetingId as never,
      kind: 'regular' as const,
      title: 't',
      place: 'p',
      startsAt: startsAt as Instant,
      state,
      ...(pack && { pack }),
    });
    const manifest = manifestOf(theBranch, [
      row('a', 'closed', '2026-10-03T12:30:00.000Z', 'pa'),
      row('b', 'preparing', '2026-12-03T12:30:00.000Z'),
      row('c', 'published', '2026-11-03T12:30:00.000Z', 'pc'),
      row('d', 'withdrawn', '2026-11-04T12:30:00.000Z', 'pd'),
    ]);
    expect(manifest.meetings.map(({ meetingId }) => meetingId)).toEqual(['c', 'a']);
    expect(manifest.withdrawn).toEqual(['pd']);
  });
});
