import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, call, eventOf, type SignedIn, send } from '#runtime/testing.ts';
import type { InputOf, Operation } from '#shared/kernel/operation.ts';
import { addMilliseconds, type Instant, instantOf, MINUTE_MS, millisecondsOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { aBranch, anAct, anOpen, aPublished, type Ref, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aTable('BALLOTS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

/** What a phone sends that had no network when it was done. */
const later = <Op extends Operation>(op: Op, input: InputOf<Op>, at: string, by: SignedIn = who('lan')) => {
  const event = eventOf(op, input, by);
  return send(handler, { ...event, headers: { ...event.headers, 'acted-at': at } });
};
const ago = (minutes: number): Instant => addMilliseconds(instantOf(Date.now()), -minutes * MINUTE_MS);
const desk = async (ref: Ref) => (await call(handler, contract.desk, ref, who('lan'))).body;
const present = (memberId: string) => ({ memberId, status: 'present', was: 'unmarked' }) as never;
const hands = { agree: 3, disagree: 0, other: 0 };
const vote = (ref: Ref) => ({
  ...ref,
  actionId: anAct(),
  decision: 'conclusion' as const,
  question: 'Thông qua kết luận?',
  hands,
  witnessId: 'tu' as never,
});

describe('a meeting held without a network', () => {
  it('stands whole with its own times when it comes in, marked as sent later, and twice is once', async () => {
    // some minutes ago must lie on the day of the meeting, also just after midnight
    const ref = await aPublished(1);
    const [start, rolled, counted, stepped, voted, said, concluded, ended] = [9, 8, 7.5, 7, 6, 5, 4, 3].map(ago) as [
      Instant,
      Instant,
      Instant,
      Instant,
      Instant,
      Instant,
      Instant,
      Instant,
    ];
    const conclusion = { information: '', results: 'Đạt.', direction: 'Làm đường.', conclusion: 'Nhất trí.' };
    const [hand, opinion] = [vote(ref), { ...ref, actionId: anAct(), memberId: 'an' as never, text: 'Sửa đường sớm.' }];
    const marks = ['lan', 'tu', 'an'].map(present);
    const sendAll = async () => [
      await later(contract.open, ref, start),
      await later(contract.recordRoll, { ...ref, marks }, rolled),
      await later(contract.countHeads, { ...ref, headCount: 3 }, counted),
      await later(contract.goToStep, { ...ref, stepId: 'roll' }, stepped),
      await later(contract.recordHands, hand, voted),
      await later(contract.giveOpinion, opinion, said),
      await later(contract.conclude, { ...ref, conclusion }, concluded),
      await later(contract.close, ref, ended),
    ];
    const statuses = (await sendAll()).map(({ status, body }) => (status === 200 ? 200 : body.code));
    if (statuses[0] === 'door-not-open') return; // the first nine minutes of a day
    expect(statuses).toEqual(Array(8).fill(200));
    const stood = await desk(ref);
    expect(stood.meeting).toMatchObject({
      state: 'closed',
      startedAt: start,
      endedAt: ended,
      endSentLater: expect.any(String),
      headsCounted: { at: counted, sentLater: expect.any(String) },
      steps: [
        { at: start, sentLater: expect.any(String) },
        { stepId: 'roll', at: stepped },
      ],
      polls: [{ publishedAt: voted, sentLater: expect.any(String), result: { hands, passed: true } }],
    });
    expect(
      stood.roll.map(({ memberId, at, sentLater }: Record<string, string>) => [memberId, at, Boolean(sentLater)]),
    ).toEqual(['an', 'lan', 'tu'].map((memberId) => [memberId, rolled, true]));
    expect(stood.opinions).toMatchObject([{ memberId: 'an', at: said, sentLater: expect.any(String) }]);
    expect(stood.opinions[0]).not.toHaveProperty('after');
    expect(stood.conclusion).toMatchObject(conclusion);
    await sendAll();
    const again = await desk(ref);
    expect([again.meeting.steps, again.meeting.polls, again.opinions]).toEqual([
      stood.meeting.steps,
      stood.meeting.polls,
      stood.opinions,
    ]);
    expect(again.meeting.endedAt).toBe(ended);
  });

  it('joins one that somebody else opened meanwhile: that beginning stands, steps stand by their time', async () => {
    const ref = await anOpen();
    const opened = (await desk(ref)).meeting;
    await call(handler, contract.goToStep, { ...ref, stepId: 'tasks' }, who('tu'));
    expect((await later(contract.open, ref, ago(5))).status).toBe(200);
    expect((await later(contract.goToStep, { ...ref, stepId: 'roll' }, ago(4))).status).toBe(200);
    const { meeting } = await desk(ref);
    expect(meeting.startedAt).toBe(opened.startedAt);
    expect(meeting.stepId).toBe('tasks');
    expect(meeting.steps.map(({ stepId }: { stepId: string }) => stepId)).toEqual([opened.stepId, 'roll', 'tasks']);
    const times = meeting.steps.map(({ at }: { at: Instant }) => millisecondsOf(at));
    expect(times).toEqual(times.toSorted((a: number, b: number) => a - b));
  });

  it('puts no older conclusion over a newer one, and says so', async () => {
    const ref = await anOpen();
    const words = (conclusion: string) => ({
      ...ref,
      conclusion: { information: '', results: '', direction: '', conclusion },
    });
    await call(handler, contract.conclude, words('mới'), who('tu'));
    expect((await later(contract.conclude, words('cũ'), ago(5))).body.code).toBe('changed-meanwhile');
    // its first thanks were lost
    expect((await later(contract.conclude, words('mới'), ago(5), who('tu'))).status).toBe(200);
    expect((await desk(ref)).conclusion.conclusion).toBe('mới');
  });

  it('keeps the older sentence that nobody wrote since, beside the newer ones', async () => {
    const ref = await anOpen();
    await call(handler, contract.conclude, { ...ref, conclusion: { conclusion: 'mới' } }, who('tu'));
    const waited = { ...ref, conclusion: { direction: 'Làm đường.', conclusion: 'cũ' } };
    expect((await later(contract.conclude, waited, ago(5))).body.code).toBe('changed-meanwhile');
    expect((await desk(ref)).conclusion).toMatchObject({ direction: 'Làm đường.', conclusion: 'mới' });
  });

  it('believes no time that is none or to come, and asks it of nothing that may not wait', async () => {
    const ref = await anOpen();
    expect((await later(contract.goToStep, { ...ref, stepId: 'roll' }, 'yesterday')).body.code).toBe('malformed');
    const before = Date.now();
    await later(contract.goToStep, { ...ref, stepId: 'roll' }, instantOf(Date.now() + 48 * 3_600_000));
    const step = (await desk(ref)).meeting.steps.at(-1);
    expect(millisecondsOf(step.at)).toBeGreaterThanOrEqual(before);
    expect(millisecondsOf(step.at)).toBeLessThanOrEqual(Date.now());
    const poll = { ...ref, actionId: anAct(), decision: 'conclusion' as const, question: 'Một?' };
    expect((await later(contract.createPoll, poll, 'yesterday')).status).toBe(200);
  });

  it('counts hands only for whoever runs the meeting, and was confirmed', async () => {
    const ref = await anOpen();
    for (const name of ['tu', 'tam', 'stranger', 'officer'])
      expect((await call(handler, contract.recordHands, vote(ref), who(name))).body.code).toBe('not-allowed');
    expect((await call(handler, contract.recordHands, vote(ref), who('lan'))).body.code).toBe('hands-too-many');
    await call(handler, contract.recordRoll, { ...ref, marks: ['lan', 'tu', 'an'].map(present) }, who('tu'));
    expect((await call(handler, contract.recordHands, vote(ref), who('lan'))).status).toBe(200);
    expect((await call(handler, contract.mine, ref, who('tam'))).body.ballots).toEqual({});
  });
});
