import * as v from 'valibot';
import { ReportFrame } from '#shared/reports/model.ts';

const under = (unitId: string): string => `report-frame:${unitId}`;

/** How the last report of this unit was headed and signed on this browser; the number is new each time. */
export const keptFrame = (unitId: string): ReportFrame | undefined => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ReportFrame), localStorage.getItem(under(unitId)));
  return parsed.success ? parsed.output : undefined;
};

export const keepFrame = (unitId: string, { number: _, ...frame }: ReportFrame): void =>
  localStorage.setItem(under(unitId), JSON.stringify(frame));
