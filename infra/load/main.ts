import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Hall, openHall } from './evening.ts';
import { type Hour, playHour, settled } from './hour.ts';
import { findKnee } from './knee.ts';
import { type StepFigures, table } from './measure.ts';
import { startCopy } from './own-copy.ts';
import { adapterIn, handbookAdapter, playSimpleEvening, type SimpleEvening } from './peer.ts';
import { picture } from './picture.ts';
import { populate } from './population.ts';
import { storm } from './storm.ts';

/**
 * `npm run load -- --members 2000 --minutes 2`: starts a copy of everything, brings members in, and plays the meeting hour
 * against it: arrivals with a peak whether or not the answers come, a third of them cold, second taps, broken connections
 * and slow phones among them, with each hall's secretary and screen. It ends by itself, and speaks only to its own copy.
 *
 * `--minutes 10,1` plays it twice with the same members, and `--find-knee` after it looks for the highest rate that holds.
 * `--rate 65` asks for an even rate of members a second instead of a peak; `--storm` for R3: every check-in in one minute,
 * each sent three times; `--peer FILE` plays a simple evening against another server and then against the handbook. `--json` prints what a program reads;
 * `--picture FILE` draws it.
 */
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    members: { type: 'string' },
    minutes: { type: 'string' },
    peak: { type: 'string', default: '3' },
    cold: { type: 'string', default: '0.33' },
    branch: { type: 'string', default: '30' },
    looks: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string' },
    'find-knee': { type: 'boolean', default: false },
    storm: { type: 'boolean', default: false },
    peer: { type: 'string' },
    json: { type: 'boolean', default: false },
    picture: { type: 'string' },
  },
});

const within = (name: keyof typeof values, text: string | number, least: number, most: number): number => {
  const number = Number(text);
  if (Number.isFinite(number) && number >= least && number <= most) return number;
  console.error(`--${name} takes a number from ${least} to ${most}.`);
  process.exit(1);
};
const numberFrom = (name: keyof typeof values, fallback: number, least: number, most: number): number =>
  within(name, String(values[name] ?? fallback), least, most);
const rate = values.rate === undefined ? undefined : numberFrom('rate', 1, 0.1, 2000);
// `--minutes 10,1` plays the same members twice: in ten minutes, then in one
const [minutes = 2, ...moreMinutes] = (values.minutes ?? (rate === undefined ? '2' : '1'))
  .split(',')
  .map((text) => within('minutes', text, 0.05, 60));
const members = numberFrom('members', rate === undefined ? 2000 : Math.round(rate * 60 * minutes), 1, 100_000);
const options = {
  minutes: rate === undefined ? minutes : members / rate / 60,
  peak: rate === undefined ? numberFrom('peak', 3, 1, 6) : 1,
  cold: numberFrom('cold', 0.33, 0, 1),
  looks: numberFrom('looks', 2, 0, 1000),
  seed: numberFrom('seed', 1, 0, 2 ** 31),
  tell: (line: string) => console.error(line),
};

const stepTable = (steps: readonly StepFigures[]): string =>
  table(
    ['step', 'count', 'failed', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'],
    steps.map(({ step, count, failed, p50, p95, p99, max }) => [step, count, failed, p50, p95, p99, max]),
  );

const show = (hour: Hour): void => {
  const each = (value: number) => Math.round((value / hour.members) * 100) / 100;
  console.log(stepTable(hour.steps));
  console.log(
    `\n${table(
      ['function', 'operation', 'runs', 'calls', 'read', 'write', 'puts', '(per member)'],
      hour.costs.map((cost) => [
        cost.function,
        cost.operation,
        each(cost.runs),
        each(cost.calls),
        each(cost.readUnits),
        each(cost.writeUnits),
        each(cost.puts),
      ]),
    )}`,
  );
  const words = (what: object) =>
    Object.entries(what)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  console.log(`\nper member: ${words(hour.perMember)}`);
  console.log(`per hall, by its staff: ${words(hour.perHall)}`);
  console.log(`processor time per member, ms: ${words(hour.processor)}`);
  console.log(`age of what phones see, seconds: ${words(hour.liveAge)}`);
  console.log(`errors ${hour.errors * 100} % ${words(hour.failures)}`);
  console.log(
    `acknowledged ${hour.acknowledged}, stored ${hour.stored}, lost ${hour.lost}, doubled ${hour.doubled}, ${hour.seconds} s`,
  );
};

const tellHour = (hour: Hour): void => {
  if (values.json) console.log(JSON.stringify(hour));
  else show(hour);
  if (values.picture !== undefined) writeFileSync(values.picture, picture(hour));
  if (hour.lost > 0 || hour.doubled > 0) process.exitCode = 1;
};

/** One after the other, so that they do not take the machine from each other. */
const sideBySide = async (file: string): Promise<void> => {
  const peer = await playSimpleEvening(await adapterIn(file), { ...options, members });
  const copy = await startCopy({ seed: 'empty' }, options.tell);
  let handbook: SimpleEvening;
  try {
    const branches = await populate(copy.url, copy.dataDir, { count: members, perBranch: 30, tell: options.tell });
    const halls: Hall[] = [];
    for (const branch of branches) halls.push(await openHall(branch, Date.now()));
    await settled(copy.url);
    handbook = await playSimpleEvening(handbookAdapter(halls), { ...options, members });
  } finally {
    await copy.end();
  }
  if (values.json) return console.log(JSON.stringify({ peer, handbook }));
  for (const [name, evening] of Object.entries({ [file]: peer, handbook })) {
    console.log(
      `\n${name}: ${evening.done * 100} % came to the end, ${evening.within3s * 100} % within 3 s at each step`,
    );
    console.log(stepTable(evening.steps));
  }
};

if (values.peer !== undefined) await sideBySide(values.peer);
else {
  const copy = await startCopy({ seed: 'empty' }, options.tell);
  try {
    const perBranch = numberFrom('branch', 30, 3, 100);
    const branches = await populate(copy.url, copy.dataDir, { count: members, perBranch, tell: options.tell });
    if (values.storm) {
      const found = await storm(branches, { seconds: 60 * minutes, times: 3 });
      console.log(JSON.stringify(found));
      if (found.stored !== found.acknowledged || found.acknowledged !== members) process.exitCode = 1;
    } else {
      // the knee alone, unless an hour is asked for too
      if (!values['find-knee'] || values.minutes !== undefined)
        for (const each of [options.minutes, ...moreMinutes])
          tellHour(await playHour(copy.url, branches, { ...options, minutes: each }));
      if (values['find-knee']) console.log(JSON.stringify(await findKnee(copy.url, branches, options)));
    }
  } finally {
    await copy.end();
  }
}
