import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signInSettings } from '#shared/access/contract.ts';
import { chance } from './arrivals.ts';
import { type BadLine, startBadLine } from './bad-line.ts';
import { type Hall, openHall } from './evening.ts';
import { type FaultFigures, playTrouble, through } from './fault-evening.ts';
import { followed, type OwnCopy, startCopy } from './own-copy.ts';
import { populate } from './population.ts';
import { type TroubleName, troubleNames, troubleOf } from './troubles.ts';

const LASTS_MS = 3_000;
const MEMBERS = 8;

let copy: OwnCopy;
let line: BadLine;
const halls = new Map<TroubleName, Hall>();
beforeAll(async () => {
  copy = await startCopy({ seed: 'empty', metered: true }, () => {});
  line = await startBadLine(copy.url, chance(2));
  const count = MEMBERS * troubleNames.length;
  const branches = await populate(copy.url, copy.dataDir, { count, perBranch: MEMBERS, tell: () => {} });
  for (const [at, name] of troubleNames.entries()) {
    const branch = branches[at];
    if (branch) halls.set(name, await openHall(branch, Date.now()));
  }
}, 120_000);
afterAll(async () => {
  await line.stop();
  await copy.end();
});

const hallOf = (name: TroubleName): Hall => {
  const hall = halls.get(name);
  if (!hall) throw new Error(`${name} has no hall`);
  return hall;
};

const hurry = (): Promise<void> => followed(copy.url);

const play = (name: TroubleName): Promise<FaultFigures> =>
  playTrouble([hallOf(name)], troubleOf(name, copy.url, line), { lastsMs: LASTS_MS, random: chance(7), hurry });

const allStoredOnce = { acknowledged: 3 * MEMBERS, stored: 3 * MEMBERS, lost: 0, doubled: 0, answeredOtherwise: 0 };

describe('the evening goes on, with nothing thanked for lost and nothing done twice, when', () => {
  test.each([
    ['the engine of the tables is killed', 'kill-engine'],
    ['every function is killed, again and again', 'kill-functions'],
    ['three answers of ten are lost on their way', 'drop-responses'],
    ['the tables are slow', 'slow-engine'],
    ['the tables refuse three calls of ten', 'throttle'],
    ['three writes of ten meet another transaction', 'conflict'],
    ['facts arrive twice', 'duplicate-events'],
    ['facts arrive out of order', 'reorder-events'],
  ] as const)('%s', async (_, name) => {
    expect(await play(name)).toMatchObject(allStoredOnce);
  });

  test.each([
    ['nobody reaches the staff pool', 'cognito-down', 'cut'],
    ['the staff pool takes what is asked and never answers', 'cognito-hangs', 'no answer'],
  ] as const)('%s: whoever has a session notices nothing', async (_, name, expected) => {
    const { person } = hallOf(name).members[0] as Hall['members'][number];
    const { body } = await person.ask(signInSettings, {});
    const trouble = troubleOf(name, copy.url, line);
    let found = '';
    const begin = async (): Promise<void> => {
      await trouble.begin();
      found = await fetch(body.endpoint ?? '', { signal: AbortSignal.timeout(1_000) }).then(
        () => 'reached',
        (error: Error) => (error.name === 'TimeoutError' ? 'no answer' : 'cut'),
      );
    };
    const figures = await playTrouble(
      [hallOf(name)],
      { ...trouble, begin },
      { lastsMs: LASTS_MS, random: chance(7), hurry },
    );
    expect(found).toBe(expected);
    expect(figures).toMatchObject({ ...allStoredOnce, tries: 3 * MEMBERS });
    expect((await fetch(body.endpoint ?? '')).status).toBe(404);
  });

  test('the Wi-Fi wants a sign-in of its own, then is slow, loses packets and holds answers back', async () => {
    const hall = through(line.url, hallOf('buffering-proxy'));
    const figures = await playTrouble([hall], troubleOf('buffering-proxy', copy.url, line), {
      lastsMs: LASTS_MS * 2,
      random: chance(7),
      hurry,
    });
    expect(figures).toMatchObject(allStoredOnce);
    expect(figures.tries).toBeGreaterThan(figures.acts);
    expect(figures.oldestState).toBeLessThanOrEqual(15);
  });
});
