import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import heldOut from './simulate-held-out.json' with { type: 'json' };
import learnt from './simulate-learnt.json' with { type: 'json' };
import { compareRuns, isWithin, LoadRun } from './simulate-predict.ts';

describe('the forecast', () => {
  const [from, to] = [learnt, heldOut].map((run) => v.parse(LoadRun, run)) as [LoadRun, LoadRun];
  const rate = ({ members, minutes }: LoadRun) => members / (minutes * 60);

  it('of a load run at another rate holds within 20 % for counts and 50 % for p95', () => {
    expect(rate(to) / rate(from)).toBeGreaterThan(1.3);
    const compared = compareRuns(from, to);
    expect(compared.map(({ figure, within }) => [figure, within])).toEqual([
      ...['requests', 'bytes', 'functionRuns', 'readUnits', 'writeUnits'].map((figure) => [figure, 0.2]),
      ['p95 of all steps, ms', 0.5],
    ]);
    expect(compared.filter((it) => !isWithin(it))).toEqual([]);
  });

  it('is off when what was measured is another evening', () => {
    const other = { ...to, perMember: { ...to.perMember, writeUnits: to.perMember.writeUnits * 1.5 } };
    const off = compareRuns(from, other).filter((it) => !isWithin(it));
    expect(off.map(({ figure }) => figure)).toEqual(['writeUnits']);
  });
});
