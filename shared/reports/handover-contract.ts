import * as v from 'valibot';
import { UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';

const words = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(most));

/** One thing that is handed over: what it is, and how it stands. */
export const HandedOver = v.object({ what: words(600), stands: words(600) });

/** One part of the folder, as its page shows it. Without rows the note says why there are none. */
export const HandoverPart = v.object({
  title: words(120),
  rows: v.pipe(v.array(HandedOver), v.maxLength(300)),
  note: words(300),
});
export type HandoverPart = v.InferOutput<typeof HandoverPart>;

export const exportHandover = operation({
  id: 'reports.exportHandover',
  summary:
    'What a secretary hands over to the next, as a Word file that both sign; the page gathers the parts from the contexts that know them',
  method: 'POST',
  path: '/api/reports/{unitId}/handover',
  allow: 'meetings.run',
  audited: true,
  givesWay: 'statistics',
  input: v.object({ unitId: UnitId, parts: v.pipe(v.array(HandoverPart), v.minLength(1), v.maxLength(12)) }),
  output: v.object({ fileName: v.string(), contentType: v.string(), base64: v.string() }),
  refusals: {},
});
