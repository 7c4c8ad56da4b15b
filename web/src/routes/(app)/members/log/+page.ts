import { ask } from '#lib/api.ts';
import { problemOfOperation } from '#lib/problems.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { type AuditRow, auditOf } from '#shared/members/contract.ts';
import type { PageLoad } from './$types';

/** What was done at an organisation in the chosen days; the last week unless said otherwise. */
export const load: PageLoad = async ({ parent, url }) => {
  const { units } = await parent();
  const wanted = url.searchParams.get('unit');
  const unit = units.find(({ unitId }) => unitId === wanted) ?? units[0];
  const today = dayOf(instantOf(Date.now()));
  const until = (url.searchParams.get('until') ?? today) as Day; // the contract refuses what is no day
  const from = (url.searchParams.get('from') ?? addDays(today, -6)) as Day;
  const log = unit && (await ask(auditOf, { unitId: unit.unitId, from, until }));
  return { unit, from, until, log, outcomes: await outcomesOf(log?.ok ? log.value.acts : []) };
};

/** What became of each kind of act, in the words of its own context, by operation and outcome. */
const outcomesOf = async (acts: readonly AuditRow[]): Promise<Readonly<Record<string, string>>> => {
  const kinds = new Map(acts.map(({ operation, outcome }) => [`${operation} ${outcome}`, { operation, outcome }]));
  const words = [...kinds].map(async ([key, { operation, outcome }]) => {
    if (outcome === 'done') return [key, 'Đã làm'] as const;
    return [key, `Bị từ chối: ${(await problemOfOperation(operation, outcome)).happened}`] as const;
  });
  return Object.fromEntries(await Promise.all(words));
};
