import { hashOf } from '#runtime/files.ts';
import { httpApi, route } from '#runtime/http.ts';
import { issuerOf } from '#runtime/official-issuer.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { evening, exportHandover, exportReport, freeze, frozen, progress } from '#shared/reports/contract.ts';
import { branchRows, eveningRows, figuresOf } from '#shared/reports/figures.ts';
import { type Closing, definitions, type Period, type Progress } from '#shared/reports/model.ts';
import { correctionsOf, decideClosing, decidePeriod } from '#shared/reports/rules.ts';
import { firstTexts } from '#shared/reports/wording.ts';
import { backlogRows } from './backlog.ts';
import { handoverDocument } from './handover-document.ts';
import { regionOf, tracesOfDay, tracesOfPeriod } from './region.ts';
import { reportDocument } from './report-document.ts';
import { closedText, closingOf, closingsOf, keepClosing } from './store.ts';

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

export const handler = httpApi('reports', [
  ...backlogRows,
  route(evening, async ({ input: { unitId, day }, now }) => {
    const region = await regionOf(unitId, day);
    if (!region) return refuse('not-found');
    const rows = eveningRows(await tracesOfDay(region, day), day, now);
    return ok({ day, at: now, unitName: region.name, rows });
  }),

  route(progress, async ({ input: { unitId, ...asked }, now }) => {
    const found = await reportOf(unitId, asked, now);
    if (!found.ok) return found;
    const { report, closing, today } = found.value;
    const corrections = today ? correctionsOf(report.figures, today.figures) : [];
    const texts = firstTexts(report);
    return ok({ progress: report, definitions: [...definitions], texts, ...(closing && { closing }), corrections });
  }),

  route(exportReport, async ({ input: { unitId, texts, frame, ...asked }, now }) => {
    const found = await reportOf(unitId, asked, now);
    if (!found.ok) return found;
    const { report } = found.value;
    const file = await reportDocument(report, { texts, frame, day: dayOf(now) });
    const { from, to } = report.period;
    return ok({
      fileName: `bao-cao-${unitId}-${from}-${to}.docx`,
      contentType: WORD,
      base64: Buffer.from(file).toString('base64'),
    });
  }),

  route(exportHandover, async ({ input: { unitId, parts }, now }) => {
    const day = dayOf(now);
    const file = await handoverDocument(parts, await issuerOf(unitId, now), day);
    return ok({
      fileName: `ban-giao-${unitId}-${day}.docx`,
      contentType: WORD,
      base64: Buffer.from(file).toString('base64'),
    });
  }),

  route(freeze, async ({ input: { unitId, ...asked }, actor, now }) => {
    const period = decidePeriod(asked, now);
    if (!period.ok) return period;
    const standing = await closingOf(unitId, asked.from, asked.to);
    const decided = decideClosing(period.value, standing, { asked: asked.cutOff, now });
    if (!decided.ok) return decided;
    if (standing) return ok(standing);
    const report = await countedFor(unitId, period.value);
    if (!report) return refuse('not-found');
    const text = JSON.stringify(report);
    const closing = { period: period.value, closedAt: now, closedBy: actor.memberId, hash: hashOf(text) };
    return ok(await keepClosing(unitId, closing, text));
  }),

  route(frozen, async ({ input: { unitId } }) => ok({ closings: await closingsOf(unitId) })),
]);

type Asked = Pick<Period, 'from' | 'to'> & { readonly cutOff?: Instant | undefined };
interface Found {
  readonly report: Progress;
  readonly closing?: Closing;
  /** Of a closed period: the same figures counted today. */
  readonly today?: Progress;
}

/** The report of a period: as it was closed, or counted now. */
const reportOf = async (
  unitId: UnitId,
  asked: Asked,
  now: Instant,
): Promise<Result<Found, 'period-wrong' | 'cut-off-wrong' | 'not-found'>> => {
  const period = decidePeriod(asked, now);
  if (!period.ok) return period;
  const closing = await closingOf(unitId, asked.from, asked.to);
  const today = await countedFor(unitId, closing?.period ?? period.value);
  if (!today) return refuse('not-found');
  if (!closing) return ok({ report: today });
  const { progress: report } = await closedText(unitId, asked.from, asked.to);
  return ok({ report, closing, today });
};

/** Counts the figures of a unit and all below it from what is kept of the facts. */
const countedFor = async (unitId: UnitId, period: Period): Promise<Progress | undefined> => {
  const region = await regionOf(unitId, dayOf(period.cutOff));
  if (!region) return undefined;
  const units = await tracesOfPeriod(region, period);
  return {
    unitId,
    unitName: region.name,
    ...(region.superiorName && { superiorName: region.superiorName }),
    period,
    figures: figuresOf(units, period),
    branches: branchRows(units, period),
  };
};
