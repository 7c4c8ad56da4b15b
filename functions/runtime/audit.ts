import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
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

/** Entries of one unit on one day stand together: they are read, sealed and archived so. */
const auditKey = (entry: AuditEntry) => ({
  pk: `AUDIT#${entry.unitId}#${dayOf(entry.at)}`,
  sk: `${entry.at}#${entry.requestId}`,
});
