import * as v from 'valibot';
import { ActionId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Day } from '#shared/kernel/time.ts';
import { OrgCode, UnitKind, UnitName } from './model.ts';

const here = { unitId: UnitId };

/** An organisation as it is today. */
export const UnitRow = v.object({
  unitId: UnitId,
  kind: UnitKind,
  name: v.string(),
  parentId: v.optional(UnitId),
  code: v.optional(OrgCode),
});
export type UnitRow = v.InferOutput<typeof UnitRow>;

export const listUnits = operation({
  id: 'members.listUnits',
  summary: 'An organisation and those below it, as many levels as asked',
  method: 'GET',
  path: '/api/members/{unitId}/units',
  allow: 'signed-in',
  input: v.object({
    ...here,
    levels: v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.picklist([1, 2, 3, 4, 5])), 5),
  }),
  output: v.object({ units: v.array(UnitRow) }),
  refusals: {},
});

export const unitOf = operation({
  id: 'members.unitOf',
  summary: 'An organisation with those above it, itself first',
  method: 'GET',
  path: '/api/members/{unitId}/unit',
  allow: 'signed-in',
  input: v.object(here),
  output: v.object({ unit: UnitRow, above: v.array(UnitRow), version: v.number() }),
  refusals: {},
});

export const createUnit = operation({
  id: 'members.createUnit',
  summary: 'Add an organisation below this one; the same act again answers the same organisation',
  method: 'POST',
  path: '/api/members/{unitId}/units',
  allow: 'members.manage',
  audited: true,
  input: v.object({
    ...here,
    actionId: ActionId,
    kind: UnitKind,
    name: UnitName,
    code: v.optional(OrgCode),
    from: v.optional(Day),
  }),
  output: v.object({ unit: UnitRow }),
  refusals: { 'wrong-place': 422, 'name-taken': 409, closed: 409, 'date-wrong': 422 },
});

export const changeUnit = operation({
  id: 'members.changeUnit',
  summary: 'Rename, move, close or merge an organisation from a day on; what was before stays known',
  method: 'POST',
  path: '/api/members/{unitId}/unit/change',
  allow: 'members.manage',
  stepUp: true,
  audited: true,
  input: v.object({
    ...here,
    change: v.variant('change', [
      v.object({ change: v.literal('rename'), name: UnitName, from: Day }),
      v.object({ change: v.literal('move'), parentId: UnitId, from: Day }),
      v.object({ change: v.literal('close'), from: Day, mergedInto: v.optional(UnitId) }),
    ]),
  }),
  output: v.object({ unit: UnitRow }),
  refusals: {
    closed: 409,
    'date-wrong': 422,
    'wrong-place': 422,
    'not-empty': 409,
    'is-root': 409,
    'name-taken': 409,
    'changed-meanwhile': 409,
  },
});
