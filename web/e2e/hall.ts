import { stepUp } from '#shared/access/contract.ts';
import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import { prepare, publish, revise } from '#shared/meetings/contract.ts';
import { type Hall, openHall } from '../../infra/load/evening.ts';
import type { Person } from '../../infra/load/person.ts';
import { must, newAction } from '../../infra/load/population.ts';
import { type Account, account, personBySlip, settled } from './journey.ts';

/** Somebody of the branch who acts without a screen, where a journey is about somebody else. */
export const asPerson = async (who: Account): Promise<Person> => {
  const person = await personBySlip(who);
  if (who.pin !== undefined) await must('the PIN', person.ask(stepUp, { pin: who.pin }));
  return person;
};

/** A meeting of the branch of the demonstration that is announced for now, and not yet open. */
export const announcedNow = async (scribe: Account = account('scribe')): Promise<Announced> => {
  const who = account('branch_secretary');
  const secretary = await asPerson(who);
  const unitId = who.unitId as UnitId;
  const made = await must('prepare', secretary.ask(prepare, { unitId, actionId: newAction(), kind: 'regular' }));
  const one = { unitId, meetingId: made.meeting.meetingId };
  const plan = {
    ...made.plan,
    place: 'Nhà văn hóa thôn Nam',
    startsAt: instantOf(Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS),
    chairId: who.memberId as MemberId,
    scribeId: scribe.memberId as MemberId,
  };
  await must('revise', secretary.ask(revise, { ...one, version: made.meeting.version, plan }));
  await must('publish', secretary.ask(publish, one));
  await settled();
  return { ...one, secretary };
};
export interface Announced {
  readonly unitId: UnitId;
  readonly meetingId: MeetingId;
  readonly secretary: Person;
}

/** The branch of the demonstration in its hall, whatever the hour: the meeting is open, and a vote in it. */
export const inTheHall = async (): Promise<Hall> => {
  const who = account('branch_secretary');
  const secretary = await asPerson(who);
  const branch = { unitId: who.unitId as UnitId, secretaryId: who.memberId as MemberId, name: '', members: [] };
  const hall = await openHall({ ...branch, secretary }, Date.now());
  await settled();
  return hall;
};
