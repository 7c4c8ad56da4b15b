import * as v from 'valibot';
import { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Day, Instant } from '#shared/kernel/time.ts';

const here = { unitId: UnitId };

/** One act in the log of an organisation, with the names of who did it and to whom. */
export const AuditRow = v.object({
  /** Of the request that did it: two acts of one person in the same moment are two lines. */
  requestId: v.string(),
  at: Instant,
  operation: v.string(),
  actorName: v.string(),
  actorId: MemberId,
  memberName: v.optional(v.string()),
  outcome: v.string(),
});
export type AuditRow = v.InferOutput<typeof AuditRow>;

export const auditOf = operation({
  id: 'members.auditOf',
  summary: 'What was done at an organisation in up to 31 days, the newest first',
  method: 'GET',
  path: '/api/members/{unitId}/audit',
  allow: 'members.read',
  input: v.object({ ...here, from: Day, until: Day }),
  output: v.object({
    acts: v.array(AuditRow),
    /** The last of these days that is sealed, and those whose entries are not as they were sealed. */
    sealedUntil: v.optional(Day),
    broken: v.array(Day),
  }),
  refusals: { 'span-too-long': 422 },
});
