import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId, TaskId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Day, HOUR_MS } from '#shared/kernel/time.ts';
import { type BranchTask, carriedTo, resultsOf, type TaskReview } from './carried.ts';
import { draftMinutes } from './minutes.ts';
import { packOf, withTasks } from './planning.ts';
import { proposeRating } from './rating.ts';
import { aMeeting, announced, aPlan, aRollMember } from './testing.ts';

const meeting = aMeeting('closed');
const aTask = (id: string, over: Partial<BranchTask> = {}): BranchTask => ({
  taskId: id as TaskId,
  memberId: 'tam' as MemberId,
  text: `Việc ${id}`,
  dueOn: '2026-10-31' as Day,
  givenAt: addMilliseconds(announced, -30 * 24 * HOUR_MS),
  ...over,
});
const aReview = (taskId: string, hours: number, over: Partial<TaskReview> = {}): TaskReview => ({
  taskId: taskId as TaskId,
  outcome: 'not-yet',
  why: 'Vướng mùa vụ',
  dueOn: '2026-10-31' as Day,
  late: false,
  at: addMilliseconds(announced, hours * HOUR_MS),
  ...over,
});
const done = { outcome: 'done', why: undefined } as const;

describe('tasks that come back', () => {
  it('are those open when the meeting began, with what was found of them there', () => {
    const carried = carriedTo(
      meeting,
      [aTask('a'), aTask('b'), aTask('c'), aTask('d', { meetingId: meeting.meetingId })],
      [aReview('a', 1, done), aReview('b', -100, done), aReview('c', 1)],
    );
    expect(carried).toMatchObject([
      { taskId: 'a', review: { outcome: 'done' } },
      { taskId: 'c', review: { outcome: 'not-yet', why: 'Vướng mùa vụ' } },
    ]);
  });

  it('come back with a moved deadline, and again until they are done or given up', () => {
    const moved = aReview('a', -400, { dueOn: '2026-11-20' as Day });
    expect(carriedTo(meeting, [aTask('a')], [moved])).toMatchObject([{ dueOn: '2026-11-20' }]);
    expect(carriedTo(meeting, [aTask('a')], [moved, aReview('a', -300, { outcome: 'dropped' })])).toEqual([]);
  });

  it('that were settled since the branch last met come back too, so that the meeting hears of them', () => {
    const since = addMilliseconds(announced, -200 * HOUR_MS);
    const reviews = [aReview('a', -100, done), aReview('b', -300, done), aReview('c', -300), aReview('c', -50)];
    const carried = carriedTo(meeting, [aTask('a'), aTask('b'), aTask('c')], reviews, since);
    expect(carried).toMatchObject([
      { taskId: 'a', review: { outcome: 'done' } },
      { taskId: 'c', review: { outcome: 'not-yet' }, before: { why: 'Vướng mùa vụ' } },
    ]);
    expect(resultsOf(meeting, carried)).toEqual({ due: 2, done: 1 });
  });

  it('say in the agenda how they stand: done, not yet and why', () => {
    const roll = [aRollMember('tam')];
    const since = addMilliseconds(announced, -200 * HOUR_MS);
    const reviews = [aReview('a', -100, { ...done, late: true }), aReview('c', -300)];
    const tasks = [aTask('a'), aTask('b'), aTask('c')];
    const pack = packOf(meeting, aPlan(), roll, announced);
    const first = withTasks(pack, carriedTo(meeting, tasks, reviews, since), roll);
    expect(first.tasks).toEqual([
      'Nguyễn Văn tam: Việc a, hạn 31/10/2026; đã xong, chậm hạn',
      'Nguyễn Văn tam: Việc b, hạn 31/10/2026',
      'Nguyễn Văn tam: Việc c, hạn 31/10/2026; chưa xong, lý do: Vướng mùa vụ',
    ]);
    expect(withTasks(first, [], roll)).toEqual(pack);
    expect(withTasks({ ...pack, kind: 'committee' }, carriedTo(meeting, tasks, []), roll).tasks).toBeUndefined();
  });

  it('are the same in whatever order their facts come, and however often', () => {
    const tasks = ['a', 'b', 'c', 'd'].map((id) => aTask(id));
    const review = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      hours: fc.integer({ min: -500, max: 2 }),
      outcome: fc.constantFrom('done' as const, 'not-yet' as const, 'dropped' as const),
    });
    const apart = (one: { id: string; hours: number }) => `${one.id}${one.hours}`;
    fc.assert(
      fc.property(fc.uniqueArray(review, { selector: apart, maxLength: 12 }), fc.integer(), (drawn, seed) => {
        const reviews = drawn.map(({ id, hours, outcome }) => aReview(id, hours, { outcome }));
        const turned = reviews.toSorted((a, b) => ((a.at.length * seed) % 7) - ((b.at.length * seed) % 5));
        const carried = carriedTo(meeting, tasks, reviews);
        expect(carriedTo(meeting, tasks.toReversed(), [...turned, ...reviews.toReversed()])).toEqual(carried);
        const { due, done: finished } = resultsOf(meeting, carried);
        expect(finished).toBeLessThanOrEqual(due);
        expect(due).toBeLessThanOrEqual(carried.length);
      }),
    );
  });

  it('propose criterion 6 by the share of due ones that are done, and stand in the minutes', () => {
    const carried = carriedTo(
      meeting,
      [aTask('a'), aTask('b'), aTask('c', { dueOn: '2026-12-31' as Day })],
      [aReview('a', 1, done), aReview('b', 1)],
    );
    expect(resultsOf(meeting, carried)).toEqual({ due: 2, done: 1 });
    const record = {
      counts: { members: 3, present: 3, excused: 0, unexcused: 0, exempt: 0, unmarked: 0 },
      opinions: [],
      concluded: true,
      adopted: true,
      committeeMetAt: undefined,
      now: announced,
    };
    const six = proposeRating(meeting, { ...record, results: { due: 2, done: 1 } }).find(
      ({ criterion }) => criterion === '6',
    );
    expect(six).toMatchObject({ points: 15, evidence: [{ value: 2 }, { value: 50 }] });
    expect(
      proposeRating(meeting, { ...record, results: { due: 0, done: 0 } }).some(({ criterion }) => criterion === '6'),
    ).toBe(false);

    const drafted = draftMinutes({
      meeting,
      plan: aPlan(),
      members: ['lan', 'tu', 'tam'].map((id) => aRollMember(id)),
      roll: [],
      opinions: [],
      conclusion: undefined,
      tasks: [],
      carried,
      rating: undefined,
    });
    const lines = drafted.ok ? drafted.value.find(({ heading }) => heading === 'Kết quả nhiệm vụ đã giao')?.lines : [];
    expect(lines).toEqual([
      'Đồng chí Nguyễn Văn tam: Việc a; hạn 31/10/2026; đã xong.',
      'Đồng chí Nguyễn Văn tam: Việc b; hạn 31/10/2026; chưa xong, lý do: Vướng mùa vụ.',
      'Đồng chí Nguyễn Văn tam: Việc c; hạn 31/12/2026; chưa xem xét.',
    ]);
  });
});
