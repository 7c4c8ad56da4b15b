import { parseArgs } from 'node:util';
import { chance } from './arrivals.ts';
import { openHall } from './evening.ts';
import { table } from './measure.ts';
import { startCopy } from './own-copy.ts';
import { populate } from './population.ts';
import { type StormFigures, voteStorm } from './vote-storm.ts';

/**
 * `npm run load -- --votes 5000 [--seconds 60] [--branch 70] [--json]`: so many votes in so many seconds while functions are
 * killed, answers get lost and writes meet each other; once to the end, once closed in the middle. Ends with 1 if a vote that
 * was thanked for is missing, or anything is counted twice or late. Source: product.md R4, R5.
 */
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    votes: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '60' },
    branch: { type: 'string', default: '70' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const numberFrom = (name: 'votes' | 'seconds' | 'branch' | 'seed', least: number, most: number): number => {
  const number = Number(values[name]);
  if (Number.isFinite(number) && number >= least && number <= most) return number;
  console.error(`--${name} takes a number from ${least} to ${most}.`);
  process.exit(1);
};
const count = numberFrom('votes', 10, 20_000);
const lastsMs = numberFrom('seconds', 1, 600) * 1_000;
const perBranch = numberFrom('branch', 3, 100);
const random = chance(numberFrom('seed', 0, 2 ** 31));
const tell = (line: string) => console.error(line);

const copy = await startCopy({ seed: 'empty', metered: true }, tell);
try {
  const branches = await populate(copy.url, copy.dataDir, { count, perBranch, tell });
  const runs: Record<string, StormFigures> = {};
  for (const [name, closeAt] of [
    ['to the end', undefined],
    ['closed in the middle', 0.5],
  ] as const) {
    const halls = [];
    for (const branch of branches) halls.push(await openHall(branch, Date.now()));
    tell(`${halls.length} votes are open: ${name}`);
    runs[name] = await voteStorm(halls, { url: copy.url, lastsMs, random, ...(closeAt !== undefined && { closeAt }) });
  }
  const all = Object.entries(runs);
  if (values.json) console.log(JSON.stringify({ seconds: lastsMs / 1_000, perBranch, runs }));
  else {
    const columns = Object.keys(all[0]?.[1] ?? {}) as (keyof StormFigures)[]; // those of the interface
    console.log(
      table(
        ['run', ...columns],
        all.map(([name, figures]) => [name, ...columns.map((one) => figures[one])]),
      ),
    );
  }
  if (all.some(([, { lost, doubled, changed, late }]) => lost + doubled + changed + late > 0)) process.exitCode = 1;
} finally {
  await copy.end();
}
