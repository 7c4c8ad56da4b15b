import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Role } from '#shared/kernel/permissions.ts';
import { addDays, type Day, instantAt, instantOf } from '#shared/kernel/time.ts';
import { NOTES_KEPT, type Task } from './model.ts';
import { decideAssignment, decideProgress, decideReview, inOrder, NEAR_DAYS, standingOf } from './rules.ts';
import { aTask } from './testing.ts';

const today = '2026-11-20' as Day;
const now = instantAt(today, '19:30');
const owner = { actorId: 'tam' as MemberId, now };
const secretary = { actorId: 'lan' as MemberId, now };
const person = (memberId: string, role: Role, unitId = 'cb-thon-nam') => ({
  memberId: memberId as MemberId,
  name: memberId,
  unitId,
  grants: [{ role, unitId: unitId as UnitId, from: instantOf(0) }],
});
const tam = person('tam', 'member');
const lan = person('lan', 'branch_committee_member');

describe('how a task stands', () => {
  it('is in time through its last day, near in the week before, late from the next day on', () => {
    const standing = (dueOn: Day) => standingOf(aTask({ dueOn }), today);
    expect(standing(addDays(today, NEAR_DAYS + 1))).toBe('in-time');
    expect(standing(addDays(today, NEAR_DAYS))).toBe('due-soon');
    expect(standing(today)).toBe('due-soon');
    expect(standing(addDays(today, -1))).toBe('late');
  });

  it('done after the deadline stays done late, however long ago', () => {
    const done = decideReview(aTask({ dueOn: addDays(today, -1) }), { outcome: 'done' }, secretary);
    expect(done.ok && standingOf(done.value, addDays(today, 400))).toBe('done-late');
  });
});

describe('giving a task', () => {
  const { taskId, unitId, text, source } = aTask();
  const given = { taskId, unitId, text, source, dueOn: today };

  it('needs a member of this branch, a follower from its committee, and a day that has not passed', () => {
    expect(decideAssignment(given, { owner: tam, follower: lan }, secretary)).toMatchObject({
      ok: true,
      value: { state: 'open', percent: 0, ownerName: 'tam', followerName: 'lan' },
    });
    const refused = [
      [{ owner: undefined, follower: lan }, given, 'owner-not-in-branch'],
      [{ owner: person('x', 'member', 'cb-khac'), follower: lan }, given, 'owner-not-in-branch'],
      [{ owner: tam, follower: undefined }, given, 'follower-not-in-committee'],
      [{ owner: tam, follower: tam }, given, 'follower-not-in-committee'],
      [{ owner: tam, follower: person('y', 'branch_secretary', 'cb-khac') }, given, 'follower-not-in-committee'],
      [{ owner: tam, follower: lan }, { ...given, dueOn: addDays(today, -1) }, 'deadline-passed'],
    ] as const;
    for (const [people, what, code] of refused)
      expect(decideAssignment(what, people, secretary)).toEqual({ ok: false, code });
  });
});

describe('progress', () => {
  it('is told by the owner alone, while the task is open', () => {
    expect(decideProgress(aTask(), { percent: 50, words: 'Đã vận động hai hộ' }, owner)).toMatchObject({
      ok: true,
      value: { percent: 50, notes: [{ kind: 'progress', percent: 50, words: 'Đã vận động hai hộ' }], version: 2 },
    });
    expect(decideProgress(aTask(), { percent: 50 }, secretary)).toEqual({ ok: false, code: 'not-yours' });
    const done = decideReview(aTask(), { outcome: 'done' }, secretary);
    expect(done.ok && decideProgress(done.value, { percent: 50 }, owner)).toEqual({
      ok: false,
      code: 'already-settled',
    });
  });

  it('keeps the newest lines of a long story', () => {
    let task: Task = aTask();
    for (let percent = 0; percent <= NOTES_KEPT + 5; percent++) {
      const told = decideProgress(task, { percent: percent % 100 }, owner);
      if (told.ok) task = told.value;
    }
    expect(task.notes).toHaveLength(NOTES_KEPT);
    expect(task.notes.at(-1)).toMatchObject({ percent: NOTES_KEPT + 5 });
  });
});

describe('looking at a task', () => {
  it('not yet needs a reason, leaves it open and may move the deadline forward from today', () => {
    expect(decideReview(aTask(), { outcome: 'not-yet' }, secretary)).toEqual({ ok: false, code: 'reason-missing' });
    const moved = decideReview(
      aTask({ dueOn: addDays(today, -2) }),
      { outcome: 'not-yet', why: 'Hai hộ đi vắng', dueOn: addDays(today, 20) },
      secretary,
    );
    expect(moved).toMatchObject({
      ok: true,
      value: { state: 'open', dueOn: addDays(today, 20), notes: [{ wasDueOn: addDays(today, -2) }] },
    });
    expect(decideReview(aTask(), { outcome: 'not-yet', why: 'Chờ', dueOn: addDays(today, -1) }, secretary)).toEqual({
      ok: false,
      code: 'deadline-passed',
    });
  });

  it('giving up needs a reason too', () => {
    expect(decideReview(aTask(), { outcome: 'dropped' }, secretary)).toEqual({ ok: false, code: 'reason-missing' });
    expect(decideReview(aTask(), { outcome: 'dropped', why: 'Giao nhầm người' }, secretary)).toMatchObject({
      ok: true,
      value: { state: 'dropped' },
    });
  });

  it('counts as finished when the owner first said so for good, so that a later meeting does not make it late', () => {
    let task: Task = aTask({ dueOn: '2026-11-12' as Day });
    const days = [
      ['2026-11-08', 100],
      ['2026-11-09', 80],
      ['2026-11-11', 100],
      ['2026-11-15', 100],
    ] as const;
    for (const [day, percent] of days) {
      const told = decideProgress(task, { percent }, { ...owner, now: instantAt(day as Day, '20:00') });
      if (told.ok) task = told.value;
    }
    const done = decideReview(task, { outcome: 'done' }, secretary);
    expect(done).toMatchObject({ ok: true, value: { finishedOn: '2026-11-11', percent: 100 } });
    expect(done.ok && standingOf(done.value, today)).toBe('done');
  });

  it('cannot be finished tomorrow', () => {
    expect(decideReview(aTask(), { outcome: 'done', finishedOn: addDays(today, 1) }, secretary)).toEqual({
      ok: false,
      code: 'finished-in-future',
    });
  });

  it('a settled task moves no more, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('done' as const, 'dropped' as const),
        fc.constantFrom('done' as const, 'not-yet' as const, 'dropped' as const),
        (first, second) => {
          const settled = decideReview(aTask(), { outcome: first, why: 'vì' }, secretary);
          if (!settled.ok) throw new Error('the first review holds');
          expect(decideReview(settled.value, { outcome: second, why: 'vì' }, secretary)).toEqual({
            ok: false,
            code: 'already-settled',
          });
        },
      ),
    );
  });
});

describe('order', () => {
  it('is the same from any order: open ones by deadline, then the settled by the newest', () => {
    const task = (n: number, dueOn: string, settle?: 'done') => {
      const one = aTask({ taskId: `t-${n}` as Task['taskId'], dueOn: dueOn as Day });
      const review = settle && decideReview(one, { outcome: settle }, { ...secretary, now: instantOf(n * 1000) });
      return review?.ok ? review.value : one;
    };
    const tasks = [
      task(1, '2026-11-05'),
      task(2, '2026-11-05'),
      task(3, '2026-12-05'),
      task(9, '2026-01-05', 'done'),
      task(4, '2026-10-05', 'done'),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(tasks, { minLength: tasks.length }), (mixed) => {
        expect(inOrder(mixed).map(({ taskId }) => taskId)).toEqual(['t-1', 't-2', 't-3', 't-9', 't-4']);
      }),
    );
  });
});
