import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { dayOf, instantOf, monthOf } from '#shared/kernel/time.ts';
import { checkIn, desk, giveOpinion, vote } from '#shared/meetings/contract.ts';
import type { LiveMeeting } from '#shared/meetings/model.ts';
import { mine as myPoints } from '#shared/points/contract.ts';
import { chance } from './arrivals.ts';
import { compare, type Hall, nothingThanked, openHall } from './evening.ts';
import { type OwnCopy, startCopy } from './own-copy.ts';
import type { Answer } from './person.ts';
import { must, newAction, populate } from './population.ts';

const KILLS = 50;
const SEED = 20261121;

let copy: OwnCopy | undefined;
afterAll(async () => copy?.end());

/** One request of the story, the same every time it is sent. */
interface Act {
  readonly name: string;
  readonly send: () => Promise<Answer<unknown>>;
}

const actsOf = (halls: readonly Hall[], random: () => number): Act[] => {
  const members = halls.flatMap((hall) => hall.members.map((member) => ({ hall, ...member })));
  const shuffled = (acts: Act[]) =>
    acts
      .map((act) => ({ act, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ act }) => act);
  const one = ({ unitId, meetingId }: Hall) => ({ unitId, meetingId });
  return [
    ...shuffled(
      members.map(({ hall, memberId, person }) => ({
        name: `check-in ${memberId}`,
        send: () => person.ask(checkIn, one(hall)),
      })),
    ),
    ...shuffled(
      members.map(({ hall, memberId, person }) => {
        const actionId = newAction();
        return {
          name: `opinion ${memberId}`,
          send: () => person.ask(giveOpinion, { ...one(hall), actionId, text: 'Tôi nhất trí.' }),
        };
      }),
    ),
    ...shuffled(
      members.map(({ hall, memberId, person }) => ({
        name: `vote ${memberId}`,
        send: () => person.ask(vote, { ...one(hall), pollId: hall.pollId, choice: 'agree' }),
      })),
    ),
  ];
};

/** Asks again until `found`, at most so long. */
const eventually = async <T>(ask: () => Promise<T>, found: (value: T) => boolean, milliseconds: number): Promise<T> => {
  const end = performance.now() + milliseconds;
  for (;;) {
    const value = await ask();
    if (found(value) || performance.now() > end) return value;
    await pause(200);
  }
};

it('nothing thanked for is lost, and nothing is done twice, when everything is killed at 50 points of the evening', async () => {
  const random = chance(SEED);
  const quiet = () => {};
  copy = await startCopy({ seed: 'empty' }, quiet);
  const branches = await populate(copy.url, copy.dataDir, { count: 60, perBranch: 20, tell: quiet });
  const halls: Hall[] = [];
  for (const branch of branches) halls.push(await openHall(branch, Date.now()));
  const acts = actsOf(halls, random);
  const port = Number(new URL(copy.url).port);
  const perRound = Math.ceil(acts.length / KILLS);

  for (let kill = 0; kill < KILLS; kill++) {
    const round = acts.slice(kill * perRound, (kill + 1) * perRound);
    const answers = new Map<Act, Answer<unknown>>();
    const sent = round.map(async (act) => {
      try {
        const answer = await act.send();
        if (answer.status === 200) answers.set(act, answer);
      } catch (error) {
        // the connection broke in the middle, as it should: the phone knows nothing and will send again
        if (!(error instanceof Error && 'code' in error)) throw error;
      }
    });
    await pause(Math.floor(random() * 60));
    await copy.kill();
    await Promise.all(sent);
    copy = await startCopy({ seed: 'empty', dataDir: copy.dataDir, port }, quiet);
    for (const act of round) {
      const again = await act.send();
      expect([again.status, act.name]).toEqual([200, act.name]);
      const first = answers.get(act);
      if (first) expect([act.name, again.body]).toEqual([act.name, first.body]);
    }
  }

  for (const hall of halls) {
    const { secretary, unitId, meetingId, members } = hall;
    const { roll } = await must('the desk', secretary.ask(desk, { unitId, meetingId }));
    const present = roll.filter(({ status }) => status === 'present').length;
    expect(present).toBe(members.length);
    // what follows from the facts has caught up with them, streams and queues included
    const path = `/content/live/${unitId}/${meetingId}.json`;
    const live = await eventually(
      () => secretary.read<LiveMeeting>(path),
      ({ body }) => body?.attendance?.present === present && body?.opinions?.given === members.length,
      60_000,
    );
    expect(live.body.attendance.present).toBe(present);
    expect(live.body.opinions.given).toBe(members.length);
    const thanked = nothingThanked();
    for (const { memberId } of members) {
      thanked.attendance.add(memberId);
      thanked.ballots.set(memberId, 'agree');
    }
    expect(await compare(hall, thanked)).toMatchObject({ lost: 0, doubled: 0, stored: 3 * members.length });
    // points are derived facts: one attendance and one opinion each, however often they were carried
    const month = monthOf(dayOf(instantOf(Date.now())));
    const totals = async () =>
      (await Promise.all(members.map(({ person }) => must('points', person.ask(myPoints, { month }))))).map(
        ({ total }) => total,
      );
    const sums = await eventually(totals, (found) => new Set(found).size === 1 && (found[0] ?? 0) > 0, 90_000);
    expect(sums).toEqual(sums.map(() => Math.max(...sums)));
    expect(sums[0]).toBeGreaterThan(0);
  }
});
