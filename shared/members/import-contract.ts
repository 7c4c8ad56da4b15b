import * as v from 'valibot';
import { UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { ROWS_AT_ONCE, SentRow, SentUnit, Verdict } from './roll.ts';

const here = { unitId: UnitId };

export const previewImport = operation({
  id: 'members.previewImport',
  summary: 'What would become of these lines of a file; nothing is written',
  method: 'POST',
  path: '/api/members/{unitId}/import/preview',
  allow: 'members.manage',
  input: v.object({ ...here, rows: v.pipe(v.array(SentRow), v.minLength(1), v.maxLength(ROWS_AT_ONCE)) }),
  output: v.object({ lines: v.array(Verdict) }),
  refusals: {},
});

export const importRows = operation({
  id: 'members.importRows',
  summary: 'Take the good lines of a file; sent twice they change nothing',
  method: 'POST',
  path: '/api/members/{unitId}/import',
  allow: 'members.manage',
  audited: true,
  input: previewImport.input,
  output: v.object({ lines: v.array(Verdict) }),
  refusals: {},
});

export const previewUnits = operation({
  id: 'members.previewUnits',
  summary: 'What would become of these lines of a file of organisations; nothing is written',
  method: 'POST',
  path: '/api/members/{unitId}/import-units/preview',
  allow: 'members.manage',
  input: v.object({ ...here, rows: v.pipe(v.array(SentUnit), v.minLength(1), v.maxLength(ROWS_AT_ONCE)) }),
  output: v.object({ lines: v.array(Verdict) }),
  refusals: {},
});

export const importUnits = operation({
  id: 'members.importUnits',
  summary: 'Add the organisations of these lines, the higher ones first; sent twice they change nothing',
  method: 'POST',
  path: '/api/members/{unitId}/import-units',
  allow: 'members.manage',
  audited: true,
  input: previewUnits.input,
  output: v.object({ lines: v.array(Verdict) }),
  refusals: {},
});
