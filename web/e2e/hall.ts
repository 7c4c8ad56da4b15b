import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { exchangeSlip, issueSlips, stepUp } from '#shared/access/contract.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Hall, openHall } from '../../infra/load/evening.ts';
import { Person } from '../../infra/load/person.ts';
import { must, newAction } from '../../infra/load/population.ts';
import { type Account, account, organisationOfficer, settled } from './journey.ts';

/** Somebody of the branch who acts without a screen, where a journey is about somebody else. */
export const asPerson = async ({ unitId, memberId, pin }: Account): Promise<Person> => {
  const input = { unitId: unitId as UnitId, memberIds: [memberId as MemberId], actionId: newAction() };
  const { slips } = await must('a slip', (await organisationOfficer()).ask(issueSlips, input));
  const person = new Person(inject('url'));
  const code = slips[0]?.url.split('#')[1] ?? '';
  await must('a sign-in', person.ask(exchangeSlip, { way: 'scanned', code, nonce: randomBytes(16).toString('hex') }));
  if (pin !== undefined) await must('the PIN', person.ask(stepUp, { pin }));
  return person;
};

/** The branch of the demonstration in its hall, whatever the hour: the meeting is open, and a vote in it. */
export const inTheHall = async (): Promise<Hall> => {
  const who = account('branch_secretary');
  const secretary = await asPerson(who);
  const branch = { unitId: who.unitId as UnitId, secretaryId: who.memberId as MemberId, name: '', members: [] };
  const hall = await openHall({ ...branch, secretary }, Date.now());
  await settled();
  return hall;
};
