import * as v from 'valibot';
import { DocumentId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import { Section } from './minutes.ts';
import { Proposal, Rating } from './rating.ts';
import { RatingCourse } from './rating-course.ts';

/** What a branch sent up of one meeting, as its superior organisation finds it. */
export const ReceivedRow = v.object({
  unitId: UnitId,
  unitName: v.string(),
  meetingId: MeetingId,
  title: v.string(),
  day: Day,
  arrivedAt: Instant,
  resolution: v.optional(v.object({ number: v.string(), abstract: v.string() })),
  read: v.optional(v.object({ by: MemberId, at: Instant })),
});
export type ReceivedRow = v.InferOutput<typeof ReceivedRow>;

const above = { unitId: UnitId, branchId: UnitId, meetingId: MeetingId };

export const received = operation({
  id: 'meetings.received',
  summary: 'Resolutions and marks that branches sent up to this organisation, newest first',
  method: 'GET',
  path: '/api/meetings/{unitId}/received',
  allow: 'meetings.oversee',
  input: v.object({ unitId: UnitId }),
  output: v.object({ rows: v.array(ReceivedRow) }),
  refusals: {},
});

export const openReceived = operation({
  id: 'meetings.openReceived',
  summary:
    'What a branch sent up of one meeting: its resolution, addresses of the files good for five minutes, and its mark',
  method: 'GET',
  path: '/api/meetings/{unitId}/received/{branchId}/{meetingId}',
  allow: 'meetings.oversee',
  input: v.object(above),
  output: v.object({
    row: ReceivedRow,
    sections: v.array(Section),
    files: v.array(v.object({ form: v.picklist(['word', 'pdf']), url: v.string() })),
    /** The signed scan, a document of the branch. */
    scan: v.optional(DocumentId),
    course: RatingCourse,
    rating: v.optional(Rating),
    /** What the record says to each criterion. */
    proposals: v.array(Proposal),
  }),
  refusals: {},
});

export const markReceived = operation({
  id: 'meetings.markReceived',
  summary: 'Say that what a branch sent up was read; the branch sees it',
  method: 'POST',
  path: '/api/meetings/{unitId}/received/{branchId}/{meetingId}/read',
  allow: 'meetings.oversee',
  audited: true,
  input: v.object(above),
  output: ReceivedRow,
  refusals: {},
});
