import * as v from 'valibot';
import { UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Month } from '#shared/kernel/time.ts';
import { Balance } from './model.ts';

export const mine = operation({
  id: 'points.mine',
  summary: 'My points of one month, line by line, with what the caps let through',
  method: 'GET',
  path: '/api/points/mine',
  allow: 'signed-in',
  input: v.object({ month: Month }),
  output: Balance,
  refusals: {},
});

export const ofBranch = operation({
  id: 'points.ofBranch',
  summary: 'The total of my branch in one month; never a list of persons',
  method: 'GET',
  path: '/api/points/{unitId}/total',
  allow: 'points.see',
  input: v.object({ unitId: UnitId, month: Month }),
  output: v.object({ month: Month, total: v.number() }),
  refusals: {},
});
