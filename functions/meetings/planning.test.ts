import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aHouse, call } from '#runtime/testing.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { BranchManifest, Pack, Plan } from '#shared/meetings/model.ts';
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

  it('proposes the same month whatever drafts were begun and left', async () => {
    const begin = async () =>
      (await call(handler, contract.prepare, { unitId, actionId: anAct(), kind: 'thematic' }, who('lan'))).body.plan;
    const { startsAt } = await begin();
    const held = { ...(await begin()), place: 'Nhà văn hóa', chairId: 'lan', scribeId: 'tu' };
    const { meeting } = (
      await call(handler, contract.prepare, { unitId, actionId: anAct(), kind: 'thematic' }, who('lan'))
    ).body;
    const ref = { unitId, meetingId: meeting.meetingId };
    await call(handler, contract.revise, { ...ref, version: meeting.version, plan: { ...held, startsAt } }, who('lan'));
    expect((await call(handler, contract.publish, ref, who('lan'))).status).toBe(200);
    const next = await begin();
    expect(next.startsAt > startsAt).toBe(true);
    expect((await begin()).startsAt).toBe(next.startsAt);
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
