import { pollSecondsIn } from '#shared/meetings/looks.ts';
import { chance } from './arrivals.ts';
import type { Hall } from './evening.ts';

/** What happens in a hall, in seconds from the announced time, and how closely phones follow from then on. */
interface Happening {
  readonly at: number;
  readonly every?: number;
}

const MINUTE = 60;
const DOOR = -15 * MINUTE;
const END = 90 * MINUTE;

/**
 * Ninety minutes of a hall with much to show: check-ins around the announced time, twelve steps, three votes of three
 * minutes, two thirds give an opinion, six are answered, eight speak. Each of these is a version of the live file.
 */
const happenings = (members: number, random: () => number): Happening[] => {
  const { voting, open, door } = pollSecondsIn(members);
  const some = (count: number, from: number, to: number): Happening[] =>
    Array.from({ length: count }, () => ({ at: from + (to - from) * random() }));
  const votes = [25, 50, 75].flatMap((minute) => [
    { at: (minute - 1) * MINUTE },
    { at: minute * MINUTE, every: voting },
    { at: (minute + 3) * MINUTE },
    // counted, witnessed, published: until then phones wait for the result
    { at: (minute + 4) * MINUTE, every: open },
    { at: (minute + 4.5) * MINUTE },
  ]);
  return [
    { at: DOOR, every: door },
    { at: 0, every: open },
    ...some(members, -10 * MINUTE, 10 * MINUTE),
    ...some(5, 15 * MINUTE, 20 * MINUTE),
    ...some(12, 0, END),
    ...some(Math.round(members * 0.67), 20 * MINUTE, 80 * MINUTE),
    ...some(6, 30 * MINUTE, 85 * MINUTE),
    ...some(8 * 3, 20 * MINUTE, 80 * MINUTE),
    ...votes,
  ].sort((a, b) => a.at - b.at);
};

/** Facts are gathered so long before they make a version. */
const GATHERED = 4;

/** Looks of a phone that is lit from the opening of the door to the end: with something new, and without. */
export const looksOf = (members: number, random: () => number): { readonly fresh: number; readonly same: number } => {
  const all = happenings(members, random);
  const shown = new Set<number>();
  let [fresh, same] = [0, 0];
  for (let at = DOOR; at < END; ) {
    const so = all.filter((one) => one.at + GATHERED <= at);
    const versions = new Set(so.map((one) => Math.floor(one.at / GATHERED)));
    if (versions.size > shown.size) fresh += 1;
    else same += 1;
    for (const version of versions) shown.add(version);
    const every = so.findLast((one) => one.every !== undefined)?.every ?? pollSecondsIn(members).door;
    at += every * (0.8 + 0.4 * random());
  }
  return { fresh, same };
};

/** Evenings that are played: one evening's chance may lie a tenth beside the mean. */
const EVENINGS = 40;

/** Of the largest branch: it sees most changes, and the mark holds for it too. Source: README, a branch has 10 to 100 members. */
const LARGEST_HALL = 100;

/** Header lines that are new with each version of a file, asked for and answered. */
const OF_A_VERSION = ['etag', 'last-modified', 'content-length', 'if-none-match'];
const turned = (digit: string): string => (15 - Number.parseInt(digit, 16)).toString(16);

/** Bytes of all looks of such a phone in the mean, with the live file of this hall as its site sends it now. */
export const bytesOfLooks = async (hall: Hall, members = LARGEST_HALL): Promise<number> => {
  const [one] = hall.members;
  if (!one) return 0;
  const path = `/content/live/${hall.unitId}/${hall.meetingId}.json`;
  // the first two looks tell the phone the header lines that come again with every look
  const first = await one.person.read(path);
  await one.person.read(path, first.etag);
  one.person.forgetLines(OF_A_VERSION);
  // the phone names the version it has, and is sent another; a name of the same length stands for it
  const whole = await one.person.read(path, first.etag?.replace(/[0-9a-f]/g, turned));
  await one.person.read(path, whole.etag);
  const nothingNew = await one.person.read(path, whole.etag);
  if (whole.status !== 200 || nothingNew.status !== 304)
    throw new Error(`the live file was answered with ${whole.status} and ${nothingNew.status}`);
  const evenings = Array.from({ length: EVENINGS }, (_, seed) => looksOf(members, chance(seed)));
  const bytes = evenings.reduce((sum, { fresh, same }) => sum + fresh * whole.bytes + same * nothingNew.bytes, 0);
  return Math.round(bytes / EVENINGS);
};
