import { beforeAll, expect, it } from 'vitest';
import { aHouse, call } from '#runtime/testing.ts';
import { addMilliseconds, dayOf, HOUR_MS, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { Pack } from '#shared/meetings/model.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onTaskAssigned } from './on-task-assigned.ts';
import { aBranch, anOpen, deliver, fileOf, unitId, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

const ago = (hours: number) => addMilliseconds(instantOf(Date.now()), -hours * HOUR_MS);
const given = (taskId: string, over: object = {}) => ({
  type: 'task-assigned',
  taskId,
  unitId,
  memberId: 'tam',
  followerId: 'lan',
  text: `Việc ${taskId}`,
  dueOn: dayOf(ago(48)),
  source: { kind: 'plan', title: 'Kế hoạch năm' },
  at: ago(700),
  ...over,
});

it('an open task stands on the next agenda, with what was found of it in the desk, the draft and the proposal', async () => {
  expect(await deliver(onTaskAssigned, [given('t-1'), given('t-2'), given('t-1')])).toEqual([]);
  const ref = await anOpen();
  const ask = async (op: Parameters<typeof call>[1], input: object) =>
    (await call(handler, op, input as never, who('lan'))).body;
  const { meeting } = await ask(contract.desk, ref);
  const pack = await fileOf<Pack>(`content/pack/${unitId}/${meeting.pack}.json`);
  expect(pack?.tasks).toHaveLength(2);
  expect(pack?.tasks?.[0]).toContain('Nguyễn Thị tam: Việc t-1, hạn ');

  const settled = {
    type: 'task-settled',
    taskId: 't-1',
    unitId,
    memberId: 'tam',
    outcome: 'done',
    late: false,
    dueOn: dayOf(ago(48)),
    meetingId: ref.meetingId,
    at: instantOf(Date.now()),
  };
  expect(await deliver(onTaskAssigned, [settled, settled])).toEqual([]);
  const desk = await ask(contract.desk, ref);
  expect(desk.carried).toMatchObject([{ taskId: 't-1', review: { outcome: 'done' } }, { taskId: 't-2' }]);
  expect(desk.proposals.find(({ criterion }: { criterion: string }) => criterion === '6')).toMatchObject({
    points: 15,
  });
  const { sections } = await ask(contract.draft, ref);
  expect(JSON.stringify(sections)).toContain('Việc t-1; hạn');
  expect(JSON.stringify(sections)).toContain('đã xong.');
});
