import * as v from 'valibot';
import { DocumentId, MeetingId, MemberId, PollId, UnitId } from '#shared/kernel/ids.ts';
import { Instant } from '#shared/kernel/time.ts';

// What members' phones read. A file of its own, so that they do not carry what only the secretary's desk knows.

const line = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max));
const text = (max: number) => v.pipe(v.string(), v.trim(), v.maxLength(max));

/** Kinds of branch meeting. Source: domain.md §3.1. */
export const meetingKinds = ['regular', 'thematic', 'committee', 'extraordinary'] as const;
export const MeetingKind = v.picklist(meetingKinds);
export type MeetingKind = v.InferOutput<typeof MeetingKind>;

/** A published document that belongs to a step: where its text is read, without a function. */
export const Paper = v.object({
  title: line(300),
  /** Path of a content file, without the leading slash; the edge decides who may read it. */
  path: v.pipe(v.string(), v.regex(/^content\/(docs|page|news)\/[a-z0-9-]+\/[A-Za-z0-9._-]+$/)),
  documentId: v.optional(DocumentId),
});
export type Paper = v.InferOutput<typeof Paper>;

export const StepId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,30}$/));

/** An item that an organisation above asks its branches to take. */
export const RequiredId = line(60);
export type RequiredId = v.InferOutput<typeof RequiredId>;

/** One step of the agenda. `minutes` is what was planned for it. */
export const AgendaStep = v.object({
  id: StepId,
  phase: v.picklist(['open', 'conduct', 'close']),
  title: line(200),
  minutes: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(240)),
  note: v.optional(text(2000)),
  papers: v.pipe(v.array(Paper), v.maxLength(20)),
  /** Asked for by the organisation of this name. */
  required: v.optional(v.object({ requiredId: RequiredId, from: text(160) })),
});
export type AgendaStep = v.InferOutput<typeof AgendaStep>;

/** `content/pack/<unitId>/<hash>.json`: all that a member reads before and in the meeting, immutable, named by its hash. */
export const Pack = v.object({
  meetingId: MeetingId,
  unitId: UnitId,
  kind: MeetingKind,
  title: v.string(),
  place: v.string(),
  startsAt: Instant,
  onlineLink: v.optional(v.string()),
  chair: v.optional(v.string()),
  scribe: v.optional(v.string()),
  agenda: v.array(AgendaStep),
  /** Tasks that come back to this meeting: who, what and by when. */
  tasks: v.optional(v.array(v.string())),
  publishedAt: Instant,
});
export type Pack = v.InferOutput<typeof Pack>;

/** `content/live/<unitId>/branch.json`: the branch's meetings, newest first, and what phones must forget. Source: access.md §4. */
export const BranchManifest = v.object({
  unitId: UnitId,
  seq: v.number(),
  at: Instant,
  meetings: v.array(
    v.object({
      meetingId: MeetingId,
      kind: MeetingKind,
      title: v.string(),
      place: v.string(),
      startsAt: Instant,
      state: v.picklist(['published', 'open', 'closed']),
      endedAt: v.optional(Instant),
      pack: v.string(),
    }),
  ),
  withdrawn: v.array(v.string()),
});
export type BranchManifest = v.InferOutput<typeof BranchManifest>;

/** A member's place at a meeting. `unmarked` is the roll's undo. Source: domain.md §3.2 (Open). */
export const AttendanceStatus = v.picklist(['present', 'excused', 'unexcused', 'exempt', 'unmarked']);
export type AttendanceStatus = v.InferOutput<typeof AttendanceStatus>;

export const Attendance = v.object({
  memberId: MemberId,
  status: AttendanceStatus,
  at: Instant,
  /** The member himself, or the scribe or secretary who ticked the roll for him. */
  recordedBy: MemberId,
  reason: v.optional(text(300)),
  /** When he came, if after the beginning, and when he left, if before the end. */
  cameAt: v.optional(Instant),
  leftAt: v.optional(Instant),
  /** He gave the code of the hall's screen; without it the check-in is his own word. */
  byCode: v.optional(v.boolean()),
  /** The code was typed, or the roll ticked, without a network, at `at`, and came in only now. */
  sentLater: v.optional(Instant),
});
export type Attendance = v.InferOutput<typeof Attendance>;

export const Opinion = v.object({
  opinionId: v.string(),
  memberId: MemberId,
  text: line(2000),
  at: Instant,
  recordedBy: MemberId,
  /** Given before the meeting began: a proposal to its content. */
  before: v.optional(v.boolean()),
  /** Said in time, but written down or sent after the end. */
  after: v.optional(v.boolean()),
  /** Written without a network, at `at`, and came in only now. */
  sentLater: v.optional(Instant),
  answer: v.optional(line(2000)),
  answeredBy: v.optional(MemberId),
  answeredAt: v.optional(Instant),
});
export type Opinion = v.InferOutput<typeof Opinion>;

/** Counts of the roll. `members` are all who are expected; `unmarked` have no mark yet. */
export const RollCounts = v.object({
  members: v.number(),
  present: v.number(),
  excused: v.number(),
  unexcused: v.number(),
  exempt: v.number(),
  unmarked: v.number(),
});
export type RollCounts = v.InferOutput<typeof RollCounts>;

/** What is decided; each has its majority and form in `decisions.json`. Source: domain.md §3.3. */
export const decisionIds = [
  'resolution',
  'conclusion',
  'rating',
  'admission',
  'official-status',
  'delisting',
  'expulsion',
] as const;
export const DecisionId = v.picklist(decisionIds);
export type DecisionId = v.InferOutput<typeof DecisionId>;

export const Choice = v.picklist(['agree', 'disagree', 'other']);
export type Choice = v.InferOutput<typeof Choice>;

export const Ballot = v.object({ choice: Choice, at: Instant });
export type Ballot = v.InferOutput<typeof Ballot>;

const votes = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5000));
export const Tally = v.object({ agree: votes, disagree: votes, other: votes });
export type Tally = v.InferOutput<typeof Tally>;

/** What everyone in the hall may see of a vote. */
export const LivePoll = v.object({
  pollId: PollId,
  question: v.string(),
  decision: DecisionId,
  state: v.picklist(['open', 'closed', 'published']),
  /** Whether a phone may vote in it. */
  electronic: v.boolean(),
  /** A secret vote: the name of its key, the same for every phone. */
  ballotKey: v.optional(v.string()),
  result: v.optional(v.object({ ...Tally.entries, base: v.number(), passed: v.boolean() })),
});
export type LivePoll = v.InferOutput<typeof LivePoll>;

/**
 * `content/live/<unitId>/<meetingId>.json`: what everyone in the hall may know now. No names, no result before its hour. A lit
 * phone reads it some hundred times in an evening: what its path says, or no screen shows, is not in it.
 */
export const LiveMeeting = v.object({
  /** Rises with every version; a phone never goes back to a lower one. */
  seq: v.number(),
  at: Instant,
  /** 0: nothing more will come. */
  nextPollSeconds: v.number(),
  state: v.picklist(['published', 'withdrawn', 'open', 'closed']),
  pack: v.string(),
  /** Checking in needs the code that stands on the hall's screen. */
  asksCode: v.optional(v.boolean()),
  startedAt: v.optional(Instant),
  endedAt: v.optional(Instant),
  stepId: v.optional(StepId),
  /** Who is there, and how many are expected. */
  attendance: v.object({ present: v.number(), members: v.number() }),
  guests: v.number(),
  opinions: v.object({ given: v.number(), answered: v.number() }),
  /** Counts every change of the list of speakers; missing while nobody asked to speak. */
  turns: v.optional(v.number()),
  polls: v.array(LivePoll),
  /** Settled papers of a meeting that is over, as the branch reads them: paths of Word files, the PDF beside each. */
  papers: v.optional(
    v.object({
      minutes: v.optional(v.object({ path: v.string() })),
      resolution: v.optional(v.object({ path: v.string(), number: v.string() })),
    }),
  ),
});
export type LiveMeeting = v.InferOutput<typeof LiveMeeting>;

/** A member who said before the meeting that he cannot come, and what the secretary answered. */
export const Absence = v.object({
  memberId: MemberId,
  reason: line(300),
  askedAt: Instant,
  /** He comes after all. */
  withdrawn: v.optional(v.boolean()),
  excused: v.optional(v.boolean()),
  answeredBy: v.optional(MemberId),
  answeredAt: v.optional(Instant),
});
export type Absence = v.InferOutput<typeof Absence>;

export const SuggestionText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1000));

/** Content that a member proposes for a meeting before it, and what the secretary answered. */
export const Suggestion = v.object({
  suggestionId: v.string(),
  memberId: MemberId,
  text: SuggestionText,
  at: Instant,
  answer: v.optional(
    v.object({
      taken: v.boolean(),
      /** Of one that was taken: its step of the agenda. */
      stepId: v.optional(StepId),
      /** Of one that was not: why. */
      reason: v.optional(SuggestionText),
      by: MemberId,
      at: Instant,
    }),
  ),
});
export type Suggestion = v.InferOutput<typeof Suggestion>;
