import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, call } from '#runtime/testing.ts';
import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { Attendance } from '#shared/meetings/model.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { aBranch, anAct, anOpen, aPrepared, aPublished, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

describe('checking in', () => {
  it('is one record however often and however fast it is sent', async () => {
    const ref = await aPublished(10);
    const answers = await Promise.all([1, 2, 3, 4].map(() => call(handler, contract.checkIn, ref, who('tam'))));
    const later = await call(handler, contract.checkIn, ref, who('tam'));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(new Set([...answers, later].map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const own = await call(handler, contract.mine, ref, who('tam'));
    expect(own.body).toEqual({ attendance: later.body, opinions: [], suggestions: [], ballots: {}, records: false });
  });

  it('is refused before the door opens, unpublished, to strangers and to officers above', async () => {
    const early = await aPublished(120);
    expect((await call(handler, contract.checkIn, early, who('tam'))).body.code).toBe('door-not-open');
    const hidden = await aPrepared(10);
    expect((await call(handler, contract.checkIn, hidden, who('tam'))).body.code).toBe('not-found');
    const ref = await aPublished(10);
    for (const name of ['stranger', 'officer'])
      expect((await call(handler, contract.checkIn, ref, who(name))).body.code).toBe('not-allowed');
    expect((await call(handler, contract.checkIn, ref)).body.code).toBe('not-signed-in');
    const elsewhere = { ...ref, unitId: 'cb-thon-bac' as UnitId };
    expect((await call(handler, contract.checkIn, elsewhere, who('stranger'))).body.code).toBe('not-found');
    const nowhere = { ...ref, meetingId: 'khong-co' as MeetingId };
    expect((await call(handler, contract.checkIn, nowhere, who('tam'))).body.code).toBe('not-found');
  });

  it('is for the named ones at a committee meeting', async () => {
    const ref = await aPublished(10, { invited: ['lan', 'tu'] as MemberId[] });
    expect((await call(handler, contract.checkIn, ref, who('tam'))).body.code).toBe('not-invited');
    expect((await call(handler, contract.checkIn, ref, who('tu'))).status).toBe(200);
  });
});

describe('the roll', () => {
  const mark = (
    memberId: string,
    status: 'present' | 'excused' | 'unmarked',
    was: 'unmarked' | 'present' | 'excused',
  ) => ({
    memberId: memberId as MemberId,
    status,
    was,
  });

  it('is ticked by the scribe for others, and undone', async () => {
    const ref = await anOpen();
    const ticked = await call(
      handler,
      contract.recordRoll,
      { ...ref, marks: [{ ...mark('an', 'excused', 'unmarked'), reason: 'đi viện' }] },
      who('tu'),
    );
    expect(ticked.body.roll).toMatchObject([
      { memberId: 'an', status: 'excused', recordedBy: 'tu', reason: 'đi viện' },
    ]);
    const undone = await call(
      handler,
      contract.recordRoll,
      { ...ref, marks: [mark('an', 'unmarked', 'excused')] },
      who('tu'),
    );
    expect(undone.body.roll).toMatchObject([{ memberId: 'an', status: 'unmarked' }]);
    expect((await call(handler, contract.checkIn, ref, who('an'))).body.status).toBe('present');
  });

  it('leaves a member who checked in meanwhile as he is', async () => {
    const ref = await anOpen();
    await call(handler, contract.checkIn, ref, who('an'));
    const { body } = await call(
      handler,
      contract.recordRoll,
      { ...ref, marks: [mark('an', 'excused', 'unmarked')] },
      who('tu'),
    );
    expect(body.roll).toMatchObject([{ memberId: 'an', status: 'present', recordedBy: 'an' }]);
  });

  it('gives way to a member who was excused and comes after all', async () => {
    const ref = await anOpen();
    await call(handler, contract.recordRoll, { ...ref, marks: [mark('an', 'excused', 'unmarked')] }, who('tu'));
    expect((await call(handler, contract.checkIn, ref, who('an'))).body).toMatchObject({
      status: 'present',
      recordedBy: 'an',
    });
  });

  it('is kept by the scribe and the secretary only, for members of this branch only', async () => {
    const ref = await anOpen();
    const tick = (name: string, memberId = 'an') =>
      call(handler, contract.recordRoll, { ...ref, marks: [mark(memberId, 'present', 'unmarked')] }, who(name));
    expect((await tick('tam')).body.code).toBe('not-allowed');
    expect((await tick('stranger')).body.code).toBe('not-allowed');
    expect((await tick('tu', 'stranger')).body.code).toBe('not-on-roster');
    expect((await tick('lan')).status).toBe(200);
    for (const op of [contract.desk, contract.deskNow]) {
      for (const name of ['tam', 'stranger'])
        expect((await call(handler, op, ref, who(name))).body.code).toBe('not-allowed');
      for (const name of ['tu', 'lan']) expect((await call(handler, op, ref, who(name))).status).toBe(200);
      expect((await call(handler, op, { ...ref, meetingId: 'khong-co' as MeetingId }, who('lan'))).body.code).toBe(
        'not-found',
      );
    }
  });

  it('has at hand what moves at the desk, the same as the whole desk says', async () => {
    const ref = await anOpen();
    await call(handler, contract.checkIn, ref, who('an'));
    await call(handler, contract.giveOpinion, { ...ref, actionId: anAct(), text: 'Tôi nhất trí.' }, who('an'));
    const asked = { ...ref, actionId: anAct(), decision: 'resolution' as const, question: 'Thông qua?' };
    const pollId = (await call(handler, contract.createPoll, asked, who('lan'))).body.meeting.polls[0].pollId;
    await call(handler, contract.openPoll, { ...ref, pollId }, who('lan'));
    await call(handler, contract.vote, { ...ref, pollId, choice: 'agree' }, who('an'));
    const moved = (await call(handler, contract.deskNow, ref, who('tu'))).body;
    expect(moved.roll.map(({ memberId }: Attendance) => memberId)).toEqual(['an']);
    expect(moved.turnout).toEqual({ [pollId]: { voted: 1 } });
    const { plan, members, carried, proposals, ...rest } = (await call(handler, contract.desk, ref, who('tu'))).body;
    expect(moved).toEqual(rest);
    expect([plan.agenda.length > 0, members.length, carried, proposals.length > 0]).toEqual([true, 4, [], true]);
  });
});

describe('the evening', () => {
  it('opens once and goes step by step', async () => {
    const ref = await aPublished(10);
    expect((await call(handler, contract.goToStep, { ...ref, stepId: 'roll' }, who('tu'))).body.code).toBe(
      'wrong-state',
    );
    const opened = await call(handler, contract.open, ref, who('lan'));
    expect((await call(handler, contract.open, ref, who('lan'))).body).toEqual(opened.body);
    const step = await call(handler, contract.goToStep, { ...ref, stepId: 'roll' }, who('tu'));
    expect(step.body.meeting).toMatchObject({ stepId: 'roll', state: 'open' });
    expect((await call(handler, contract.goToStep, { ...ref, stepId: 'tea' }, who('tu'))).body.code).toBe(
      'no-such-step',
    );
    expect((await call(handler, contract.open, ref, who('tu'))).body.code).toBe('not-allowed');
  });

  it('is not opened on a day before its own', async () => {
    const ref = await aPublished(25 * 60);
    expect((await call(handler, contract.open, ref, who('lan'))).body.code).toBe('door-not-open');
  });
});

describe('opinions', () => {
  it('are kept once, by the member or by the scribe for him, and answered', async () => {
    const ref = await anOpen();
    const input = { ...ref, actionId: anAct(), text: 'Đề nghị sửa đường thôn.' };
    const first = await call(handler, contract.giveOpinion, input, who('tam'));
    const again = await call(handler, contract.giveOpinion, { ...input, text: 'khác' }, who('tam'));
    expect(again.body).toEqual(first.body);
    const forAn = await call(
      handler,
      contract.giveOpinion,
      { ...ref, actionId: anAct(), text: 'Nhất trí.', memberId: 'an' as MemberId },
      who('tu'),
    );
    expect(forAn.body).toMatchObject({ memberId: 'an', recordedBy: 'tu' });
    const answered = await call(
      handler,
      contract.answerOpinion,
      { ...ref, opinionId: first.body.opinionId, memberId: 'tam' as MemberId, answer: 'Chi bộ ghi nhận.' },
      who('lan'),
    );
    expect(answered.body).toMatchObject({ answer: 'Chi bộ ghi nhận.', answeredBy: 'lan' });
    expect((await call(handler, contract.mine, ref, who('tam'))).body.opinions).toEqual([answered.body]);
  });

  it('for others are written by the scribe only, and answers are not given by members', async () => {
    const ref = await anOpen();
    const forAn = { ...ref, actionId: anAct(), text: 'Nhất trí.', memberId: 'an' as MemberId };
    expect((await call(handler, contract.giveOpinion, forAn, who('tam'))).body.code).toBe('not-allowed');
    expect(
      (await call(handler, contract.giveOpinion, { ...forAn, memberId: 'stranger' as MemberId }, who('tu'))).body.code,
    ).toBe('not-on-roster');
    const answer = { ...ref, opinionId: 'x', memberId: 'tam' as MemberId, answer: 'ừ' };
    expect((await call(handler, contract.answerOpinion, answer, who('tam'))).body.code).toBe('not-allowed');
    expect((await call(handler, contract.answerOpinion, answer, who('lan'))).body.code).toBe('not-found');
    expect((await call(handler, contract.giveOpinion, { ...forAn, text: ' ' }, who('tu'))).body.code).toBe('malformed');
  });
});
