import * as v from 'valibot';
import { UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Instant } from '#shared/kernel/time.ts';
import { Way } from './backlog.ts';

export const backlog = operation({
  id: 'reports.backlog',
  summary:
    'What still follows from what was done: how much waits, how late it is, what was set aside. For the whole house',
  method: 'GET',
  path: '/api/reports/{unitId}/backlog',
  allow: 'operation.watch',
  input: v.object({ unitId: UnitId }),
  output: v.object({ at: Instant, ways: v.array(Way) }),
  refusals: {},
});

export const redrive = operation({
  id: 'reports.redrive',
  summary: 'Hand what was set aside on one way to its consumer again; what was done already is not done twice',
  method: 'POST',
  path: '/api/reports/{unitId}/backlog/{wayId}/redrive',
  allow: 'operation.watch',
  audited: true,
  input: v.object({ unitId: UnitId, wayId: v.string() }),
  output: v.object({ moving: v.number() }),
  refusals: { 'nothing-aside': 409, 'by-hand': 409 },
});
