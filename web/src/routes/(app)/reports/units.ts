import type { Session } from '#lib/session.svelte.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { unitsToReport } from '#shared/reports/rules.ts';

/** The organisation a person reports on: the one in the address if it is his to see, else the widest of his. */
export const unitAsked = (session: Session, url: URL): { readonly unitId: UnitId; readonly name: string } => {
  const asked = url.searchParams.get('unit');
  const own = unitsToReport(session.me.units, (chain) => session.may('reports.see', chain));
  const [first = { unitId: session.me.unitId, name: session.unitName }] = own;
  return own.find(({ unitId }) => unitId === asked) ?? first;
};
