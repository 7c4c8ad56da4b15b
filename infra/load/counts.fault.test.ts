import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BranchManifest, LiveMeeting, Pack } from '#shared/meetings/model.ts';
import { openHall } from './evening.ts';
import { playHour } from './hour.ts';
import { type OwnCopy, startCopy } from './own-copy.ts';
import { type Branch, populate } from './population.ts';
import { storm } from './storm.ts';

const MEMBERS = 90;

let copy: OwnCopy;
let branches: readonly Branch[];
beforeAll(async () => {
  copy = await startCopy({ seed: 'empty' }, () => {});
  branches = await populate(copy.url, copy.dataDir, { count: MEMBERS, perBranch: 30, tell: () => {} });
}, 120_000);
afterAll(() => copy?.end());

it('an evening costs each member what the marks allow, and nothing thanked for is missing', async () => {
  const quiet = () => {};
  // as dense as 65 members a second in a province of 13,000: three halls that arrive together
  const hour = await playHour(copy.url, branches, {
    minutes: 0.3,
    peak: 3,
    cold: 1 / 3,
    looks: 2,
    seed: 1,
    tell: quiet,
  });

  expect(hour).toMatchObject({ lost: 0, doubled: 0, failures: {}, acknowledged: 3 * MEMBERS, stored: 3 * MEMBERS });
  const runsOf = (operation: string) => hour.costs.find((cost) => cost.operation === operation)?.runs ?? 0;
  expect({
    renew: runsOf('access.renewSession'),
    mine: runsOf('meetings.mine'),
    opinion: runsOf('meetings.giveOpinion'),
    vote: runsOf('meetings.vote'),
  }).toEqual({ renew: MEMBERS, mine: MEMBERS, opinion: MEMBERS, vote: MEMBERS });
  // five second taps; three connections that broke, before or after they were heard
  expect(runsOf('meetings.checkIn')).toBeGreaterThanOrEqual(MEMBERS + 5);
  expect(runsOf('meetings.checkIn')).toBeLessThanOrEqual(MEMBERS + 8);

  // that a page was seen is told with the renewal, once each
  expect(hour.costs.find((cost) => cost.operation === 'access.renewSession')?.writeUnits).toBe(MEMBERS);

  const { functionRuns, readUnits, writeUnits } = hour.perMember;
  const { bytesCold, bytesPrepared, bytesAfternoon, bytesOfNinetyMinutes } = hour.perMember;
  // the marks of an evening
  expect(functionRuns).toBeLessThanOrEqual(6);
  expect(readUnits).toBeLessThanOrEqual(12);
  expect(writeUnits).toBeLessThanOrEqual(10);
  // the site's own files are held to 60 kB of script by their own budget
  expect(bytesCold).toBeLessThanOrEqual(40_000);
  expect(bytesPrepared).toBeLessThanOrEqual(15_000);
  expect(bytesAfternoon).toBeLessThanOrEqual(15_000);
  // in the largest hall, where most changes
  expect(bytesOfNinetyMinutes).toBeLessThanOrEqual(60_000);
});

it('check-ins sent three times stand once each, and a hall behind one address is never turned away', async () => {
  const crowd = await populate(copy.url, copy.dataDir, { count: 100, perBranch: 100, tell: () => {} });
  const found = await storm(crowd, { seconds: 3, times: 3 });
  expect(found).toMatchObject({ acknowledged: 100, stored: 100, doubled: 0 });
  expect(found.sent).toMatchObject({ count: 300, failed: 0 });
});

it('looking costs no function: thirty members open list, state and pack of their meeting and none is called', async () => {
  const { url } = copy;
  const [branch] = branches;
  if (branch?.members.length !== 30) throw new Error('nobody was brought in');
  const hall = await openHall(branch, Date.now());
  const hurried = async () => (await fetch(`${url}/_local/lag?settle=60&hurry=1`)).json();
  await hurried();
  const live = `/content/live/${hall.unitId}/${hall.meetingId}.json`;
  const { body } = await hall.secretary.read<LiveMeeting>(live);
  await hurried();
  const before = await runs(url);
  const pack = `/content/pack/${hall.unitId}/${body.pack}.json`;
  const list = `/content/live/${hall.unitId}/branch.json`;
  for (const { person } of hall.members) {
    expect((await person.read<BranchManifest>(list)).body.meetings.map((row) => row.meetingId)).toContain(
      hall.meetingId,
    );
    expect((await person.read<LiveMeeting>(live)).body.state).toBe('open');
    expect((await person.read<Pack>(pack)).body.title).toContain('Sinh hoạt');
  }
  expect(await runs(url)).toBe(before);
});

/** Function runs since the copy began. */
const runs = async (url: string): Promise<number> => {
  const { functions } = (await (await fetch(`${url}/_local/counters`)).json()) as {
    functions: Record<string, { invocations: number }>;
  };
  return Object.values(functions).reduce((sum, { invocations }) => sum + invocations, 0);
};
