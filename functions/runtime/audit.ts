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

/** Writes the entry before the actor is thanked. Keyed by request, so that a repeat is one entry. */
export const recordAudit = async (entry: AuditEntry): Promise<void> => {
  await table.put({ ...auditKey(entry), ...entry }, isNew);
};

/** What was done at a unit on one day of Viet Nam, in order. */
export const auditOn = async (unitId: UnitId, day: Day): Promise<readonly AuditEntry[]> =>
  (await table.query(auditDay(unitId, day))) as unknown as readonly AuditEntry[]; // written by recordAudit only

const auditDay = (unitId: UnitId, day: Day): string => `AUDIT#${unitId}#${day}`;

/** Entries of one unit on one day stand together: they are read, sealed and archived so. */
const auditKey = (entry: AuditEntry) => ({
  pk: auditDay(entry.unitId, dayOf(entry.at)),
  sk: `${entry.at}#${entry.requestId}`,
});
