import { beforeAll, expect, it } from 'vitest';
import { aHouse, call } from '#runtime/testing.ts';
import { addMilliseconds, dayOf, HOUR_MS, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { Pack } from '#shared/meetings/model.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onTaskAssigned } from './on-task-assigned.ts';
import { aBranch, anAct, anOpen, aPublished, deliver, fileOf, type Ref, unitId, who } from './testing.ts';

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

const packFor = async (ref: Ref): Promise<Pack | undefined> => {
  const { meeting } = (await call(handler, contract.desk, ref, who('lan'))).body;
  return fileOf<Pack>(`content/pack/${unitId}/${meeting.pack}.json`);
};

it('an agenda that members read already says how tasks stand by now, whatever else became of it', async () => {
  const ref = await aPublished(10);
  const settled = { ...given('t-9'), type: 'task-settled', outcome: 'not-yet', why: 'Chờ vốn', late: true, at: ago(2) };
  expect(await deliver(onTaskAssigned, [given('t-9'), settled])).toEqual([]);
  const told = 'Nguyễn Thị tam: Việc t-9, hạn ';
  expect((await packFor(ref))?.tasks?.[0]).toMatch(new RegExp(`^${told}.*; chưa xong, lý do: Chờ vốn$`));

  // a revision that is not published yet stays unread
  const { meeting, plan } = (await call(handler, contract.desk, ref, who('lan'))).body;
  const revised = { ...plan, place: 'Sân kho' };
  await call(handler, contract.revise, { ...ref, version: meeting.version, plan: revised }, who('lan'));
  expect(await deliver(onTaskAssigned, [{ ...settled, why: 'Hết vốn', at: ago(1) }])).toEqual([]);
  const again = await packFor(ref);
  expect([again?.tasks?.[0]?.endsWith('Hết vốn'), again?.place]).toEqual([true, 'Nhà văn hóa thôn Nam']);

  // facts told again change nothing
  const versionOf = async () => (await call(handler, contract.desk, ref, who('lan'))).body.meeting.version;
  const version = await versionOf();
  expect(await deliver(onTaskAssigned, [given('t-9'), settled])).toEqual([]);
  expect(await versionOf()).toBe(version);

  // the pack that a suggestion makes holds them too
  const asked = { ...ref, actionId: anAct(), text: 'Sửa loa' };
  await call(handler, contract.suggest, asked, who('tam'));
  const answered = { ...ref, suggestionId: asked.actionId, verdict: { taken: true as const } };
  expect((await call(handler, contract.answerSuggestion, answered, who('lan'))).status).toBe(200);
  const last = await packFor(ref);
  expect(last?.tasks).toEqual(again?.tasks);
  expect(JSON.stringify(last?.agenda)).toContain('Sửa loa');
  const done = { ...settled, outcome: 'done', at: instantOf(Date.now()) };
  expect(await deliver(onTaskAssigned, [done])).toEqual([]);
});

it('an open task stands on the next agenda, with what was found of it in the desk, the draft and the proposal', async () => {
  expect(await deliver(onTaskAssigned, [given('t-1'), given('t-2'), given('t-1')])).toEqual([]);
  const ref = await anOpen();
  const ask = async (op: Parameters<typeof call>[1], input: object) =>
    (await call(handler, op, input as never, who('lan'))).body;
  const pack = await packFor(ref);
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
