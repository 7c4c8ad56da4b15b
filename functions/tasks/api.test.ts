import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '#runtime/table.ts';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { ActionId, MemberId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { assign, mine, ofBranch, reportProgress, settle } from '#shared/tasks/contract.ts';
import { aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';

const unitId = 'cb-thon-nam' as UnitId;
const today = dayOf(instantOf(Date.now()));
const anAct = () => randomUUID() as ActionId;
let lan: SignedIn;
let tam: SignedIn;
let stranger: SignedIn;

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('TASKS_TABLE')]);
  await aUnit(unitId, 'xa-cong-hai', 'tinh');
  await aUnit('cb-thon-bac', 'xa-cong-hai', 'tinh');
  lan = await signedIn({
    memberId: 'lan',
    unitId,
    name: 'Trần Thị Lan',
    grants: [{ role: 'member' }, { role: 'branch_secretary' }],
  });
  tam = await signedIn({ memberId: 'tam', unitId, name: 'Nguyễn Văn Tám' });
  stranger = await signedIn({
    memberId: 'stranger',
    unitId: 'cb-thon-bac',
    grants: [{ role: 'member' }, { role: 'branch_secretary' }],
  });
});

const aGift = (over: Partial<Parameters<typeof given>[0]> = {}) => given(over);
const given = (over: { actionId?: ActionId; ownerId?: string; followerId?: string; dueOn?: Day; text?: string }) => ({
  unitId,
  actionId: over.actionId ?? anAct(),
  text: over.text ?? 'Vận động ba hộ dân hiến đất làm đường thôn',
  ownerId: (over.ownerId ?? 'tam') as MemberId,
  followerId: (over.followerId ?? 'lan') as MemberId,
  dueOn: over.dueOn ?? addDays(today, 20),
  source: { kind: 'resolution' as const, number: '05-NQ/CB' },
});
const give = async (over = {}): Promise<TaskId> => {
  const answer = await call(handler, assign, aGift(over), lan);
  expect(answer.status).toBe(200);
  return answer.body.task.taskId;
};
const itemOf = async (taskId: TaskId) => openTable('TASKS_TABLE').get({ pk: `UNIT#${unitId}`, sk: `TASK#${taskId}` });

describe('giving a task', () => {
  it('the same act sent again gives it once and answers the same', async () => {
    const gift = aGift({});
    const first = await call(handler, assign, gift, lan);
    const again = await call(handler, assign, gift, lan);
    expect(first).toMatchObject({ status: 200, body: { standing: 'in-time', task: { ownerName: 'Nguyễn Văn Tám' } } });
    expect(again.body).toEqual(first.body);
    const { body } = await call(handler, mine, {}, tam);
    expect(body.tasks.filter((row: { task: { taskId: string } }) => row.task.taskId === gift.actionId)).toHaveLength(1);
  });

  it('sent ten times at one moment gives it once', async () => {
    const gift = aGift({});
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(handler, assign, gift, lan)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.task.assignedAt)).size).toBe(1);
  });

  it('is news to other contexts, with ids and the text only', async () => {
    const taskId = await give();
    expect((await itemOf(taskId))?.['fact']).toMatchObject({
      type: 'task-assigned',
      taskId,
      unitId,
      memberId: 'tam',
      followerId: 'lan',
    });
    expect(JSON.stringify((await itemOf(taskId))?.['fact'])).not.toContain('Nguyễn');
  });

  it.each([
    [{ ownerId: 'stranger' }, 422, 'owner-not-in-branch'],
    [{ ownerId: 'nobody' }, 422, 'owner-not-in-branch'],
    [{ followerId: 'tam' }, 422, 'follower-not-in-committee'],
    [{ dueOn: addDays(today, -1) }, 422, 'deadline-passed'],
    [{ text: '   ' }, 422, 'malformed'],
  ] as const)('%o is refused with %i %s', async (over, status, code) => {
    const answer = await call(handler, assign, aGift(over), lan);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('a member, a secretary of another branch and nobody at all are refused', async () => {
    for (const who of [tam, stranger])
      expect(await call(handler, assign, aGift({}), who)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    expect(await call(handler, assign, aGift({}))).toMatchObject({ status: 401, body: { code: 'not-signed-in' } });
  });
});

describe('progress', () => {
  it('is told by the owner, comes to the branch view, and is told once however often it is sent', async () => {
    const taskId = await give();
    const report = { unitId, taskId, actionId: anAct(), percent: 60, words: 'Đã vận động hai hộ' };
    const first = await call(handler, reportProgress, report, tam);
    await call(handler, reportProgress, { ...report, actionId: anAct(), percent: 80, words: undefined }, tam);
    const again = await call(handler, reportProgress, report, tam);
    expect(first).toMatchObject({ status: 200, body: { task: { percent: 60 } } });
    expect(again.body).toEqual(first.body);
    const { body } = await call(handler, ofBranch, { unitId, state: 'open' }, lan);
    const row = body.tasks.find((one: { task: { taskId: string } }) => one.task.taskId === taskId);
    expect(row.task).toMatchObject({ percent: 80, notes: [{ percent: 60 }, { percent: 80 }] });
  });

  it('sends no old news again', async () => {
    const taskId = await give();
    await call(handler, reportProgress, { unitId, taskId, actionId: anAct(), percent: 10 }, tam);
    expect((await itemOf(taskId))?.['fact']).toBeUndefined();
  });

  it('from another hand, for no task, and beyond the whole is refused', async () => {
    const taskId = await give();
    const report = { unitId, taskId, actionId: anAct(), percent: 60 };
    expect(await call(handler, reportProgress, report, lan)).toMatchObject({
      status: 403,
      body: { code: 'not-yours' },
    });
    expect(await call(handler, reportProgress, report, stranger)).toMatchObject({
      status: 403,
      body: { code: 'not-allowed' },
    });
    const unknown = { ...report, taskId: 'no-such-task' as TaskId };
    expect(await call(handler, reportProgress, unknown, tam)).toMatchObject({ status: 404 });
    expect(await call(handler, reportProgress, { ...report, percent: 101 }, tam)).toMatchObject({ status: 422 });
  });
});

describe('settling', () => {
  it('not yet brings the task back to the next agenda; done closes it, and tells the others both times', async () => {
    const taskId = await give();
    const review = { unitId, taskId, actionId: anAct(), outcome: 'not-yet' as const, why: 'Hai hộ đi vắng' };
    expect(await call(handler, settle, review, lan)).toMatchObject({ status: 200, body: { task: { state: 'open' } } });
    expect((await itemOf(taskId))?.['fact']).toMatchObject({ type: 'task-settled', outcome: 'not-yet', late: false });
    const open = await call(handler, ofBranch, { unitId, state: 'open' }, lan);
    expect(JSON.stringify(open.body)).toContain(taskId);

    const done = { unitId, taskId, actionId: anAct(), outcome: 'done' as const };
    const first = await call(handler, settle, done, lan);
    expect(first).toMatchObject({ status: 200, body: { standing: 'done', task: { state: 'done', percent: 100 } } });
    expect((await call(handler, settle, done, lan)).body).toEqual(first.body);
    expect((await itemOf(taskId))?.['fact']).toMatchObject({ type: 'task-settled', outcome: 'done', late: false });
    const left = await call(handler, ofBranch, { unitId, state: 'open' }, lan);
    expect(JSON.stringify(left.body)).not.toContain(taskId);
    expect(await call(handler, settle, { ...done, actionId: anAct() }, lan)).toMatchObject({
      status: 409,
      body: { code: 'already-settled' },
    });
  });

  it('and progress racing each other: what was acknowledged is in the story, and the end holds', async () => {
    const taskId = await give();
    const [settled, ...told] = await Promise.all([
      call(handler, settle, { unitId, taskId, actionId: anAct(), outcome: 'done' }, lan),
      ...[20, 40, 60].map((percent) =>
        call(handler, reportProgress, { unitId, taskId, actionId: anAct(), percent }, tam),
      ),
    ]);
    const { body } = await call(handler, ofBranch, { unitId }, lan);
    const { task } = body.tasks.find((one: { task: { taskId: string } }) => one.task.taskId === taskId);
    expect(settled?.status).toBe(200);
    expect(task.state).toBe('done');
    for (const { status, body: told1 } of told) {
      if (status === 200) expect(task.notes).toContainEqual(told1.task.notes.at(-1));
      else expect(told1.code).toBe('already-settled');
    }
  });

  it('without a reason, in the future, or by a member is refused', async () => {
    const taskId = await give();
    const review = { unitId, taskId, actionId: anAct() };
    expect(await call(handler, settle, { ...review, outcome: 'not-yet' }, lan)).toMatchObject({
      status: 422,
      body: { code: 'reason-missing' },
    });
    expect(
      await call(handler, settle, { ...review, outcome: 'done', finishedOn: addDays(today, 1) }, lan),
    ).toMatchObject({ status: 422, body: { code: 'finished-in-future' } });
    expect(await call(handler, settle, { ...review, outcome: 'done' }, tam)).toMatchObject({ status: 403 });
    expect(
      await call(handler, settle, { ...review, outcome: 'not-yet', why: 'Chờ', dueOn: addDays(today, -3) }, lan),
    ).toMatchObject({ status: 422, body: { code: 'deadline-passed' } });
  });
});

describe('whose tasks one sees', () => {
  it('a member sees his own and not the branch list', async () => {
    const { body } = await call(handler, mine, {}, stranger);
    expect(body.tasks).toEqual([]);
    expect(await call(handler, ofBranch, { unitId }, tam)).toMatchObject({ status: 403 });
    expect(await call(handler, ofBranch, { unitId }, stranger)).toMatchObject({ status: 403 });
    expect(await call(handler, mine, {})).toMatchObject({ status: 401 });
  });
});
