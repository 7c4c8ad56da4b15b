import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteTableCall } from '#runtime/pressure.ts';
import { aHouse, call, eventOf } from '#runtime/testing.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { LiveMeeting } from '#shared/meetings/model.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { aBranch, anAct, anOpen, deliver, factsOf, fileOf, unitId, who } from './testing.ts';

/** As a function feels it whose tables answer only after so long. */
const tablesTake = (milliseconds: number) => {
  for (let calls = 0; calls < 200; calls++) noteTableCall(milliseconds);
};

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});
afterAll(() => tablesTake(1));

describe('while the tables are slow', () => {
  it('an opinion is sent away with a wait drawn at random, and a check-in is taken', async () => {
    const ref = await anOpen();
    const opinion = { ...ref, actionId: anAct(), text: 'Nhất trí.' };
    const waits = new Set<string>();
    tablesTake(6_000);
    for (let tries = 0; tries < 40; tries++) {
      const event = eventOf(contract.giveOpinion, opinion, who('tam'));
      const answer = (await handler(event, {} as never)) as { statusCode: number; headers: Record<string, string> };
      expect(answer.statusCode).toBe(503);
      waits.add(answer.headers['retry-after'] ?? '');
    }
    expect([...waits].every((wait) => /^[1-5]$/.test(wait))).toBe(true);
    expect(waits.size).toBeGreaterThan(1);
    expect((await call(handler, contract.checkIn, ref, who('tam'))).status).toBe(200);
    tablesTake(1);
    expect((await call(handler, contract.giveOpinion, opinion, who('tam'))).status).toBe(200);
  });

  it('phones look a third as often, but never less than once a minute', async () => {
    const ref = await anOpen();
    const path = `content/live/${unitId}/${ref.meetingId}.json`;
    const asked = async () => {
      await deliver(onAttendanceRecorded, await factsOf(ref));
      return (await fileOf<LiveMeeting>(path))?.nextPollSeconds;
    };
    tablesTake(6_000);
    expect(await asked()).toBe(60);
    const question = { ...ref, actionId: anAct(), decision: 'resolution', question: 'Thông qua?' } as const;
    const { polls } = (await call(handler, contract.createPoll, question, who('lan'))).body.meeting;
    await call(handler, contract.openPoll, { ...ref, pollId: polls[0].pollId }, who('lan'));
    tablesTake(6_000);
    expect(await asked()).toBe(15);
    tablesTake(1);
    await call(handler, contract.checkIn, ref, who('tam'));
    expect(await asked()).toBe(5);
  });
});
