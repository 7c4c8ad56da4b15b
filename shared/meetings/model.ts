import * as v from 'valibot';
import { ActionId, DocumentId, MeetingId, MemberId, PollId, UnitId } from '#shared/kernel/ids.ts';
import { Day, dayOf, Instant } from '#shared/kernel/time.ts';
import { Standing, VotingState } from '#shared/members/model.ts';
import { Poll } from './poll.ts';
import { AgendaStep, AttendanceStatus, MeetingKind, RequiredId, StepId } from './shown.ts';

export * from './shown.ts';

const line = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max));
const text = (max: number) => v.pipe(v.string(), v.trim(), v.maxLength(max));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2000));

/** Someone in the hall who is not on the roll. `unlisted`: says he is a member of the branch; the roll does not know him. */
export const Guest = v.object({
  name: line(100),
  from: text(150),
  guestId: v.optional(ActionId),
  unlisted: v.optional(v.boolean()),
});
export type Guest = v.InferOutput<typeof Guest>;

/** An item asked for from above that this branch does not take, and why. */
export const Declined = v.object({ requiredId: RequiredId, title: line(200), reason: line(500) });
export type Declined = v.InferOutput<typeof Declined>;

/** What a secretary prepares and may still change before the meeting. */
export const Plan = v.object({
  title: line(150),
  place: text(200),
  startsAt: Instant,
  onlineLink: v.optional(v.pipe(v.string(), v.url(), v.maxLength(300))),
  chairId: v.optional(MemberId),
  scribeId: v.optional(MemberId),
  agenda: v.pipe(v.array(AgendaStep), v.minLength(1), v.maxLength(30)),
  /** Only these are invited (a committee meeting); absent means the whole branch. */
  invited: v.optional(v.pipe(v.array(MemberId), v.maxLength(60))),
  /** Of a meeting held online: on what ground, and by whose consent. */
  online: v.optional(v.object({ ground: line(40), consent: line(200) })),
  /** Who is asked to come from outside. */
  guests: v.optional(v.pipe(v.array(Guest), v.maxLength(50))),
  declined: v.optional(v.pipe(v.array(Declined), v.maxLength(30))),
});
export type Plan = v.InferOutput<typeof Plan>;

const common = {
  meetingId: MeetingId,
  unitId: UnitId,
  kind: MeetingKind,
  title: v.string(),
  startsAt: Instant,
  chairId: v.optional(MemberId),
  scribeId: v.optional(MemberId),
  invited: v.optional(v.array(MemberId)),
  /** Rises with every change of this record; a change is made only on the version it was decided on. */
  version: v.number(),
};
const published = {
  ...common,
  pack: v.string(),
  publishedAt: Instant,
  /** Who is expected, from the roster of the last publication or of the opening. */
  expected: v.object({ members: v.number(), exempt: v.array(MemberId) }),
  /** First publication of a paper, so that "one day before" is proved by the record. */
  papersAt: v.optional(Instant),
  /** Since the hall's device was given the secret of its codes, checking in needs one. */
  asksCode: v.optional(v.boolean()),
  /** Who came from outside, and how many heads were counted: guests are often there before the opening. */
  guests: v.optional(v.array(Guest)),
  headCount: v.optional(count),
  /** Who counted the heads, and when. */
  headsCounted: v.optional(v.object({ by: MemberId, at: Instant, sentLater: v.optional(Instant) })),
};
const begun = {
  ...published,
  startedAt: Instant,
  stepId: StepId,
  /** When each step was entered, in order: the record of how the evening went. `sentLater`: came in only then. */
  steps: v.array(v.object({ stepId: StepId, at: Instant, sentLater: v.optional(Instant) })),
  guests: v.array(Guest),
  polls: v.array(Poll),
};

/** A meeting by its state. It only moves on: see `planning.ts` and `leading.ts`. Kept small: every check-in reads it. */
export const Meeting = v.variant('state', [
  v.object({ state: v.literal('preparing'), ...common }),
  v.object({ state: v.literal('published'), ...published }),
  v.object({ state: v.literal('withdrawn'), ...published, withdrawnAt: Instant }),
  v.object({ state: v.literal('open'), ...begun }),
  v.object({
    state: v.literal('closed'),
    ...begun,
    endedAt: Instant,
    /** It was ended without a network, at `endedAt`, and that came in only now. */
    endSentLater: v.optional(Instant),
  }),
]);
export type Meeting = v.InferOutput<typeof Meeting>;
export type MeetingState = Meeting['state'];
export type MeetingIn<S extends MeetingState> = Extract<Meeting, { state: S }>;

/** One row of the branch's own list of meetings. */
export const MeetingRow = v.object({
  meetingId: MeetingId,
  kind: MeetingKind,
  title: v.string(),
  place: v.string(),
  startsAt: Instant,
  state: v.picklist(['preparing', 'published', 'withdrawn', 'open', 'closed']),
  endedAt: v.optional(Instant),
  pack: v.optional(v.string()),
  /** Only these see it in the branch's list. */
  invited: v.optional(v.array(MemberId)),
  publishedAt: v.optional(Instant),
  papersAt: v.optional(Instant),
  /** Of what the organisations above ask for: on the agenda, and left out with a reason. */
  taken: v.optional(v.array(RequiredId)),
  declined: v.optional(v.array(Declined)),
});
export type MeetingRow = v.InferOutput<typeof MeetingRow>;

/** What the meetings of a branch keep of a member, from the facts of `members`. */
export const RosterMember = v.object({
  memberId: MemberId,
  unitId: UnitId,
  name: v.string(),
  hasPhone: v.boolean(),
  standing: Standing,
  /** That of the member's record: an older fact that arrives later changes nothing. */
  version: v.number(),
});
export type RosterMember = v.InferOutput<typeof RosterMember>;

/** One line of the roll: a member as he stands towards this branch on the day of the meeting. */
export const RollMember = v.object({
  memberId: MemberId,
  name: v.string(),
  hasPhone: v.boolean(),
  state: VotingState,
});
export type RollMember = v.InferOutput<typeof RollMember>;

/** News for points and figures: where a member was. A later fact of the same member and meeting replaces it. */
export const AttendanceRecorded = v.object({
  type: v.literal('attendance-recorded'),
  meetingId: MeetingId,
  unitId: UnitId,
  memberId: MemberId,
  status: AttendanceStatus,
  day: Day,
  at: Instant,
  recordedBy: MemberId,
  /** When it came in, where the code was typed or the roll was ticked without a network at `at`. */
  sentLater: v.optional(Instant),
});
export type AttendanceRecorded = v.InferOutput<typeof AttendanceRecorded>;

/** News for points: an opinion was given. Its words stay in the meeting. */
export const OpinionGiven = v.object({
  type: v.literal('opinion-given'),
  meetingId: MeetingId,
  unitId: UnitId,
  memberId: MemberId,
  opinionId: v.string(),
  at: Instant,
  /** Told again when it was answered. */
  answeredAt: v.optional(Instant),
});
export type OpinionGiven = v.InferOutput<typeof OpinionGiven>;

/** News for the live file: the meeting's own record changed (published, opened, next step, a vote opened or closed, ended). */
export const MeetingChanged = v.object({
  type: v.literal('meeting-changed'),
  meetingId: MeetingId,
  unitId: UnitId,
  at: Instant,
  /** The meeting's row in the list of the branch stands as it was. */
  rowStands: v.optional(v.literal(true)),
  /** How the meeting's own record stands; missing when one of its papers changed. */
  is: v.optional(
    v.object({
      kind: MeetingKind,
      state: v.picklist(['published', 'withdrawn', 'open', 'closed']),
      day: Day,
      startsAt: Instant,
      startedAt: v.optional(Instant),
      endedAt: v.optional(Instant),
    }),
  ),
});
export type MeetingChanged = v.InferOutput<typeof MeetingChanged>;

/** News for figures: a meeting was held, as its record stands. A later fact of the same meeting replaces it. */
export const MeetingClosed = v.object({
  type: v.literal('meeting-closed'),
  meetingId: MeetingId,
  unitId: UnitId,
  kind: MeetingKind,
  day: Day,
  startedAt: Instant,
  endedAt: Instant,
  /** Of this version of the record. */
  at: Instant,
  members: v.number(),
  present: v.number(),
  excused: v.number(),
  unexcused: v.number(),
  exempt: v.number(),
  unmarked: v.number(),
  opinions: v.number(),
  /** Points of 100 and grade by the branch's own mark; missing until it is given. */
  ratingTotal: v.optional(v.number()),
  grade: v.optional(v.picklist(['good', 'fair', 'average', 'poor'])),
  /** When that mark was given, which is not when this was told. */
  gradedAt: v.optional(Instant),
  minutesAdopted: v.boolean(),
});
export type MeetingClosed = v.InferOutput<typeof MeetingClosed>;

/** A paper of the meeting is ready to be set as a Word file. */
export const PaperSettled = v.object({
  type: v.picklist(['minutes-adopted', 'resolution-issued']),
  meetingId: MeetingId,
  unitId: UnitId,
  at: Instant,
});
export type PaperSettled = v.InferOutput<typeof PaperSettled>;

/** News for the live file: somebody asked to speak, speaks or has spoken. Who, stays in the meeting. */
export const TurnChanged = v.object({
  type: v.literal('turn-changed'),
  meetingId: MeetingId,
  unitId: UnitId,
  at: Instant,
});
export type TurnChanged = v.InferOutput<typeof TurnChanged>;

/** News for the one who reminds: it is the morning to remind the members of a meeting. */
export const ReminderDue = v.object({
  type: v.literal('reminder-due'),
  meetingId: MeetingId,
  unitId: UnitId,
  /** The day on which it was announced then; moved since, it is not reminded of. */
  day: Day,
  stage: v.picklist(['day-before', 'same-day']),
  at: Instant,
});
export type ReminderDue = v.InferOutput<typeof ReminderDue>;

/** What the live file is made from. */
export const LiveFact = v.variant('type', [
  AttendanceRecorded,
  OpinionGiven,
  MeetingChanged,
  PaperSettled,
  TurnChanged,
]);
export type LiveFact = v.InferOutput<typeof LiveFact>;

/** Where the Word files of a meeting are read, without the leading slash (the PDF beside it), and their signed scans. */
export const WordFiles = v.object({
  minutes: v.optional(v.string()),
  resolution: v.optional(v.string()),
  minutesScan: v.optional(DocumentId),
  resolutionScan: v.optional(DocumentId),
});
export type WordFiles = v.InferOutput<typeof WordFiles>;

/** The day a meeting counts for: that of its announced time. */
export const dayOfMeeting = ({ startsAt }: Pick<Meeting, 'startsAt'>): Day => dayOf(startsAt);

/** The id of a meeting is the id of the act that prepared it, so that the act sent twice prepares it once. */
export const meetingIdOf = (actionId: ActionId): MeetingId => v.parse(MeetingId, actionId);
export const pollIdOf = (actionId: ActionId): PollId => v.parse(PollId, actionId);
