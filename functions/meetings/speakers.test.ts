import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, call } from '#runtime/testing.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { LiveMeeting } from '#shared/meetings/model.ts';
import { decideNext, type Speaker, speaking, standingOf, waiting } from '#shared/meetings/speakers.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { recordFloor } from './store/speakers.ts';
import { aBranch, anAct, anOpen, aPublished, deliver, factsOf, fileOf, type Ref, unitId, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

const raise = (ref: Ref, name: string, more: { memberId?: MemberId; guest?: string } = {}, actionId = anAct()) =>
  call(handler, contract.askToSpeak, { ...ref, actionId, ...more }, who(name));
const floor = (ref: Ref, name = 'lan', speakerId?: string) =>
  call(handler, contract.giveFloor, { ...ref, ...(speakerId && { speakerId }) }, who(name));
const list = async (ref: Ref, name = 'lan'): Promise<Speaker[]> =>
  (await call(handler, contract.speakers, ref, who(name))).body.speakers;

describe('the list of speakers', () => {
  it('takes hands in their order, and tells each member only his own place', async () => {
    const ref = await anOpen();
    await raise(ref, 'tam');
    const an = await raise(ref, 'an');
    expect(an.body).toMatchObject({ ahead: 1, speakers: [{ memberId: 'an' }] });
    expect(an.body.speakers).toHaveLength(1);
    expect(waiting(await list(ref)).map(({ memberId }) => memberId)).toEqual(['tam', 'an']);
    await floor(ref);
    expect(speaking(await list(ref))?.memberId).toBe('tam');
    expect((await call(handler, contract.speakers, ref, who('an'))).body.ahead).toBe(1);
    await floor(ref);
    expect(speaking(await list(ref))?.memberId).toBe('an');
    expect((await list(ref, 'tam'))[0]).toMatchObject({ memberId: 'tam', endedAt: expect.any(String) });
  });

  it('the scribe adds members and guests; a member only himself', async () => {
    const ref = await anOpen();
    await raise(ref, 'tu', { guest: 'Ông Nguyễn Văn Bảy, Đảng ủy xã' });
    await raise(ref, 'tu', { memberId: 'an' as MemberId });
    expect((await list(ref)).map(({ guest, memberId }) => guest ?? memberId).toSorted()).toEqual(
      ['an', 'Ông Nguyễn Văn Bảy, Đảng ủy xã'].toSorted(),
    );
    expect((await raise(ref, 'tam', { memberId: 'an' as MemberId })).body.code).toBe('not-allowed');
    expect((await raise(ref, 'tam', { guest: 'Ai đó' })).body.code).toBe('not-allowed');
    expect((await raise(ref, 'tu', { memberId: 'stranger' as MemberId })).body.code).toBe('not-on-roster');
  });

  it('a hand raised twice is one place; a hand taken down is none', async () => {
    const ref = await anOpen();
    const actionId = anAct();
    await Promise.all([raise(ref, 'tam', {}, actionId), raise(ref, 'tam', {}, actionId)]);
    await raise(ref, 'tam');
    expect(await list(ref)).toHaveLength(1);
    const end = (name: string) => call(handler, contract.endTurn, { ...ref, speakerId: actionId }, who(name));
    expect((await end('an')).body.code).toBe('not-found');
    await end('tam');
    await end('tam');
    expect((await list(ref)).map(standingOf)).toEqual(['gave-up']);
  });

  it('two hands of the desk that give the floor at once give it to one', async () => {
    const ref = await anOpen();
    for (const name of ['tam', 'an']) await raise(ref, name);
    const [tam, an] = waiting(await list(ref));
    // one after the other the second takes the floor from the first; at once it is told to look again
    const answers = await Promise.all([floor(ref, 'lan', tam?.speakerId), floor(ref, 'tu', an?.speakerId)]);
    expect(answers.filter(({ status }) => status !== 200).every(({ body }) => body.code === 'changed-meanwhile')).toBe(
      true,
    );
    expect((await list(ref)).filter((one) => standingOf(one) === 'speaking')).toHaveLength(1);
    await floor(ref);
    await call(handler, contract.endTurn, { ...ref, speakerId: speaking(await list(ref))?.speakerId ?? '' }, who('tu'));
    expect((await list(ref)).map(standingOf)).toEqual(['spoke', 'spoke']);
    expect((await floor(ref)).status).toBe(200);
  });

  it('two hands that saw the same list: the first passes the floor, the second is told', async () => {
    const ref = await anOpen();
    for (const name of ['tam', 'an']) await raise(ref, name);
    const seen = await list(ref);
    const now = instantOf(Date.now());
    const [first, second] = waiting(seen).map(({ speakerId }) => decideNext(seen, speakerId, now));
    expect(await recordFloor(ref, first ?? {}, now)).toBe(true);
    expect(await recordFloor(ref, second ?? {}, now)).toBe(false);
    expect(speaking(await list(ref))?.memberId).toBe('tam');
  });

  it('is for an open meeting of the branch, led by who keeps its record', async () => {
    const ref = await anOpen();
    expect((await raise(await aPublished(60), 'tam')).body.code).toBe('wrong-state');
    expect((await raise(ref, 'stranger')).body.code).toBe('not-allowed');
    expect((await floor(ref, 'tam')).body.code).toBe('not-allowed');
    expect((await floor(ref, 'officer')).body.code).toBe('not-allowed');
  });

  it('shows in the live file as a number that rises, without a name', async () => {
    const ref = await anOpen();
    const shown = async () => {
      expect(await deliver(onAttendanceRecorded, await factsOf(ref))).toEqual([]);
      return fileOf<LiveMeeting>(`content/live/${unitId}/${ref.meetingId}.json`);
    };
    expect((await shown())?.turns).toBeUndefined();
    await raise(ref, 'tam');
    const one = await shown();
    await floor(ref);
    const two = await shown();
    expect([one?.turns, two?.turns]).toEqual([1, 2]);
    expect(JSON.stringify(two)).not.toContain('tam');
  });
});
