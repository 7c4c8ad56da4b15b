import * as v from 'valibot';
import { UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import { Closing, Correction, Definition, EveningRow, Progress, ReportFrame, ReportTexts } from './model.ts';

const span = { from: Day, to: Day, cutOff: v.optional(Instant) };
const periodRefusals = { 'period-wrong': 422, 'cut-off-wrong': 422 } as const;

export * from './backlog-contract.ts';
export * from './handover-contract.ts';

export const evening = operation({
  id: 'reports.evening',
  summary: 'Which branches below a unit meet on a day, with attendance and rating as they come in',
  method: 'GET',
  path: '/api/reports/{unitId}/evening',
  allow: 'reports.see',
  givesWay: 'statistics',
  input: v.object({ unitId: UnitId, day: Day }),
  output: v.object({ day: Day, at: Instant, unitName: v.string(), rows: v.array(EveningRow) }),
  refusals: {},
});

export const progress = operation({
  id: 'reports.progress',
  summary: 'Figures of a unit and all below it in a period; of a closed period as they were, with later corrections',
  method: 'GET',
  path: '/api/reports/{unitId}/progress',
  allow: 'reports.see',
  givesWay: 'statistics',
  input: v.object({ unitId: UnitId, ...span }),
  output: v.object({
    progress: Progress,
    definitions: v.array(Definition),
    /** What staff may start from; nothing in it but what the figures say. */
    texts: ReportTexts,
    closing: v.optional(Closing),
    corrections: v.array(Correction),
  }),
  refusals: periodRefusals,
});

export const exportReport = operation({
  id: 'reports.exportReport',
  summary: 'The progress report as a Word file in the layout of a party document',
  method: 'POST',
  path: '/api/reports/{unitId}/export',
  allow: 'reports.issue',
  audited: true,
  givesWay: 'statistics',
  input: v.object({ unitId: UnitId, ...span, texts: ReportTexts, frame: ReportFrame }),
  output: v.object({ fileName: v.string(), contentType: v.string(), base64: v.string() }),
  refusals: periodRefusals,
});

export const freeze = operation({
  id: 'reports.freeze',
  summary: 'Close a period: its figures are kept as they are now; later changes appear as corrections',
  method: 'POST',
  path: '/api/reports/{unitId}/freeze',
  allow: 'reports.issue',
  audited: true,
  input: v.object({ unitId: UnitId, ...span }),
  output: Closing,
  refusals: { ...periodRefusals, 'not-over': 409, 'closed-otherwise': 409 },
});

export const frozen = operation({
  id: 'reports.frozen',
  summary: 'Closed periods of a unit, the newest first',
  method: 'GET',
  path: '/api/reports/{unitId}/frozen',
  allow: 'reports.see',
  givesWay: 'statistics',
  input: v.object({ unitId: UnitId }),
  output: v.object({ closings: v.array(Closing) }),
  refusals: {},
});
