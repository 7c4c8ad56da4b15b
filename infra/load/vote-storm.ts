import { setTimeout as pause } from 'node:timers/promises';
import { checkIn, closePoll, desk, mine, vote } from '#shared/meetings/contract.ts';
import type { Choice, Tally } from '#shared/meetings/shown.ts';
import type { Hall } from './evening.ts';
import { must } from './population.ts';
import { type Act, sendOnce, untilThanked } from './sending.ts';

/** What became of a storm of votes. All of `lost`, `doubled`, `changed` and `late` must be 0. */
export interface StormFigures {
  readonly votes: number;
  /** Requests that were sent for them. */
  readonly sent: number;
  /** Of these, how many broke or were answered by a fault. */
  readonly broken: number;
  readonly thanked: number;
  /** Refused for good because the vote was closed. */
  readonly refused: number;
  readonly stored: number;
  /** Thanked for, and not in the tally or not the same at the member's own record. */
  readonly lost: number;
  /** More ballots than members who voted. */
  readonly doubled: number;
  /** Halls whose tally was another when it was counted again. */
  readonly changed: number;
  /** Votes taken after the closing, and ballots that stand and were not told again. */
  readonly late: number;
  /** Slowest thanks in seconds. */
  readonly slowest: number;
}

interface Storm {
  readonly url: string;
  /** The votes are spread over this time. */
  readonly lastsMs: number;
  readonly random: () => number;
  /** The votes are closed after this share of the time; absent: after everybody was thanked. */
  readonly closeAt?: number;
}

/** Functions are killed this often while the storm lasts, every one that runs. */
const KILL_EVERY_MS = 1_500;
/** Answers lost on their way, and writes that meet another transaction. Source: product.md R4; access.md §5. */
const FAULTS = 'drop-responses=0.05,conflict=0.1';

const options = ['agree', 'disagree', 'other'] as const;
interface Vote {
  readonly hall: Hall;
  readonly member: Hall['members'][number];
  readonly choice: Choice;
  readonly act: Act;
}
type Outcome = Vote & {
  readonly thanked: boolean;
  readonly sent: number;
  readonly broken: number;
  readonly ms: number;
};

/** Everybody votes while functions die, answers get lost and writes meet each other; then the ballots are counted. */
export const voteStorm = async (halls: readonly Hall[], storm: Storm): Promise<StormFigures> => {
  const votes = halls.flatMap((hall) => hall.members.map((member) => voteOf(hall, member, storm.random)));
  for (const hall of halls)
    await Promise.all(hall.members.map(({ person }) => must('in', person.ask(checkIn, one(hall)))));
  const trouble = await makeTrouble(storm.url, storm.lastsMs);
  const closing =
    storm.closeAt === undefined
      ? undefined
      : pause(storm.lastsMs * storm.closeAt).then(() => Promise.all(halls.map((hall) => close(hall, storm.random))));
  const outcomes = await Promise.all(
    votes.map(async (one) => {
      await pause(storm.random() * storm.lastsMs);
      return settled(one, storm.random);
    }),
  );
  await Promise.all(trouble);
  await (closing ?? Promise.all(halls.map((hall) => close(hall, storm.random))));
  return figuresOf(halls, outcomes, storm.random);
};

const one = ({ unitId, meetingId }: Hall) => ({ unitId, meetingId });

const voteOf = (hall: Hall, member: Hall['members'][number], random: () => number): Vote => {
  const choice = options[Math.floor(random() * options.length)] ?? 'agree';
  const send = () => member.person.ask(vote, { ...one(hall), pollId: hall.pollId, choice });
  return { hall, member, choice, act: { name: `vote ${member.memberId}`, send } };
};

const close = (hall: Hall, random: () => number) =>
  untilThanked(
    { name: 'close', send: () => hall.secretary.ask(closePoll, { ...one(hall), pollId: hall.pollId }) },
    { random },
  );

/** Sends until it is thanked for or refused for good. */
const settled = async (voting: Vote, random: () => number): Promise<Outcome> => {
  const begun = performance.now();
  for (let sent = 1, broken = 0; ; sent++) {
    const answer = await sendOnce(voting.act);
    const ms = performance.now() - begun;
    if (answer?.status === 200 && typeof answer.body === 'object')
      return { ...voting, thanked: true, sent, broken, ms };
    if (answer?.status === 409) return { ...voting, thanked: false, sent, broken, ms };
    if (ms > 120_000) throw new Error(`${voting.act.name} was neither thanked for nor refused`);
    broken++;
    await pause(random() * Math.min(3_000, 100 * 2 ** sent));
  }
};

/** As long as the votes last; then the functions live again, and whoever was hit sends on. */
const makeTrouble = async (url: string, lastsMs: number): Promise<readonly Promise<void>[]> => {
  const tell = async (path: string, body = ''): Promise<void> => {
    const { ok, status } = await fetch(`${url}/_local/${path}`, { method: 'POST', body });
    if (!ok) throw new Error(`/_local/${path} answered ${status}`);
  };
  await tell('faults', FAULTS);
  const killing = async (): Promise<void> => {
    for (let ms = 0; ms < lastsMs; ms += KILL_EVERY_MS) {
      await pause(KILL_EVERY_MS);
      await tell('kill/functions');
    }
    await tell('faults', 'throttle=0');
  };
  // begun before the votes, over after them
  return [killing()];
};

const figuresOf = async (
  halls: readonly Hall[],
  outcomes: readonly Outcome[],
  random: () => number,
): Promise<StormFigures> => {
  const sum = { stored: 0, lost: 0, doubled: 0, changed: 0, late: 0 };
  for (const hall of halls) {
    const here = outcomes.filter((outcome) => outcome.hall === hall);
    // whoever asks in the moment of the last kill asks again, as phones do
    const own = await Promise.all(
      here.map(async ({ member }) => {
        const act = { name: 'own', send: () => member.person.ask(mine, one(hall)) };
        return (await untilThanked(act, { random })).body;
      }),
    );
    const ballots = own.map(({ ballots: all }) => all[hall.pollId]?.choice);
    const tally = await tallyOf(hall);
    const total = tally.agree + tally.disagree + tally.other;
    sum.stored += total;
    sum.lost += here.filter(({ thanked, choice }, at) => thanked && ballots[at] !== choice).length;
    sum.doubled += Math.max(0, total - ballots.filter((choice) => choice !== undefined).length);
    const byHand = (choice: Choice) => ballots.filter((given) => given === choice).length;
    if (options.some((choice) => byHand(choice) !== tally[choice])) sum.changed++;
    if (JSON.stringify(await tallyOf(hall)) !== JSON.stringify(tally)) sum.changed++;
    const after = await Promise.all(here.map(({ act }) => sendOnce(act)));
    // whose ballot stands is told so again; nobody else gets one now
    sum.late += after.filter((answer, at) => answer?.status !== (ballots[at] === undefined ? 409 : 200)).length;
    if (JSON.stringify(await tallyOf(hall)) !== JSON.stringify(tally)) sum.changed++;
  }
  return {
    votes: outcomes.length,
    sent: outcomes.reduce((all, { sent }) => all + sent, 0),
    broken: outcomes.reduce((all, { broken }) => all + broken, 0),
    thanked: outcomes.filter(({ thanked }) => thanked).length,
    refused: outcomes.filter(({ thanked }) => !thanked).length,
    slowest: Math.round(Math.max(...outcomes.map(({ ms }) => ms)) / 10) / 100,
    ...sum,
  };
};

const tallyOf = async (hall: Hall): Promise<Tally> => {
  const { turnout } = await must('the desk', hall.secretary.ask(desk, one(hall)));
  const tally = turnout[hall.pollId]?.tally;
  if (!tally) throw new Error('a closed vote has no tally');
  return tally;
};
