import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, call, signedIn } from '#runtime/testing.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Instant, instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { codeOf, MOST_CODE_TRIES, stepAt } from '#shared/meetings/door-code.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { aBranch, anAct, anOpen, aPublished, deliver, factsOf, fileOf, type Ref, unitId, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

const door = (ref: Ref, name = 'lan') => call(handler, contract.takeDoorSecret, ref, who(name));
const checkIn = (ref: Ref, name: string, code?: string) =>
  call(handler, contract.checkIn, { ...ref, ...(code && { code }) }, who(name));
const desk = async (ref: Ref) => (await call(handler, contract.desk, ref, who('lan'))).body;
const liveOf = async (ref: Ref) => {
  await deliver(onAttendanceRecorded, await factsOf(ref));
  return fileOf<Record<string, unknown>>(`content/live/${unitId}/${ref.meetingId}.json`);
};
/** What the hall's screen showed so many minutes ago, by the server's clock. */
const codeBefore = (secret: string, now: Instant, minutes: number) =>
  codeOf(secret, stepAt(addMilliseconds(now, -minutes * MINUTE_MS)));

describe('the code of the hall', () => {
  it('is given to who runs the meeting, after a confirmation, the same to every device of the evening', async () => {
    const ref = await anOpen();
    const deputy = await signedIn({
      memberId: 'deputy',
      unitId,
      grants: [{ role: 'member' }, { role: 'deputy_secretary' }],
    });
    expect((await call(handler, contract.takeDoorSecret, ref, deputy)).body.code).toBe('step-up-needed');
    for (const name of ['tu', 'tam', 'stranger', 'officer'])
      expect((await door(ref, name)).body.code).toBe('not-allowed');
    const first = (await door(ref)).body;
    expect(Buffer.from(first.secret, 'base64url')).toHaveLength(20);
    expect((await door(ref)).body.secret).toBe(first.secret);
    expect((await door(await anOpen())).body.secret).not.toBe(first.secret);
  });

  it('is asked of everyone from then on, until it is waived; neither code nor secret is in any file or answer', async () => {
    const ref = await anOpen();
    const { secret } = (await door(ref)).body;
    expect(await liveOf(ref)).toMatchObject({ asksCode: true });
    expect((await checkIn(ref, 'tam')).body.code).toBe('code-needed');
    const said = JSON.stringify([
      await liveOf(ref),
      await factsOf(ref),
      await desk(ref),
      (await call(handler, contract.mine, ref, who('tam'))).body,
    ]);
    expect(said).not.toContain(secret);
    expect(said).not.toContain(await codeOf(secret, stepAt(instantOf(Date.now()))));
    await call(handler, contract.waiveCode, ref, who('lan'));
    expect(await liveOf(ref)).not.toHaveProperty('asksCode');
    expect((await checkIn(ref, 'tam')).body).toMatchObject({ status: 'present' });
  });

  it('checks a member in, once however often it is sent, and shows it as more than his word', async () => {
    const ref = await anOpen();
    const { secret, now } = (await door(ref)).body;
    const code = await codeBefore(secret, now, 0);
    const first = await checkIn(ref, 'tam', code);
    expect(first.body).toMatchObject({ status: 'present', byCode: true });
    for (let again = 0; again <= MOST_CODE_TRIES; again++)
      expect((await checkIn(ref, 'tam', code)).body).toEqual(first.body);
    expect((await checkIn(ref, 'stranger', code)).body.code).toBe('not-allowed');
  });

  it('typed without a network comes in later: from when it was shown, and marked', async () => {
    const ref = await anOpen();
    const { secret, now } = (await door(ref)).body;
    const late = await checkIn(ref, 'an', await codeBefore(secret, now, 25));
    expect(late.body).toMatchObject({
      byCode: true,
      at: `${addMilliseconds(now, -25 * MINUTE_MS).slice(0, 16)}:00.000Z`,
    });
    expect(late.body.sentLater > late.body.at).toBe(true);
    // and after the end as well
    const code = await codeBefore(secret, now, 20);
    await call(handler, contract.close, ref, who('lan'));
    expect((await checkIn(ref, 'tam')).body.code).toBe('meeting-closed');
    expect((await checkIn(ref, 'tam', code)).body).toMatchObject({ sentLater: expect.any(String) });
    expect((await desk(ref)).roll.map(({ memberId }: { memberId: MemberId }) => memberId)).toEqual(['an', 'tam']);
  });

  it('is no code of another meeting, and cannot be guessed by many tries side by side', async () => {
    const other = (await door(await anOpen())).body;
    const ref = await anOpen();
    await door(ref);
    const code = await codeBefore(other.secret, other.now, 0);
    const answers = await Promise.all(Array.from({ length: 3 * MOST_CODE_TRIES }, () => checkIn(ref, 'tam', code)));
    const codes = answers.map(({ body }) => body.code);
    expect(codes.filter((said) => said === 'code-wrong')).toHaveLength(MOST_CODE_TRIES);
    expect(codes.filter((said) => said === 'code-blocked')).toHaveLength(2 * MOST_CODE_TRIES);
    // his tries are his own: others go on, and the scribe still ticks him
    expect((await checkIn(ref, 'an', code)).body.code).toBe('code-wrong');
    const marks = [{ memberId: 'tam' as MemberId, status: 'present' as const, was: 'unmarked' as const }];
    expect((await call(handler, contract.recordRoll, { ...ref, marks }, who('tu'))).status).toBe(200);
  });

  it('has six digits', async () => {
    const ref = await anOpen();
    for (const code of ['12345', '1234567', '12345a', ''])
      expect((await call(handler, contract.checkIn, { ...ref, code }, who('tam'))).body.code).toBe('malformed');
  });
});

describe('an absence asked for beforehand', () => {
  const ask = (ref: Ref, reason = 'Đi công tác', withdrawn?: true) =>
    call(handler, contract.askAbsence, { ...ref, reason, ...(withdrawn && { withdrawn }) }, who('tam'));
  const answer = (ref: Ref, excused: boolean, name = 'lan') =>
    call(handler, contract.answerAbsence, { ...ref, memberId: 'tam' as MemberId, excused }, who(name));
  const statusOf = async (ref: Ref) =>
    (await desk(ref)).roll.find(({ memberId }: { memberId: string }) => memberId === 'tam')?.status;

  it('is answered by who runs the meeting, and stands in the roll with its reason', async () => {
    const ref = await aPublished(60 * 24);
    expect((await answer(ref, true)).body.code).toBe('not-found');
    await ask(ref);
    expect((await desk(ref)).absences).toMatchObject([{ memberId: 'tam', reason: 'Đi công tác' }]);
    for (const name of ['tu', 'stranger']) expect((await answer(ref, true, name)).body.code).toBe('not-allowed');
    const excused = await answer(ref, true);
    expect(excused.body).toMatchObject({ excused: true, answeredBy: 'lan' });
    expect((await desk(ref)).roll).toMatchObject([{ memberId: 'tam', status: 'excused', reason: 'Đi công tác' }]);
    await answer(ref, false);
    expect(await statusOf(ref)).toBe('unmarked');
    expect((await call(handler, contract.mine, ref, who('tam'))).body.absence).toMatchObject({ excused: false });
    expect((await call(handler, contract.mine, ref, who('an'))).body.absence).toBeUndefined();
  });

  it('asked anew loses its answer, and is refused once the meeting has begun', async () => {
    const ref = await aPublished(60);
    await ask(ref);
    await answer(ref, true);
    expect((await ask(ref, 'Ốm', true)).body).toMatchObject({ reason: 'Ốm', withdrawn: true });
    expect((await desk(ref)).absences[0]).not.toHaveProperty('excused');
    const begun = await anOpen();
    expect((await ask(begun)).body.code).toBe('already-begun');
  });

  it('does not send home whoever came after all', async () => {
    const ref = await aPublished(30);
    await ask(ref);
    await checkIn(ref, 'tam');
    expect((await answer(ref, true)).status).toBe(200);
    expect(await statusOf(ref)).toBe('present');
  });
});

describe('guests and heads', () => {
  it('are written by whoever keeps the record, from two devices side by side, none lost', async () => {
    const ref = await anOpen();
    const guests = Array.from({ length: 6 }, (_, at) => ({
      guestId: anAct(),
      name: `Khách ${at}`,
      from: 'Đảng ủy xã',
    }));
    const sent = [...guests, ...guests].map((guest, at) =>
      call(handler, contract.recordGuest, { ...ref, ...guest }, who(at % 2 ? 'lan' : 'tu')),
    );
    // two devices may meet at one record more often than they try again; the outbox then sends it again
    for (const { body } of await Promise.all(sent)) expect([undefined, 'changed-meanwhile']).toContain(body.code);
    for (const guest of guests) await call(handler, contract.recordGuest, { ...ref, ...guest }, who('lan'));
    const { meeting } = await desk(ref);
    expect(meeting.guests.map(({ name }: { name: string }) => name).sort()).toEqual(guests.map(({ name }) => name));
    const counted = await call(handler, contract.countHeads, { ...ref, headCount: 9 }, who('tu'));
    expect(counted.body.meeting).toMatchObject({ headCount: 9, headsCounted: { by: 'tu' } });
    expect((await call(handler, contract.countHeads, { ...ref, headCount: 9 }, who('tam'))).body.code).toBe(
      'not-allowed',
    );
    expect((await liveOf(ref))?.['guests']).toBe(6);
  });
});
