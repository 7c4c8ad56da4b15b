import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { chance } from './arrivals.ts';
import { table } from './measure.ts';
import { handbook, limits, type Measured, naive, priceOf, quotaDay, raisedLimits } from './simulate-designs.ts';
import { type Design, type Limit, play, quantile } from './simulate-model.ts';
import { askedRuns, compareRuns, followingRuns, isWithin, LoadRun } from './simulate-predict.ts';

/**
 * `npm run simulate -- [--members 5400000] [--minutes 10] [--json]`: the meeting hour of one or many accounts, the handbook
 * beside the usual way of building: which quota breaks first and when, how long members wait, what the evening costs.
 * `--check` foretells a load run that the figures were not learnt from, and ends with 1 if it is too far off.
 */
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    members: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    peak: { type: 'string', default: '3' },
    learnt: { type: 'string' },
    'held-out': { type: 'string', default: join(import.meta.dirname, 'simulate-held-out.json') },
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const stopWith = (sentence: string): never => {
  console.error(sentence);
  process.exit(1);
};
const numberFrom = (name: 'members' | 'minutes' | 'peak', given: string, least: number, most: number): number => {
  const number = Number(given);
  return Number.isFinite(number) && number >= least && number <= most
    ? number
    : stopWith(`--${name} takes a number from ${least} to ${most}.`);
};
const readRun = (file: string): LoadRun => {
  try {
    return v.parse(LoadRun, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return stopWith(
      `${file} is no result of "npm run load -- --json": ${error instanceof Error ? error.message : error}`,
    );
  }
};

// what an evening costs now, or the run of the pair by which the forecast is checked
const usual = values.check ? 'simulate-learnt.json' : 'simulate-evening.json';
const learnt = readRun(values.learnt ?? join(import.meta.dirname, usual));
if (values.check) check(readRun(values['held-out']));
else foretell();

function check(heldOut: LoadRun): void {
  const compared = compareRuns(learnt, heldOut);
  const rate = ({ members, minutes }: LoadRun) => (members / (minutes * 60)).toFixed(1);
  if (values.json) console.log(JSON.stringify(compared.map((it) => ({ ...it, holds: isWithin(it) }))));
  else {
    console.log(`learnt at ${rate(learnt)} members a second, held out at ${rate(heldOut)}\n`);
    const rows = compared.map((it) => [
      it.figure,
      Math.round(it.measured),
      Math.round(it.predicted),
      `${Math.round((it.predicted / it.measured - 1) * 100)} %`,
      `${it.within * 100} %`,
      isWithin(it) ? 'holds' : 'OFF',
    ]);
    console.log(table(['figure', 'measured', 'foretold', 'off by', 'may be off', ''], rows));
  }
  if (!compared.every(isWithin)) process.exitCode = 1;
}

/** A province of today's division: 5.4 million members in 34 accounts. Source: burst.md §1.6. */
function sizes(): readonly { readonly members: number; readonly accounts: number }[] {
  if (values.members === undefined) {
    return [
      { members: 13_000, accounts: 1 },
      { members: 100_000, accounts: 1 },
      { members: 1_000_000, accounts: 1 },
      { members: 5_400_000, accounts: 1 },
      { members: 5_400_000, accounts: 34 },
    ];
  }
  const members = numberFrom('members', values.members, 1, 1e8);
  return members > 200_000
    ? [
        { members, accounts: 1 },
        { members, accounts: Math.ceil(members / 159_000) },
      ]
    : [{ members, accounts: 1 }];
}

function foretell(): void {
  const seconds = numberFrom('minutes', values.minutes, 0.5, 600) * 60;
  const peak = numberFrom('peak', values.peak, 1, 6);
  const { members: learntFrom, halls, perMember, perHall } = learnt;
  const measured: Measured = {
    learntFrom,
    perMember: {
      apiRequests: askedRuns(learnt),
      edgeRequests: Math.max(0, perMember.requests - askedRuns(learnt)),
      followingRuns: followingRuns(learnt),
      readUnits: perMember.readUnits,
      writeUnits: perMember.writeUnits,
      filePuts: perMember.puts,
      bytes: perMember.bytes,
      bytesOfLooks: perMember.bytesOfNinetyMinutes,
    },
    desk: {
      membersPerHall: learntFrom / halls,
      readUnits: perHall.readUnits / Math.max(1, perHall.functionRuns),
      writeUnits: perHall.writeUnits,
    },
  };
  const ours = handbook(measured);
  const ways = [
    { ...naive(), name: 'naive', limits },
    { ...ours, name: 'handbook', limits },
    { ...ours, name: 'handbook, tables raised', limits: raisedLimits },
  ];
  const rows = sizes().flatMap(({ members, accounts }) =>
    ways.map(({ name, design, amounts, limits: given }) => ({
      way: name,
      members,
      accounts,
      ...outcome(design, members / accounts, { seconds, peak, limits: given }),
      dollars: Math.round(priceOf(amounts, members) * 100) / 100,
    })),
  );
  if (values.json) {
    console.log(JSON.stringify({ quotaDay, seconds, peak, rows }));
    return;
  }
  console.log(
    `quotas and prices of ${quotaDay}; arrivals within ${seconds / 60} minutes, peak ${peak}:1; waits beyond the network's\n`,
  );
  console.log(
    table(
      [
        'way',
        'members',
        'accounts',
        'first to break',
        'after',
        'busiest',
        'wait p50',
        'p95',
        'within 3 s',
        'gave up',
        'evening $',
      ],
      rows.map((it) => [
        it.way,
        it.members,
        it.accounts,
        it.broke,
        it.after,
        it.busiest,
        it.p50,
        it.p95,
        it.within3,
        it.gaveUp,
        it.dollars,
      ]),
    ),
  );
}

function outcome(
  design: Design,
  members: number,
  given: { readonly seconds: number; readonly peak: number; readonly limits: readonly Limit[] },
) {
  const played = play(design, { members, ...given, random: chance(20261122) });
  const [busiest, share = 0] = Object.entries(played.use).sort(([, a], [, b]) => b - a)[0] ?? ['nothing'];
  const percent = (value: number) => `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10} %`;
  const soon = played.waits.filter((wait) => wait <= 3).length / Math.max(1, played.waits.length);
  const stayed = played.done / Math.max(1, played.done + played.givenUp);
  return {
    broke: played.broke?.limit ?? 'nothing',
    after: played.broke ? clock(played.broke.at) : '–',
    busiest: `${busiest} ${percent(share * 100)}`,
    p50: clock(quantile(played.waits, 0.5)),
    p95: clock(quantile(played.waits, 0.95)),
    within3: percent(soon * stayed * 100),
    gaveUp: percent((1 - stayed) * 100),
  };
}

function clock(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  return seconds < 3_600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 360) / 10} h`;
}
