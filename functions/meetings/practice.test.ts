import { beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '#runtime/table.ts';
import { aHouse, call } from '#runtime/testing.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { practiceExpiry, practiceOf } from '#shared/kernel/practice.ts';
import { addMilliseconds, DAY_MS, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { aBranch, anAct, unitId, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aTable('BALLOTS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

const now = () => instantOf(Date.now());
const practice = practiceOf(unitId, now()) as UnitId;
const begin = (name = 'tam', actionId = anAct(), at: UnitId = practice) =>
  call(handler, contract.practise, { unitId: at, actionId }, who(name));
const asked = async (name = 'tam', actionId = anAct()) => ({
  unitId: practice,
  meetingId: (await begin(name, actionId)).body.meetingId,
});

describe('a practice meeting', () => {
  it('is begun by any member of the branch for its own branch of today, once however often it is sent', async () => {
    const actionId = anAct();
    const first = await begin('tam', actionId);
    expect(first.status).toBe(200);
    expect((await begin('tam', actionId)).body).toEqual(first.body);
    const yesterday = practiceOf(unitId, addMilliseconds(now(), -DAY_MS)) as UnitId;
    for (const at of [yesterday, practiceOf('cb-thon-bac' as UnitId, now()) as UnitId])
      expect((await begin('tam', anAct(), at)).body.code).toBe('not-allowed');
    expect((await begin('tam', anAct(), unitId)).body.code).toBe('not-found');
  });

  it('lets a plain member do what a secretary does, confirmation included, and nowhere else', async () => {
    const ref = await asked();
    expect((await call(handler, contract.open, ref, who('tam'))).body.meeting).toMatchObject({ state: 'open' });
    expect((await call(handler, contract.takeDoorSecret, ref, who('tam'))).status).toBe(200);
    const mark = { memberId: 'mau-1', status: 'present', was: 'unmarked' } as never;
    expect((await call(handler, contract.recordRoll, { ...ref, marks: [mark] }, who('tam'))).status).toBe(200);
    // joined by a colleague, who is then on the roll
    await begin('an', ref.meetingId as never);
    const { members, absences } = (await call(handler, contract.desk, ref, who('an'))).body;
    expect(members.map(({ memberId }: { memberId: string }) => memberId)).toEqual(
      expect.arrayContaining(['tam', 'an']),
    );
    expect(absences).toHaveLength(1);
    expect((await call(handler, contract.list, { unitId }, who('tam'))).body.code).toBe('not-allowed');
    for (const name of ['stranger', 'officer'])
      expect((await call(handler, contract.desk, ref, who(name))).body.code).toBe('not-allowed');
  });

  it('has the papers on its agenda that its page brings', async () => {
    const papers = [{ title: 'Bài đọc', path: `content/docs/${practice}/abc.json` }];
    const asks = { unitId: practice, actionId: anAct(), papers };
    const { meetingId } = (await call(handler, contract.practise, asks, who('tam'))).body;
    const { plan } = (await call(handler, contract.desk, { unitId: practice, meetingId }, who('tam'))).body;
    expect(plan.agenda.flatMap((step: { papers: object[] }) => step.papers)).toEqual(papers);
  });

  it('goes by itself: every line of it has its end, whatever was done; a real one has none', async () => {
    const ref = await asked();
    await call(handler, contract.open, ref, who('tam'));
    await call(handler, contract.checkIn, ref, who('tam'));
    const opinion = { ...ref, actionId: anAct(), text: 'Thử phát biểu.' };
    await call(handler, contract.giveOpinion, opinion, who('tam'));
    const asks = { ...ref, actionId: anAct(), decision: 'resolution' as const, question: 'Thử?', secret: true };
    const { meeting } = (await call(handler, contract.createPoll, asks, who('tam'))).body;
    await call(handler, contract.openPoll, { ...ref, pollId: meeting.polls[0].pollId }, who('tam'));
    const table = openTable('MEETINGS_TABLE');
    const box = await openTable('BALLOTS_TABLE').query(`LOCK#${practice}#${ref.meetingId}#${meeting.polls[0].pollId}`);
    const evening = await table.query(`MEETING#${practice}#${ref.meetingId}`);
    expect([evening.length > 5, box.length > 1]).toEqual([true, true]);
    for (const item of [...evening, ...box, ...(await table.query(`ROSTER#${practice}`))])
      expect([item.sk, item['expiresAt']]).toEqual([item.sk, practiceExpiry(practice)]);
    for (const item of await table.query(`ROSTER#${unitId}`)) expect(item).not.toHaveProperty('expiresAt');
  });

  it('writes no line into the audit log', async () => {
    const before = await openTable('AUDIT_TABLE').query(`AUDIT#${now().slice(0, 10)}#${practice}`);
    const ref = await asked();
    await call(handler, contract.takeDoorSecret, ref, who('tam'));
    expect(await openTable('AUDIT_TABLE').query(`AUDIT#${now().slice(0, 10)}#${practice}`)).toEqual(before);
  });
});
