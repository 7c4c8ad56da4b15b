import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renewSession } from '#shared/access/contract.ts';
import * as documents from '#shared/documents/contract.ts';
import { dayOf, instantOf, monthOf } from '#shared/kernel/time.ts';
import { desk } from '#shared/meetings/contract.ts';
import type { LiveMeeting } from '#shared/meetings/model.ts';
import { listMembers } from '#shared/members/contract.ts';
import { mine as myPoints } from '#shared/points/contract.ts';
import { ofBranch } from '#shared/tasks/contract.ts';
import { drawn, madeUpPaper } from '../../functions/documents/testing.ts';
import { chance } from './arrivals.ts';
import { followed } from './own-copy.ts';
import { must } from './population.ts';
import { type Power, startPower } from './power.ts';
import { eventually } from './sending.ts';
import { PAPER_NUMBER, type Told, tellStory } from './story.ts';

const CUTS = 50;
const SEED = 20261121;

let power: Power;
let told: Told;
beforeAll(async () => {
  const scan = await drawn(madeUpPaper(14), { turn: 0.6, noise: 8, seed: 8 }).encode('jpeg', 60);
  power = await startPower(chance(SEED));
  told = await tellStory(power, new Uint8Array(scan));
}, 600_000);
afterAll(async () => power?.end());

const one = () => ({ unitId: told.unitId, meetingId: told.meetingId });

describe('after the whole copy was killed at 50 points of the story', () => {
  test('it was killed so often, and many acts had just been thanked for', () => {
    expect(power.cuts()).toBe(CUTS);
    expect(power.thankedBefore()).toBeGreaterThan(5);
  });

  test('everybody who was brought in is there once, and signed in as before', async () => {
    const { members } = await must('the members', told.admin.ask(listMembers, { unitId: told.unitId }));
    expect(members.map(({ memberId }) => memberId).sort()).toEqual(told.members.map(({ memberId }) => memberId).sort());
    for (const { person } of told.members) expect((await person.ask(renewSession, {})).status).toBe(200);
  });

  test('the paper was taken once, is read, and stands in the library', async () => {
    const at = { unitId: told.unitId };
    const { papers } = await must('papers', told.secretary.ask(documents.list, at));
    expect(papers.map(({ documentId, state }) => [documentId, state])).toEqual([[told.documentId, 'published']]);
    const found = await must('search', told.secretary.ask(documents.search, { ...at, words: PAPER_NUMBER }));
    expect(found.papers.map(({ documentId }) => documentId)).toEqual([told.documentId]);
  });

  test('attendance, opinions, ballots and rating are those that were thanked for, each once', async () => {
    const { meeting, roll, opinions } = await must('the desk', told.secretary.ask(desk, one()));
    const of = (status: string) => roll.filter((mark) => mark.status === status).map(({ memberId }) => memberId);
    expect(of('present').sort()).toEqual([...told.present].sort());
    expect(of('excused').sort()).toEqual([...told.excused].sort());
    expect(opinions.map(({ opinionId }) => opinionId).sort()).toEqual([...told.opinions].sort());
    if (meeting.state !== 'closed') throw new Error('the meeting is not closed');
    const polls = meeting.polls.map((poll) => (poll.state === 'published' ? poll.result.phones.agree : poll.state));
    expect(polls).toEqual([told.ballots]);
  });

  test('the tasks stand once each', async () => {
    const { tasks } = await must('tasks', told.secretary.ask(ofBranch, { unitId: told.unitId }));
    expect(tasks.map(({ task }) => task.taskId).sort()).toEqual([...told.tasks].sort());
  });

  test('the live file shows it all, streams and queues included', async () => {
    const path = `/content/live/${told.unitId}/${told.meetingId}.json`;
    const { body } = await eventually(
      () => told.secretary.read<LiveMeeting>(path),
      (live) => live.body?.state === 'closed' && live.body.opinions.given === told.opinions.length,
      60_000,
    );
    expect(body).toMatchObject({
      state: 'closed',
      attendance: { present: told.present.length },
      opinions: { given: told.opinions.length },
    });
  });

  test('everyone present has the points of one attendance and one opinion, the others none', async () => {
    const month = monthOf(dayOf(instantOf(Date.now())));
    const totals = async () =>
      Promise.all(
        told.members.map(async ({ person }) => (await must('points', person.ask(myPoints, { month }))).total),
      );
    await followed(power.url());
    const [attended, spoke] = [10, 3];
    const wanted = told.members.map(({ memberId }) => (told.present.includes(memberId) ? attended + spoke : 0));
    expect(await eventually(totals, (found) => String(found) === String(wanted), 90_000)).toEqual(wanted);
  });
});
