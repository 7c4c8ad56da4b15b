import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Consumed } from '#runtime/capacity.ts';
import { openBucket } from '#runtime/files.ts';
import { aHouse, call } from '#runtime/testing.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, HOUR_MS, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { LiveMeeting } from '#shared/meetings/model.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { aBranch, anAct, anOpen, deliver, factsOf, fileOf, unitId, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

describe('the live file', () => {
  it('is rendered from the facts: rising, skipped when nothing changed, the same in any order and twice', async () => {
    const ref = await anOpen();
    const path = `content/live/${unitId}/${ref.meetingId}.json`;
    await deliver(onAttendanceRecorded, await factsOf(ref));
    const first = await fileOf<LiveMeeting>(path);
    expect(first).toMatchObject({ seq: 1, state: 'open', attendance: { members: 4, present: 0 } });
    await call(handler, contract.checkIn, ref, who('tam'));
    await call(handler, contract.checkIn, ref, who('an'));
    const facts = await factsOf(ref);
    await deliver(onAttendanceRecorded, facts);
    const second = await fileOf<LiveMeeting>(path);
    expect(second).toMatchObject({ seq: 2, attendance: { present: 2, members: 4 }, nextPollSeconds: 30 });
    await deliver(onAttendanceRecorded, [...facts, ...facts].reverse());
    expect(await fileOf(path)).toEqual(second);
  });

  it('shows an answer to an opinion, which is told again, and keeps what another fact told', async () => {
    const ref = await anOpen();
    const path = `content/live/${unitId}/${ref.meetingId}.json`;
    const turn = { ...ref, actionId: anAct() };
    expect((await call(handler, contract.askToSpeak, turn, who('an'))).status).toBe(200);
    const said = await call(
      handler,
      contract.giveOpinion,
      { ...ref, actionId: anAct(), text: 'Nhất trí.' },
      who('tam'),
    );
    await deliver(onAttendanceRecorded, await factsOf(ref));
    expect(await fileOf<LiveMeeting>(path)).toMatchObject({ opinions: { given: 1, answered: 0 }, turns: 1 });
    const { opinionId } = said.body;
    const answer = { ...ref, opinionId, memberId: 'tam' as MemberId, answer: 'Chi bộ ghi nhận.' };
    const answered = await call(handler, contract.answerOpinion, answer, who('lan'));
    const told = (await factsOf(ref)).filter(({ type }) => type === 'opinion-given');
    expect(told).toMatchObject([{ opinionId, answeredAt: answered.body.answeredAt }]);
    await deliver(onAttendanceRecorded, told);
    expect(await fileOf<LiveMeeting>(path)).toMatchObject({ seq: 2, opinions: { given: 1, answered: 1 }, turns: 1 });
  });

  it('loses nothing when several renderers meet at it', async () => {
    const ref = await anOpen();
    const path = `content/live/${unitId}/${ref.meetingId}.json`;
    const acts = ['tam', 'an', 'tu', 'lan'].map(async (name) => {
      await call(handler, contract.checkIn, ref, who(name));
      return deliver(onAttendanceRecorded, await factsOf(ref));
    });
    expect((await Promise.all(acts)).flat()).toEqual([]);
    expect(await fileOf<LiveMeeting>(path)).toMatchObject({ attendance: { present: 4, members: 4 } });
  });

  it('reads nothing for what members do, unless another wrote the file meanwhile or the meeting moved on', async () => {
    const ref = await anOpen();
    const path = `content/live/${unitId}/${ref.meetingId}.json`;
    let reads = 0;
    const heard = (told: unknown) => {
      reads += (told as Consumed).readUnits;
    };
    const readsFor = async (facts: readonly unknown[]) => {
      reads = 0;
      subscribe('handbook.capacity', heard);
      await deliver(onAttendanceRecorded, facts);
      unsubscribe('handbook.capacity', heard);
      return reads;
    };
    const marks = async () => (await factsOf(ref)).filter(({ type }) => type === 'attendance-recorded');
    expect(await readsFor(await factsOf(ref))).toBeGreaterThan(0);
    await call(handler, contract.checkIn, ref, who('tam'));
    expect(await readsFor(await marks())).toBe(0);
    expect(await fileOf<LiveMeeting>(path)).toMatchObject({ seq: 2, attendance: { present: 1 } });

    const other = JSON.stringify({ ...(await fileOf<LiveMeeting>(path)), seq: 3 });
    await openBucket('CONTENT_BUCKET').write(path, other, { contentType: 'application/json', cacheControl: '' });
    await call(handler, contract.checkIn, ref, who('an'));
    expect(await readsFor(await marks())).toBeGreaterThan(0);
    expect(await fileOf<LiveMeeting>(path)).toMatchObject({ seq: 4, attendance: { present: 2 } });

    expect(await readsFor((await factsOf(ref)).filter(({ type }) => type === 'meeting-changed'))).toBeGreaterThan(0);
  });

  it('of a fact about no meeting is nothing, and what is no fact is given back', async () => {
    const at = addMilliseconds(instantOf(Date.now()), -HOUR_MS);
    const unknown = { type: 'meeting-changed', meetingId: 'khong-co', unitId, at };
    expect(await deliver(onAttendanceRecorded, [unknown, { type: 'other' }])).toEqual(['m1']);
    expect(await fileOf(`content/live/${unitId}/khong-co.json`)).toBeUndefined();
  });
});
