import * as v from 'valibot';
import { PublishedKind } from '#shared/documents/model.ts';
import { DocumentId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { Role } from '#shared/kernel/permissions.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import { Standing } from '#shared/members/model.ts';
import definitionsOfTheDay from './figures.json' with { type: 'json' };

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A figure of the progress report. Source: domain.md §3.12. */
export const figureIds = [
  'accounts',
  'accounts-active',
  'accesses',
  'accesses-total',
  'documents',
  'documents-total',
  'news',
  'news-total',
  'roles',
  'repairs',
  'branches-met',
  'ratings',
  'attendance',
] as const;
export const FigureId = v.picklist(figureIds);
export type FigureId = v.InferOutput<typeof FigureId>;

/** What a figure counts and out of what, in the words that stand beside it and in the report. */
export const Definition = v.object({
  id: FigureId,
  name: v.string(),
  counts: v.string(),
  of: v.optional(v.string()),
});
export type Definition = v.InferOutput<typeof Definition>;
export const definitions: readonly Definition[] = v.parse(v.array(Definition), definitionsOfTheDay.figures);

export const definitionOf = (id: FigureId): Definition =>
  definitions.find((definition) => definition.id === id) as Definition; // the list and the data file are compared by a test

/** Where recording of facts comes from; each began when its first fact arrived. What is not recorded is never 0. */
export const recordings = ['accounts', 'people', 'opened', 'papers', 'meetings'] as const;
export const Recording = v.picklist(recordings);
export type Recording = v.InferOutput<typeof Recording>;

/** A figure: a count, with what it is out of or what it divides into; or the plain word that it was not recorded. */
export const Figure = v.variant('state', [
  v.object({
    state: v.literal('recorded'),
    id: FigureId,
    value: count,
    of: v.optional(count),
    parts: v.optional(v.array(v.object({ part: v.string(), value: count }))),
    /** Recording began on this day, later than the period (or the sum) would have it. */
    since: v.optional(Day),
  }),
  v.object({ state: v.literal('not-recorded'), id: FigureId }),
]);
export type Figure = v.InferOutput<typeof Figure>;

/** The first and last day of a report and the instant at which its figures are cut off. */
export const Period = v.object({ from: Day, to: Day, cutOff: Instant });
export type Period = v.InferOutput<typeof Period>;

/** The branch's own mark for a meeting, or none yet. Source: domain.md §3.4. */
export const Rating = v.picklist(['good', 'fair', 'average', 'poor']);
export type Rating = v.InferOutput<typeof Rating>;

/** A branch in a report: whether and how it met. */
export const BranchRow = v.object({
  unitId: UnitId,
  name: v.string(),
  /** The organisation directly above it. */
  above: v.string(),
  meetings: count,
  rating: v.optional(Rating),
});
export type BranchRow = v.InferOutput<typeof BranchRow>;

/** The figures of a unit and all below it in one period. */
export const Progress = v.object({
  unitId: UnitId,
  unitName: v.string(),
  /** The organisation above, to which the report goes. */
  superiorName: v.optional(v.string()),
  period: Period,
  figures: v.array(Figure),
  branches: v.array(BranchRow),
});
export type Progress = v.InferOutput<typeof Progress>;

/** A figure that has another value now than when the period was closed. */
export const Correction = v.object({ id: FigureId, was: Figure, now: Figure });
export type Correction = v.InferOutput<typeof Correction>;

/** A closed period: who closed it and when, and the SHA-256 (hex) of its figures as they were. */
export const Closing = v.object({
  period: Period,
  closedAt: Instant,
  closedBy: MemberId,
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
export type Closing = v.InferOutput<typeof Closing>;

/** What a branch is doing on an evening: it has met, is meeting, will meet, or nothing is planned. */
export const EveningState = v.picklist(['met', 'meeting', 'planned', 'none']);
export type EveningState = v.InferOutput<typeof EveningState>;

export const EveningRow = v.object({
  unitId: UnitId,
  name: v.string(),
  above: v.string(),
  state: EveningState,
  meetingId: v.optional(MeetingId),
  startsAt: v.optional(Instant),
  startedAt: v.optional(Instant),
  endedAt: v.optional(Instant),
  /** Marked present, out of those on the roll who are not exempt. */
  present: v.optional(count),
  called: v.optional(count),
  rating: v.optional(Rating),
});
export type EveningRow = v.InferOutput<typeof EveningRow>;

const text = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(6_000)), '');

/** What staff write into the report; the figures stand between by themselves. Headings as in the published model (§3.12). */
export const ReportTexts = v.object({ coordination: text, posting: text, good: text, difficult: text, next: text });
export type ReportTexts = v.InferOutput<typeof ReportTexts>;

const line = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(most));

/** How the report is headed and signed. */
export const ReportFrame = v.object({
  place: line(80),
  number: v.optional(line(40)),
  power: v.optional(line(80)),
  title: line(80),
  name: line(80),
  recipients: v.pipe(v.array(line(120)), v.maxLength(12)),
});
export type ReportFrame = v.InferOutput<typeof ReportFrame>;

// What is kept of the facts. Each trace stands once for its fact; later facts on the same subject stand beside the
// earlier ones, so that a figure can be taken as of any cut-off.

const happened = { day: Day, at: Instant };

export const MemberTrace = v.object({ memberId: MemberId, version: v.number(), standing: Standing });
export type MemberTrace = v.InferOutput<typeof MemberTrace>;
/** The first sign-in of a member. */
export const SignedTrace = v.object({ memberId: MemberId, at: Instant });
export type SignedTrace = v.InferOutput<typeof SignedTrace>;
/** A member opened the handbook on a day. */
export const OpenedTrace = v.object({ memberId: MemberId, ...happened });
export type OpenedTrace = v.InferOutput<typeof OpenedTrace>;
export const PostedTrace = v.object({ documentId: DocumentId, kind: PublishedKind, ...happened });
export type PostedTrace = v.InferOutput<typeof PostedTrace>;
export const RoleTrace = v.object({ memberId: MemberId, role: Role, ...happened });
export type RoleTrace = v.InferOutput<typeof RoleTrace>;
export const RepairTrace = v.object({ repairId: v.string(), cause: v.string(), ...happened });
export type RepairTrace = v.InferOutput<typeof RepairTrace>;
/** `day` is that of the meeting. */
export const MeetingTrace = v.object({
  meetingId: MeetingId,
  kind: v.picklist(['regular', 'thematic', 'committee', 'extraordinary']),
  state: v.picklist(['published', 'withdrawn', 'open', 'closed']),
  /** As announced; the fact of a meeting that was held does not repeat it. */
  startsAt: v.optional(Instant),
  startedAt: v.optional(Instant),
  endedAt: v.optional(Instant),
  ...happened,
});
export type MeetingTrace = v.InferOutput<typeof MeetingTrace>;
export const RatingTrace = v.object({ meetingId: MeetingId, rating: Rating, ...happened });
export type RatingTrace = v.InferOutput<typeof RatingTrace>;
export const MarkTrace = v.object({ meetingId: MeetingId, memberId: MemberId, status: v.string(), ...happened });
export type MarkTrace = v.InferOutput<typeof MarkTrace>;

/** All that is kept of one unit, as far as a report needs it. */
export interface UnitTraces {
  readonly unitId: UnitId;
  readonly name: string;
  /** Name of the unit directly above; empty for the province. */
  readonly above: string;
  readonly isBranch: boolean;
  readonly since: Readonly<Partial<Record<Recording, Instant>>>;
  readonly members: readonly MemberTrace[];
  readonly signed: readonly SignedTrace[];
  readonly opened: readonly OpenedTrace[];
  readonly posted: readonly PostedTrace[];
  readonly roles: readonly RoleTrace[];
  readonly repairs: readonly RepairTrace[];
  readonly meetings: readonly MeetingTrace[];
  readonly ratings: readonly RatingTrace[];
  readonly marks: readonly MarkTrace[];
}
