import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Consumed } from '#runtime/capacity.ts';
import { openBucket } from '#runtime/files.ts';
import { aHouse, call } from '#runtime/testing.ts';
import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addMilliseconds, HOUR_MS, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { BranchManifest, LiveMeeting, Pack, Plan } from '#shared/meetings/model.ts';
import { startInvalidations } from '../../infra/local/engines/invalidations.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { handler as onDocumentPublished } from './on-document-published.ts';
import {
  aBranch,
  anAct,
  anOpen,
  aPrepared,
  aPublished,
  deliver,
  factsOf,
  fileOf,
  type Ref,
  unitId,
  who,
} from './testing.ts';

/** Paths that the edge was told to forget. */
const forgotten: string[] = [];

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  const edge = await startInvalidations({ invalidate: (_, paths) => void forgotten.push(...paths) });
  afterAll(() => edge.stop());
  process.env['AWS_ENDPOINT_URL_CLOUDFRONT'] = edge.endpoint;
  process.env['DISTRIBUTION'] = 'EDGE1';
  await aBranch();
});

describe('preparing', () => {
  it("starts from last month's place, chair and scribe, and is one meeting however often it is sent", async () => {
    await aPublished(20);
    const input = { unitId, actionId: anAct(), kind: 'regular' as const };
    const first = await call(handler, contract.prepare, input, who('lan'));
    const again = await call(handler, contract.prepare, input, who('lan'));
    expect(first.body.plan).toMatchObject({ place: 'Nhà văn hóa thôn Nam', chairId: 'lan', scribeId: 'tu' });
    expect(again.body).toEqual(first.body);
  });

  it('is refused over what another changed meanwhile, and with a scribe of another branch', async () => {
    const ref = await aPrepared(30);
    const { body } = await call(handler, contract.desk, ref, who('lan'));
    const revise = (plan: Plan, version = body.meeting.version) =>
      call(handler, contract.revise, { ...ref, version, plan }, who('lan'));
    expect((await revise({ ...body.plan, title: 'Khác' }, 1)).body.code).toBe('changed-meanwhile');
    expect((await revise({ ...body.plan, scribeId: 'stranger' })).body.code).toBe('not-on-roster');
    const revised = await revise({ ...body.plan, title: 'Họp' });
    expect(revised.body.plan.title).toBe('Họp');
    expect((await revise({ ...body.plan, title: 'Họp' })).body).toEqual(revised.body);
    expect((await revise({ ...body.plan, title: 'Họp khác' })).body.code).toBe('changed-meanwhile');
  });

  it('is for whoever runs the meetings of this branch', async () => {
    const input = { unitId, actionId: anAct(), kind: 'regular' as const };
    for (const name of ['tam', 'tu', 'stranger', 'officer'])
      expect((await call(handler, contract.prepare, input, who(name))).body.code).toBe('not-allowed');
    expect((await call(handler, contract.prepare, input)).body.code).toBe('not-signed-in');
  });
});

describe('publishing', () => {
  it('writes the pack as one immutable file and lists it in the branch', async () => {
    const ref = await aPublished(30);
    const { body } = await call(handler, contract.desk, ref, who('lan'));
    const pack = await fileOf<Pack>(`content/pack/${unitId}/${body.meeting.pack}.json`);
    expect(pack).toMatchObject({ meetingId: ref.meetingId, chair: 'Nguyễn Thị lan', place: 'Nhà văn hóa thôn Nam' });
    await deliver(onAttendanceRecorded, await factsOf(ref));
    const branch = await fileOf<BranchManifest>(`content/live/${unitId}/branch.json`);
    expect(branch?.meetings.find(({ meetingId }) => meetingId === ref.meetingId)).toMatchObject({
      state: 'published',
      pack: body.meeting.pack,
    });
  });

  it('again without a change is the same pack; with a change it is another', async () => {
    const ref = await aPublished(30);
    const first = await call(handler, contract.publish, ref, who('lan'));
    const second = await call(handler, contract.publish, ref, who('lan'));
    expect(second.body).toEqual(first.body);
    const { meeting, plan } = second.body;
    await call(
      handler,
      contract.revise,
      { ...ref, version: meeting.version, plan: { ...plan, place: 'Đình làng' } },
      who('lan'),
    );
    const third = await call(handler, contract.publish, ref, who('lan'));
    expect(third.body.meeting.pack).not.toBe(meeting.pack);
    expect(third.body.meeting.publishedAt).toBe(meeting.publishedAt);
  });

  it('is refused while something is missing', async () => {
    const ref = await aPrepared(30, { place: '' });
    expect((await call(handler, contract.publish, ref, who('lan'))).body.code).toBe('place-missing');
  });

  it('can be taken back: the pack is gone, the edge forgets it once, and the branch says which one phones must', async () => {
    const ref = await aPublished(30);
    const taken = await call(handler, contract.withdraw, ref, who('lan'));
    const again = await call(handler, contract.withdraw, ref, who('lan'));
    expect(again.body).toEqual(taken.body);
    const { pack } = taken.body.meeting;
    expect(await fileOf(`content/pack/${unitId}/${pack}.json`)).toBeUndefined();
    expect(forgotten).toEqual([`/content/pack/${unitId}/${pack}.json`]);
    await deliver(onAttendanceRecorded, await factsOf(ref));
    const branch = await fileOf<BranchManifest>(`content/live/${unitId}/branch.json`);
    expect(branch?.withdrawn).toContain(pack);
    expect(branch?.meetings.map(({ meetingId }) => meetingId)).not.toContain(ref.meetingId);
    expect((await call(handler, contract.checkIn, ref, who('tam'))).body.code).toBe('not-found');
  });
});

describe('a paper published to a meeting', () => {
  const published = (ref: Ref, over: object = {}) => ({
    type: 'document-published',
    documentId: '22222222-2222-4222-8222-222222222222',
    unitId,
    kind: 'news',
    fields: { type: 'branch_bulletin', issuer: 'Ban Tuyên giáo', abstract: 'bản tin tháng 11' },
    path: `content/docs/${unitId}/abc.json`,
    pages: 2,
    meetingId: ref.meetingId,
    at: '2026-11-01T03:00:00.000Z',
    ...over,
  });
  const packNow = async (ref: Ref) => {
    const { meeting } = (await call(handler, contract.desk, ref, who('lan'))).body;
    return { meeting, pack: await fileOf<Pack>(`content/pack/${unitId}/${meeting.pack}.json`) };
  };
  const papersOf = (pack: Pack | undefined) =>
    pack?.agenda.flatMap(({ id, papers }) => papers.map(({ title }) => [id, title]));

  it('comes onto its agenda once, in a new pack, and leaves it when it is taken back', async () => {
    const ref = await aPublished(30);
    const before = await packNow(ref);
    expect(await deliver(onDocumentPublished, [published(ref), published(ref)])).toEqual([]);
    const after = await packNow(ref);
    expect(papersOf(after.pack)).toEqual([['information', 'Bản tin sinh hoạt chi bộ bản tin tháng 11']]);
    expect(after.meeting).toMatchObject({
      papersAt: '2026-11-01T03:00:00.000Z',
      publishedAt: before.meeting.publishedAt,
    });
    const { fields: _, pages: __, ...withdrawn } = published(ref, { type: 'document-withdrawn' });
    await deliver(onDocumentPublished, [withdrawn]);
    expect(papersOf((await packNow(ref)).pack)).toEqual([]);
  });

  it('changes nothing when it is of no meeting, of an unknown one, or of one that is over', async () => {
    const ref = await anOpen();
    await call(handler, contract.close, ref, who('lan'));
    const before = await packNow(ref);
    const unknown = published(ref, { meetingId: 'khong-co' });
    expect(
      await deliver(onDocumentPublished, [published(ref), unknown, published(ref, { meetingId: undefined })]),
    ).toEqual([]);
    expect(await packNow(ref)).toEqual(before);
  });
});

describe('checking in', () => {
  it('is one record however often and however fast it is sent', async () => {
    const ref = await aPublished(10);
    const answers = await Promise.all([1, 2, 3, 4].map(() => call(handler, contract.checkIn, ref, who('tam'))));
    const later = await call(handler, contract.checkIn, ref, who('tam'));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(new Set([...answers, later].map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const own = await call(handler, contract.mine, ref, who('tam'));
    expect(own.body).toEqual({ attendance: later.body, opinions: [], ballots: {}, records: false });
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
    expect((await call(handler, contract.desk, ref, who('tam'))).body.code).toBe('not-allowed');
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
