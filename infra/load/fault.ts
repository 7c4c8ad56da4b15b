import { parseArgs } from 'node:util';
import { chance } from './arrivals.ts';
import { startBadLine } from './bad-line.ts';
import { openHall } from './evening.ts';
import { type FaultFigures, playTrouble, through } from './fault-evening.ts';
import { table } from './measure.ts';
import { startCopy } from './own-copy.ts';
import { populate } from './population.ts';
import { isTrouble, type TroubleName, troubleNames, troubleOf } from './troubles.ts';

/**
 * `npm run load -- --fault kill-engine [--members 120] [--minutes 0.5] [--json]`: the meeting hour while something goes
 * wrong; several names with commas, or `all`, one after the other on one copy. Ends with 1 if anything thanked for is
 * missing or done twice.
 */
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    fault: { type: 'string', default: 'all' },
    members: { type: 'string', default: '120' },
    minutes: { type: 'string', default: '0.5' },
    branch: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const stopWith = (sentence: string): never => {
  console.error(sentence);
  process.exit(1);
};
const numberFrom = (name: 'members' | 'minutes' | 'branch' | 'seed', least: number, most: number): number => {
  const number = Number(values[name]);
  if (Number.isFinite(number) && number >= least && number <= most) return number;
  return stopWith(`--${name} takes a number from ${least} to ${most}.`);
};
const names = values.fault === 'all' ? troubleNames : values.fault.split(',');
const unknown = names.find((name) => !isTrouble(name));
if (unknown !== undefined) stopWith(`"${unknown}" is no fault; known are ${troubleNames.join(', ')}.`);
const members = numberFrom('members', 3, 10_000);
const lastsMs = numberFrom('minutes', 0.1, 60) * 60_000;
const perBranch = numberFrom('branch', 3, 100);
const random = chance(numberFrom('seed', 0, 2 ** 31));
const tell = (line: string) => console.error(line);

const copy = await startCopy({ seed: 'empty', metered: true }, tell);
const line = await startBadLine(copy.url, random);
try {
  const figures: ({ fault: TroubleName } & FaultFigures)[] = [];
  for (const fault of names.filter(isTrouble)) {
    // members of their own for each, so that no run finds the leavings of another
    const branches = await populate(copy.url, copy.dataDir, { count: members, perBranch, tell });
    const halls = [];
    for (const branch of branches) {
      const hall = await openHall(branch, Date.now());
      halls.push(fault === 'buffering-proxy' ? through(line.url, hall) : hall);
    }
    tell(`${fault}: ${halls.length} halls are open`);
    figures.push({ fault, ...(await playTrouble(halls, troubleOf(fault, copy.url, line), { lastsMs, random })) });
  }
  if (values.json) console.log(JSON.stringify({ members, minutes: lastsMs / 60_000, faults: figures }));
  else print(figures);
  const bad = figures.filter(({ lost, doubled, answeredOtherwise }) => lost + doubled + answeredOtherwise > 0);
  if (bad.length > 0) process.exitCode = 1;
} finally {
  await line.stop();
  await copy.end();
}

function print(figures: readonly ({ fault: TroubleName } & FaultFigures)[]): void {
  console.log(
    table(
      [
        'fault',
        'acts',
        'tries',
        'acknowledged',
        'stored',
        'lost',
        'doubled',
        'slowest s',
        'acts again after s',
        'files after s',
        'oldest state s',
      ],
      figures.map((it) => [
        it.fault,
        it.acts,
        it.tries,
        it.acknowledged,
        it.stored,
        it.lost,
        it.doubled + it.answeredOtherwise,
        it.slowest,
        it.recoveredActs,
        it.recoveredFiles,
        it.oldestState,
      ]),
    ),
  );
}
