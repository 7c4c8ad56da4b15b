import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId, PollId } from '#shared/kernel/ids.ts';
import { addMilliseconds, HOUR_MS, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import { decideHandVote } from './hands.ts';
import { doneAt } from './later.ts';
import { decideClose, decideOpen, decideStep, mayRecord } from './leading.ts';
import type { Meeting } from './model.ts';
import { aMeeting, announced, aPlan, aPresence, aRollMember, theBranch } from './testing.ts';

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

  it('opens the evening before too, once the door of a meeting after midnight is open', () => {
    const startsAt = '2026-11-30T17:05:00.000Z' as Instant; // five minutes past midnight
    const late = { ...aMeeting('published'), startsAt };
    const opened = (minutes: number) => decideOpen(late, hall, addMilliseconds(startsAt, -minutes * MINUTE_MS));
    expect(opened(61)).toMatchObject({ code: 'door-not-open' });
    expect(opened(59)).toMatchObject({ ok: true });
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

  it('keeps the opening of who came in first, and takes one that came in later for the same', () => {
    const open = aMeeting('open');
    const earlier = addMilliseconds(announced, -MINUTE_MS);
    expect(decideOpen(open, hall, earlier, announced)).toEqual({ ok: true, value: open });
    const closed = aMeeting('closed');
    expect(decideOpen(closed, hall, earlier, announced)).toEqual({ ok: true, value: closed });
    expect(decideOpen(closed, hall, earlier)).toMatchObject({ code: 'wrong-state' });
    const first = decideOpen(aMeeting('published'), hall, announced, addMilliseconds(announced, HOUR_MS));
    expect(first).toMatchObject({ value: { startedAt: announced, steps: [{ sentLater: expect.any(String) }] } });
  });

  it('puts steps that come in later where they belong in time, in whatever order, and stays where the hall is', () => {
    const agenda = aPlan().agenda;
    const ids = agenda.map(({ id }) => id).slice(1);
    const minutes = fc.uniqueArray(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: ids.length });
    fc.assert(
      fc.property(minutes, fc.infiniteStream(fc.nat()), (times, chance) => {
        const taken = times.toSorted((a, b) => a - b).map((minute, at) => ({ stepId: ids[at] ?? '', minute }));
        const shuffled = taken.map((step) => ({ step, by: chance.next().value })).toSorted((a, b) => a.by - b.by);
        const end = addMilliseconds(announced, 2 * HOUR_MS);
        let meeting: Meeting = aMeeting('open');
        for (const { step } of [...shuffled, ...shuffled]) {
          const decided = decideStep(
            meeting,
            agenda,
            step.stepId,
            addMilliseconds(announced, step.minute * MINUTE_MS),
            end,
          );
          if (!decided.ok) throw new Error(decided.code);
          meeting = decided.value;
        }
        if (meeting.state !== 'open') throw new Error(meeting.state);
        expect(meeting.steps.slice(1).map(({ stepId }) => stepId)).toEqual(taken.map(({ stepId }) => stepId));
        expect(meeting.stepId).toBe(taken.at(-1)?.stepId);
      }),
    );
  });

  it('takes a step of before the end after it, and ends behind all that was done', () => {
    const closed = aMeeting('closed');
    const [inTime, after] = [addMilliseconds(announced, HOUR_MS), addMilliseconds(closed.endedAt, 1)];
    const sent = addMilliseconds(announced, 5 * HOUR_MS);
    expect(decideStep(closed, aPlan().agenda, 'roll', inTime, sent)).toMatchObject({ value: { state: 'closed' } });
    expect(decideStep(closed, aPlan().agenda, 'roll', after, sent)).toMatchObject({ code: 'wrong-state' });
    const stepped = decideStep(aMeeting('open'), aPlan().agenda, 'roll', inTime);
    if (!stepped.ok) throw new Error(stepped.code);
    expect(decideClose(stepped.value, announced, sent)).toMatchObject({
      value: { endedAt: inTime, endSentLater: sent },
    });
  });
});

describe('when an act was done', () => {
  const now = addMilliseconds(announced, HOUR_MS);

  it('is now for whatever is sent at once, and what the phone says for what waited', () => {
    expect(doneAt(undefined, now)).toEqual({ at: now });
    expect(doneAt(addMilliseconds(now, -MINUTE_MS / 2), now)).toEqual({ at: now });
    expect(doneAt(announced, now)).toEqual({ at: announced, sentLater: now });
  });

  it('is never to come', () => {
    expect(doneAt(addMilliseconds(now, 48 * HOUR_MS), now)).toEqual({ at: now });
  });
});

describe('a vote that was taken with hands alone', () => {
  const roll = ['lan', 'tu', 'tam'].map((id) => aRollMember(id));
  const attendance = ['lan', 'tu', 'tam'].map((id) => aPresence(id));
  const hall = { by: 'lan' as MemberId, roll, attendance, adopted: false, done: { at: announced } };
  const vote = {
    pollId: 'p' as PollId,
    decision: 'resolution' as const,
    question: 'Thông qua nghị quyết?',
    hands: { agree: 2, disagree: 1, other: 0 },
    witnessId: 'tu' as MemberId,
  };

  it('is asked, counted and published in one act, and again is the same', () => {
    const decided = decideHandVote(aMeeting('open'), vote, hall);
    if (!decided.ok) throw new Error(decided.code);
    expect(decided.value).toMatchObject({
      version: aMeeting('open').version + 1,
      polls: [{ state: 'published', shards: 0, result: { passed: true, base: { members: 3, present: 3 } } }],
    });
    expect(decideHandVote(decided.value, { ...vote, hands: { agree: 0, disagree: 0, other: 3 } }, hall)).toEqual(
      decided,
    );
  });

  it('counts nobody twice and has a witness', () => {
    const refused = (over: object, there: object = {}) =>
      decideHandVote(aMeeting('open'), { ...vote, ...over }, { ...hall, ...there });
    expect(refused({ hands: { agree: 3, disagree: 1, other: 0 } })).toMatchObject({ code: 'hands-too-many' });
    expect(refused({ witnessId: 'lan' })).toMatchObject({ code: 'witness-missing' });
    expect(refused({ witnessId: 'an' })).toMatchObject({ code: 'witness-missing' });
    expect(refused({}, { adopted: true })).toMatchObject({ code: 'already-adopted' });
    expect(decideHandVote(aMeeting('published'), vote, hall)).toMatchObject({ code: 'wrong-state' });
  });

  it('comes in after the end only if it was held before', () => {
    const closed = aMeeting('closed');
    const sentLater = addMilliseconds(closed.endedAt, HOUR_MS);
    const late = decideHandVote(closed, vote, { ...hall, done: { at: announced, sentLater } });
    expect(late).toMatchObject({ value: { state: 'closed', endedAt: closed.endedAt, polls: [{ sentLater }] } });
    expect(decideHandVote(closed, vote, hall)).toMatchObject({ code: 'wrong-state' });
    const after = { at: addMilliseconds(closed.endedAt, 1), sentLater };
    expect(decideHandVote(closed, vote, { ...hall, done: after })).toMatchObject({ code: 'wrong-state' });
  });
});
