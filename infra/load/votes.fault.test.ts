import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chance } from './arrivals.ts';
import { openHall } from './evening.ts';
import { type OwnCopy, startCopy } from './own-copy.ts';
import { type Branch, populate } from './population.ts';
import { voteStorm } from './vote-storm.ts';

// R4 and R5 of product.md in small; `npm run load -- --votes 5000` is the whole of them.
const MEMBERS = 70;

let copy: OwnCopy;
let branches: readonly Branch[];
beforeAll(async () => {
  copy = await startCopy({ seed: 'empty', metered: true }, () => {});
  // more than sixty in a branch: their ballots are spread over two items
  branches = await populate(copy.url, copy.dataDir, { count: 2 * MEMBERS, perBranch: MEMBERS, tell: () => {} });
}, 240_000);
afterAll(async () => copy?.end());

const clean = { lost: 0, doubled: 0, changed: 0, late: 0 };

describe('while functions are killed, answers get lost and writes meet each other', () => {
  test('every vote that was thanked for is counted once, and none after the closing', async () => {
    const hall = await openHall(branches[0] as Branch, Date.now());
    const figures = await voteStorm([hall], { url: copy.url, lastsMs: 6_000, random: chance(4) });
    expect(figures).toMatchObject({ ...clean, votes: MEMBERS, thanked: MEMBERS, stored: MEMBERS });
    expect(figures.broken).toBeGreaterThan(0);
  });

  test('a vote closed in the middle has each ballot before or after the one instant of its closing', async () => {
    const hall = await openHall(branches[1] as Branch, Date.now());
    const figures = await voteStorm([hall], { url: copy.url, lastsMs: 6_000, random: chance(5), closeAt: 0.5 });
    expect(figures).toMatchObject({ ...clean, votes: MEMBERS, stored: figures.thanked });
    expect(figures.thanked).toBeGreaterThan(0);
    expect(figures.refused).toBeGreaterThan(0);
    expect(figures.thanked + figures.refused).toBe(MEMBERS);
  });
});
