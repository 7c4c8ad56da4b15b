import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, type Instant } from '#shared/kernel/time.ts';
import { isNew, openTable } from './table.ts';

/** One line of the audit log: who did what to which record, where and when. Source: product.md §4.6. */
export interface AuditEntry {
  readonly at: Instant;
  readonly unitId: UnitId;
  readonly actorId: MemberId;
  readonly operation: string;
  /** Path fields of the request: ids of the record that was seen or changed. */
  readonly record: Readonly<Record<string, string>>;
  readonly sessionId: string;
  readonly requestId: string;
  readonly outcome: string;
}

const table = openTable('AUDIT_TABLE');

/**
 * Writes the entry before the actor is thanked. Keyed by request, so that a repeat is one entry. First that the unit has
 * entries on this day, so that the seal of the day can miss none; the same key for all of a unit's day.
 */
export const recordAudit = async (entry: AuditEntry): Promise<void> => {
  const day = dayOf(entry.at);
  await table.put({ pk: auditUnits(day), sk: entry.unitId });
  await table.put({ ...auditKey(entry), ...entry }, isNew);
};

/** What was done at a unit on one day of Viet Nam, in order. */
export const auditOn = async (unitId: UnitId, day: Day): Promise<readonly AuditEntry[]> =>
  (await table.query(auditDay(unitId, day))).map(({ pk, sk, ...entry }) => entry as unknown as AuditEntry); // written by recordAudit only

/** Units at which something was done on a day. */
export const unitsAudited = async (day: Day): Promise<readonly UnitId[]> =>
  (await table.query(auditUnits(day))).map(({ sk }) => sk as UnitId); // written by recordAudit only

const auditUnits = (day: Day): string => `AUDITED#${day}`;
const auditDay = (unitId: UnitId, day: Day): string => `AUDIT#${unitId}#${day}`;

/** Entries of one unit on one day stand together: they are read, sealed and archived so. */
const auditKey = (entry: AuditEntry) => ({
  pk: auditDay(entry.unitId, dayOf(entry.at)),
  sk: `${entry.at}#${entry.requestId}`,
});
