import * as v from 'valibot';
import { ActionId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Month } from '#shared/kernel/time.ts';
import { PreparationRow } from './progress.ts';
import { RequiredContent, RequiredItem } from './required.ts';
import { RequiredId } from './shown.ts';

const above = { unitId: UnitId };

export const sendDown = operation({
  id: 'meetings.sendDown',
  summary: 'Put an item with its papers on the agenda of every branch below; the same act again is the same item',
  method: 'POST',
  path: '/api/meetings/{unitId}/required',
  allow: 'meetings.require',
  audited: true,
  input: v.object({ ...above, actionId: ActionId, ...RequiredContent.entries }),
  output: RequiredItem,
  refusals: { 'days-wrong': 422 },
});

export const takeBack = operation({
  id: 'meetings.takeBack',
  summary: 'Ask for an item no more; where it was taken it stays',
  method: 'POST',
  path: '/api/meetings/{unitId}/required/{requiredId}/take-back',
  allow: 'meetings.require',
  audited: true,
  input: v.object({ ...above, requiredId: RequiredId }),
  output: RequiredItem,
  refusals: {},
});

export const preparations = operation({
  id: 'meetings.preparations',
  summary: 'How far the branches below are with the meetings of a month, and whether they took what was asked for',
  method: 'GET',
  path: '/api/meetings/{unitId}/preparations',
  allow: 'meetings.oversee',
  input: v.object({ ...above, month: Month }),
  output: v.object({ items: v.array(RequiredItem), rows: v.array(PreparationRow) }),
  refusals: {},
});
