import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, type Instant, instantAt } from '#shared/kernel/time.ts';
import type { Task } from './model.ts';
import { MOST_BELOW, overviewOf } from './overview.ts';
import { decideProgress, decideReview } from './rules.ts';
import { aTask } from './testing.ts';

const today = '2026-11-20' as Day;
const now = instantAt(today, '19:30');
const secretary = { actorId: 'lan' as MemberId, now };
const branch = (name: string, tasks: readonly Task[]) => ({
  unitId: `cb-${name}` as UnitId,
  name: `Chi bộ ${name}`,
  above: 'Đảng bộ xã',
  tasks,
});
const settled = (task: Task, outcome: 'done' | 'dropped', at: Instant = now): Task => {
  const review = decideReview(task, { outcome, why: 'Lý do' }, { ...secretary, now: at });
  if (!review.ok) throw new Error(review.code);
  return review.value;
};

describe('the tasks of all branches, seen from above', () => {
  it('counts by branch, the one with the most overdue first, and lists the open ones, overdue first', () => {
    const late = aTask({ taskId: 'a' as TaskId, dueOn: addDays(today, -3) });
    const soon = aTask({ taskId: 'b' as TaskId, dueOn: addDays(today, 2) });
    const inTime = aTask({ taskId: 'c' as TaskId, dueOn: addDays(today, 40) });
    const done = settled(aTask({ taskId: 'd' as TaskId, dueOn: addDays(today, -1) }), 'done');
    const lastYear = settled(aTask({ taskId: 'e' as TaskId }), 'done', instantAt('2025-12-31' as Day, '10:00'));
    const found = overviewOf([branch('Bắc', [inTime, soon, lastYear]), branch('Nam', [late, done])], today);
    expect(found.branches).toMatchObject([
      { name: 'Chi bộ Nam', open: 1, late: 1, done: 1, doneLate: 1, dropped: 0 },
      { name: 'Chi bộ Bắc', open: 2, late: 0, done: 0, dropped: 0 },
    ]);
    expect(found.tasks.map(({ taskId, branch: name, standing }) => [taskId, name, standing])).toEqual([
      ['a', 'Chi bộ Nam', 'late'],
      ['b', 'Chi bộ Bắc', 'due-soon'],
      ['c', 'Chi bộ Bắc', 'in-time'],
    ]);
  });

  it('says what was last said of a task: why it was not done, or what its owner reported', () => {
    const told = decideProgress(aTask(), { percent: 50, words: 'Hai hộ đã ký' }, { actorId: 'tam' as MemberId, now });
    if (!told.ok) throw new Error(told.code);
    expect(overviewOf([branch('Nam', [told.value])], today).tasks[0]).toMatchObject({
      percent: 50,
      said: 'Hai hộ đã ký',
    });
    const looked = decideReview(told.value, { outcome: 'not-yet', why: 'Hộ thứ ba đi vắng' }, secretary);
    if (!looked.ok) throw new Error(looked.code);
    const silent = decideProgress(
      looked.value as typeof told.value,
      { percent: 60 },
      { actorId: 'tam' as MemberId, now },
    );
    if (!silent.ok) throw new Error(silent.code);
    expect(overviewOf([branch('Nam', [silent.value])], today).tasks[0]?.said).toBe('Hộ thứ ba đi vắng');
    expect(overviewOf([branch('Nam', [aTask()])], today).tasks[0]).not.toHaveProperty('said');
  });

  it('is the same from any order, counts every task of the year once, and leaves out nothing overdue before something else', () => {
    const drawn = fc.record({
      branch: fc.constantFrom('Nam', 'Bắc', 'Đoài'),
      due: fc.integer({ min: -30, max: 60 }),
      state: fc.constantFrom('open' as const, 'done' as const, 'dropped' as const),
    });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 40 }), fc.integer({ min: 0, max: 5 }), (all, turn) => {
        const made = all.map(({ branch: name, due, state }, at) => {
          const open = aTask({ taskId: `t-${at}` as TaskId, dueOn: addDays(today, due) });
          return { name, task: state === 'open' ? open : settled(open, state) };
        });
        const of = (list: typeof made) =>
          ['Nam', 'Bắc', 'Đoài'].map((name) =>
            branch(
              name,
              list.flatMap((one) => (one.name === name ? [one.task] : [])),
            ),
          );
        const found = overviewOf(of(made), today);
        const turned = of([...made.slice(turn), ...made.slice(0, turn)].toReversed());
        expect(overviewOf([...turned.slice(1), ...turned.slice(0, 1)], today)).toEqual(found);
        const sum = found.branches.reduce((total, { open, done, dropped }) => total + open + done + dropped, 0);
        expect(sum).toBe(made.length);
        const standings = found.tasks.map(({ standing }) => standing);
        expect(standings.lastIndexOf('late')).toBe(standings.filter((one) => one === 'late').length - 1);
      }),
    );
  });

  it('sends so many open tasks at most and says how many are left', () => {
    const many = Array.from({ length: MOST_BELOW + 3 }, (_, at) => aTask({ taskId: `t-${at}` as TaskId }));
    const found = overviewOf([branch('Nam', many)], today);
    expect([found.tasks.length, found.left, found.branches[0]?.open]).toEqual([MOST_BELOW, 3, MOST_BELOW + 3]);
  });
});
