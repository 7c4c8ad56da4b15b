import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, aUnit, call } from '#runtime/testing.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, dayOf, type Instant, instantOf, type Month, monthOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { BranchManifest, Pack } from '#shared/meetings/model.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { handler as onUnitChanged } from './on-unit-changed.ts';
import { aBranch, anAct, anOpen, aPrepared, aPublished, deliver, factsOf, fileOf, unitId, who } from './testing.ts';

const commune = 'xa-cong-hai' as UnitId;
const day = (days: number): Day => addDays(dayOf(instantOf(Date.now())), days);
const content = (over: object = {}) => ({
  title: 'Quán triệt Nghị quyết 05-NQ/ĐU',
  note: 'Đọc kỹ phần II',
  minutes: 15,
  papers: [{ title: 'Nghị quyết 05', path: `content/docs/${commune}/abc.pdf` }],
  from: day(0),
  until: day(400),
  ...over,
});
const sendDown = (over: object = {}, name = 'officer', actionId = anAct(), at = commune) =>
  call(handler, contract.sendDown, { unitId: at, actionId, ...content(over) }, who(name));
const prepare = async () =>
  (await call(handler, contract.prepare, { unitId, actionId: anAct(), kind: 'regular' }, who('lan'))).body;

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
  await aUnit(commune, 'tinh');
  const units = [
    { unitId: 'tinh', kind: 'province', parents: [] },
    { unitId: commune, kind: 'grassroots_party_body', parents: [{ from: '2025-07-01', parentId: 'tinh' }] },
    { unitId, kind: 'branch', parents: [{ from: '2025-07-01', parentId: commune }] },
    { unitId: 'cb-thon-bac', kind: 'branch', parents: [{ from: '2025-07-01', parentId: commune }] },
  ].map((unit) => ({ ...unit, names: [{ from: '2025-07-01', name: `Tổ chức ${unit.unitId}` }], version: 1 }));
  const at = instantOf(Date.now());
  expect(
    await deliver(
      onUnitChanged,
      units.map((unit) => ({ type: 'unit-changed', at, unit })),
    ),
  ).toEqual([]);
});

describe('an item sent down', () => {
  it('stands on the next plan of a branch, is refused to be dropped silently, and may be declined with a reason', async () => {
    const { body: item } = await sendDown();
    const { meeting, plan } = await prepare();
    const step = plan.agenda.find(({ required }: { required?: object }) => required);
    expect(step).toMatchObject({ title: item.title, minutes: 15, required: { requiredId: item.requiredId } });
    const ref = { unitId, meetingId: meeting.meetingId };
    const ready = {
      ...plan,
      place: 'Nhà văn hóa',
      chairId: 'lan' as MemberId,
      scribeId: 'tu' as MemberId,
      startsAt: instantOf(Date.now() + 30 * 3_600_000),
      agenda: plan.agenda.filter((one: object) => one !== step),
    };
    const revise = (version: number, more: object = {}) =>
      call(handler, contract.revise, { ...ref, version, plan: { ...ready, ...more } }, who('lan'));
    await revise(1);
    const seen = await call(handler, contract.preparation, ref, who('lan'));
    expect(seen.body.required).toMatchObject([{ requiredId: item.requiredId }]);
    expect(seen.body.duties.find(({ id }: { id: string }) => id === 'required')).toMatchObject({ left: 1 });
    expect((await call(handler, contract.publish, ref, who('lan'))).body.code).toBe('required-missing');
    await revise(2, { declined: [{ requiredId: item.requiredId, title: item.title, reason: 'Đã học tháng trước' }] });
    expect((await call(handler, contract.publish, ref, who('lan'))).status).toBe(200);
    await call(handler, contract.withdraw, ref, who('lan'));
    await call(handler, contract.takeBack, { unitId: commune, requiredId: item.requiredId }, who('officer'));
  });

  it('twice is one item; taken back twice is taken back once, and asked for no more', async () => {
    const actionId = anAct();
    const [first, again] = [await sendDown({}, 'officer', actionId), await sendDown({}, 'officer', actionId)];
    expect(again.body).toEqual(first.body);
    const { requiredId } = first.body;
    const takeBack = () => call(handler, contract.takeBack, { unitId: commune, requiredId }, who('officer'));
    expect((await takeBack()).body).toEqual((await takeBack()).body);
    const { plan } = await prepare();
    expect(
      plan.agenda.some(({ required }: { required?: { requiredId: string } }) => required?.requiredId === requiredId),
    ).toBe(false);
    expect(
      (await call(handler, contract.takeBack, { unitId: commune, requiredId: anAct() }, who('officer'))).status,
    ).toBe(404);
  });

  it('is refused to whoever is not above, for days that are over, and with a paper that is no content', async () => {
    for (const name of ['lan', 'tam', 'stranger']) expect((await sendDown({}, name)).body.code).toBe('not-allowed');
    expect((await sendDown({}, 'officer', anAct(), 'tinh' as UnitId)).body.code).toBe('not-allowed');
    expect((await sendDown({ until: day(-1), from: day(-3) })).body.code).toBe('days-wrong');
    expect((await sendDown({ papers: [{ title: 'x', path: 'https://evil.example/x' }] })).body.code).toBe('malformed');
    expect((await sendDown({ minutes: 0 })).body.code).toBe('malformed');
  });

  it('shows the organisation above how far each branch is, and nobody below', async () => {
    const { body: item } = await sendDown({ title: 'Học tập chuyên đề quý' });
    const month = monthOf(dayOf(instantOf(Date.now() + 2 * 3_600_000))) as Month;
    const ref = await aPublished(120);
    const see = (name: string) => call(handler, contract.preparations, { unitId: commune, month }, who(name));
    const { body } = await see('officer');
    expect(body.items).toContainEqual(item);
    const rows = new Map(body.rows.map((row: { unitId: string }) => [row.unitId, row]));
    expect(rows.get(unitId)).toMatchObject({
      state: 'published',
      meetingId: ref.meetingId,
      name: `Tổ chức ${unitId}`,
      taken: 1,
      left: 0,
    });
    // its papers came with the item, less than a day before
    expect(rows.get(unitId)).toMatchObject({ papers: 'late' });
    expect(rows.get('cb-thon-bac')).toMatchObject({ state: 'none', papers: 'none', taken: 0, left: 1 });
    expect((await see('lan')).body.code).toBe('not-allowed');
    expect((await see('stranger')).body.code).toBe('not-allowed');
    await call(handler, contract.takeBack, { unitId: commune, requiredId: item.requiredId }, who('officer'));
  });
});

describe("the branch's rhythm", () => {
  const rhythm = { dayOfMonth: 15, time: '14:00', place: 'Hội trường xã' };

  it('is the usual day until the branch sets its own, from which the next meeting is proposed', async () => {
    const before = await call(handler, contract.rhythm, { unitId }, who('lan'));
    expect(before.body.rhythm).toMatchObject({ dayOfMonth: 3, time: '19:30' });
    expect(before.body.awaited.map(({ kind }: { kind: string }) => kind)).toEqual(['committee', 'regular', 'thematic']);
    const set = await call(handler, contract.setRhythm, { unitId, rhythm }, who('lan'));
    expect(set.body.rhythm).toEqual(rhythm);
    const { plan } = await prepare();
    expect(dayOf(plan.startsAt as Instant).slice(8)).toBe('15');
    expect(plan.place).toBe('Hội trường xã');
  });

  it('is set by who runs its meetings, and holds a real day and hour', async () => {
    for (const name of ['tam', 'stranger', 'officer'])
      expect((await call(handler, contract.setRhythm, { unitId, rhythm }, who(name))).body.code).toBe('not-allowed');
    for (const wrong of [{ dayOfMonth: 0 }, { dayOfMonth: 32 }, { time: '24:00' }, { time: '7:30' }])
      expect(
        (await call(handler, contract.setRhythm, { unitId, rhythm: { ...rhythm, ...wrong } }, who('lan'))).body.code,
      ).toBe('malformed');
  });
});

describe('a suggestion', () => {
  const suggest = (ref: object, text: string, name = 'tam', actionId = anAct()) =>
    call(handler, contract.suggest, { unitId, meetingId: '' as never, ...ref, actionId, text }, who(name));
  const answer = (ref: object, suggestionId: string, verdict: object, name = 'lan') =>
    call(handler, contract.answerSuggestion, { ...ref, suggestionId, verdict } as never, who(name));

  it('that is taken is read by all in the next pack, and its member sees that it was', async () => {
    const ref = await aPublished(120);
    const { body: asked } = await suggest(ref, 'Bàn việc sửa đường ra nhà văn hóa');
    const before = await call(handler, contract.desk, ref, who('lan'));
    const taken = await answer(ref, asked.suggestionId, { taken: true });
    expect(taken.body.suggestion.answer).toMatchObject({ taken: true, by: 'lan' });
    expect(taken.body.meeting.pack).not.toBe(before.body.meeting.pack);
    expect(taken.body.meeting.papersAt).toBe(before.body.meeting.papersAt);
    const pack = await fileOf<Pack>(`content/pack/${unitId}/${taken.body.meeting.pack}.json`);
    expect(pack?.agenda.map(({ title }) => title)).toContain('Bàn việc sửa đường ra nhà văn hóa');
    expect((await answer(ref, asked.suggestionId, { taken: true })).body).toEqual(taken.body);
    const mine = await call(handler, contract.mine, ref, who('tam'));
    expect(mine.body.suggestions).toMatchObject([{ text: asked.text, answer: { taken: true } }]);
    expect((await call(handler, contract.mine, ref, who('an'))).body.suggestions).toEqual([]);
  });

  it('that is declined says why; the agenda stays', async () => {
    const ref = await aPublished(120);
    const { body: asked } = await suggest(ref, 'Đổi giờ họp');
    const declined = await answer(ref, asked.suggestionId, { taken: false, reason: 'Chi bộ đã thống nhất giờ này' });
    expect(declined.body.suggestion.answer).toMatchObject({ taken: false, reason: 'Chi bộ đã thống nhất giờ này' });
    expect((await answer(ref, asked.suggestionId, { taken: false, reason: '' })).body.code).toBe('malformed');
  });

  it('sent twice is one; too many, too late, by a stranger or answered by another are refused', async () => {
    const ref = await aPublished(120);
    const actionId = anAct();
    const first = await suggest(ref, 'Một việc', 'tam', actionId);
    expect((await suggest(ref, 'Một việc', 'tam', actionId)).body).toEqual(first.body);
    for (let more = 0; more < 4; more++) await suggest(ref, `Việc ${more}`);
    expect((await suggest(ref, 'Việc thứ sáu')).body.code).toBe('too-many');
    expect((await suggest(ref, 'Việc', 'stranger')).body.code).toBe('not-allowed');
    expect((await answer(ref, first.body.suggestionId, { taken: true }, 'tam')).body.code).toBe('not-allowed');
    expect((await answer(ref, anAct(), { taken: true })).body.code).toBe('not-found');
    const open = await anOpen();
    expect((await suggest(open, 'Muộn')).body.code).toBe('meeting-begun');
    expect((await suggest(await aPrepared(60), 'Sớm')).body.code).toBe('not-found');
  });
});

describe('a meeting of the committee', () => {
  const invited = ['lan', 'tu'] as MemberId[];
  const committee = async () => {
    const first = await call(handler, contract.prepare, { unitId, actionId: anAct(), kind: 'committee' }, who('lan'));
    const { meeting, plan } = first.body;
    const ref = { unitId, meetingId: meeting.meetingId };
    const ready = {
      ...plan,
      place: 'Phòng họp',
      chairId: 'lan',
      scribeId: 'tu',
      startsAt: instantOf(Date.now() + 600_000),
    };
    const publish = async (version: number, more: object) => {
      await call(handler, contract.revise, { ...ref, version, plan: { ...ready, ...more } }, who('lan'));
      return call(handler, contract.publish, ref, who('lan'));
    };
    return { ref, publish };
  };

  it('is not published without its members', async () => {
    const { publish } = await committee();
    expect((await publish(1, { invited: [] })).body.code).toBe('members-missing');
  });

  it('is read by its members, and stands in no file that the branch can read', async () => {
    const { ref, publish } = await committee();
    const { body } = await publish(1, { invited });
    expect(await fileOf(`content/pack/${unitId}/${body.meeting.pack}.json`)).toBeUndefined();
    await deliver(onAttendanceRecorded, await factsOf(ref));
    expect(await fileOf(`content/live/${unitId}/${ref.meetingId}.json`)).toBeUndefined();
    const branch = JSON.stringify((await fileOf<BranchManifest>(`content/live/${unitId}/branch.json`)) ?? {});
    expect(branch).not.toContain(ref.meetingId);
    const listed = await call(handler, contract.circle, { unitId }, who('tu'));
    expect(listed.body.meetings).toMatchObject([{ meetingId: ref.meetingId, kind: 'committee', state: 'published' }]);
    const room = await call(handler, contract.room, ref, who('tu'));
    expect(room.body).toMatchObject({
      live: { state: 'published' },
      pack: { place: 'Phòng họp', chair: 'Nguyễn Thị lan' },
    });
  });

  it('does not exist for anybody else', async () => {
    const { ref, publish } = await committee();
    await publish(1, { invited });
    expect((await call(handler, contract.room, ref, who('tam'))).body.code).toBe('not-found');
    expect((await call(handler, contract.mine, ref, who('tam'))).body.code).toBe('not-found');
    expect((await call(handler, contract.circle, { unitId }, who('tam'))).body.meetings).toEqual([]);
    expect((await call(handler, contract.checkIn, ref, who('tam'))).body.code).toBe('not-invited');
    expect((await call(handler, contract.room, ref, who('stranger'))).body.code).toBe('not-allowed');
    expect((await call(handler, contract.room, await aPublished(60), who('tu'))).body.code).toBe('not-found');
  });

  it("shows in the branch's own list to who runs its meetings, not by way of what members read", async () => {
    const ref = await aPublished(90);
    await deliver(onAttendanceRecorded, await factsOf(ref));
    const branch = await fileOf<BranchManifest>(`content/live/${unitId}/branch.json`);
    expect(branch?.meetings.some(({ kind }) => kind === 'committee')).toBe(false);
    const text = JSON.stringify(branch);
    for (const own of ['invited', 'papersAt', 'declined', 'taken']) expect(text).not.toContain(`"${own}"`);
  });
});
