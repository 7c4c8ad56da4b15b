import * as v from 'valibot';
import { ActionId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Correction, Item } from './model.ts';
import { FullRecord, memberRefusals } from './records-contract.ts';

const here = { unitId: UnitId };

export const ownRecord = operation({
  id: 'members.ownRecord',
  summary: 'One’s own nine items, and what one has asked to be corrected',
  method: 'GET',
  path: '/api/members/own/record',
  allow: 'signed-in',
  input: v.object({}),
  output: v.object({ record: FullRecord, corrections: v.array(Correction) }),
  refusals: {},
});

export const askCorrection = operation({
  id: 'members.askCorrection',
  summary: 'Say that an item of one’s own record is wrong; the same act again is one',
  method: 'POST',
  path: '/api/members/own/correction',
  allow: 'signed-in',
  later: true,
  input: v.object({
    actionId: ActionId,
    item: Item,
    proposed: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
    note: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(500))),
  }),
  output: v.object({ correction: Correction }),
  refusals: { 'same-as-now': 409, unreadable: 422 },
});

/** A correction as those see it who decide: with the member's name. */
export const CorrectionRow = v.object({ ...Correction.entries, name: v.string() });
export type CorrectionRow = v.InferOutput<typeof CorrectionRow>;

export const listCorrections = operation({
  id: 'members.listCorrections',
  summary: 'Corrections that members of a branch asked for, the newest first',
  method: 'GET',
  path: '/api/members/{unitId}/corrections',
  allow: 'members.read',
  input: v.object(here),
  output: v.object({ corrections: v.array(CorrectionRow) }),
  refusals: {},
});

export const decideCorrection = operation({
  id: 'members.decideCorrection',
  summary: 'Confirm a correction (the branch), put it into the record (the office) or decline it with words',
  method: 'POST',
  path: '/api/members/{unitId}/corrections/{correctionId}/decide',
  allow: 'members.admit',
  audited: true,
  input: v.object({
    ...here,
    correctionId: v.pipe(v.string(), v.regex(/^[0-9a-z-]{1,60}$/)),
    decision: v.picklist(['confirm', 'apply', 'decline']),
    answer: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(500))),
  }),
  output: v.object({ correction: Correction }),
  refusals: {
    'already-decided': 409,
    'answer-needed': 422,
    unreadable: 422,
    'changed-meanwhile': 409,
    ...memberRefusals,
  },
});
