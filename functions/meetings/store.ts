import * as v from 'valibot';
import { exists, type Item, isNew, type Key, openTable, type Part } from '#runtime/table.ts';
import type { MeetingId, MemberId, PollId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import { Conclusion, GivenTask, Minutes, type MinutesIn, Resolution } from '#shared/meetings/minutes.ts';
import {
  Attendance,
  type AttendanceRecorded,
  type AttendanceStatus,
  dayOfMeeting,
  Meeting,
  type MeetingChanged,
  MeetingClosed,
  MeetingRow,
  Opinion,
  type OpinionGiven,
  type PaperSettled,
  Plan,
  RosterMember,
  WordFiles,
} from '#shared/meetings/model.ts';
import type { Poll, PollIn } from '#shared/meetings/poll.ts';
import { Rating } from '#shared/meetings/rating.ts';
import { Ballot } from '#shared/meetings/shown.ts';
import { shardOf } from '#shared/meetings/voting.ts';

const table = openTable('MEETINGS_TABLE');

type MeetingRef = Readonly<{ unitId: UnitId; meetingId: MeetingId }>;

/** Everything of one meeting stands together; the branch is part of the key, so that no id leads into another branch. */
const evening = ({ unitId, meetingId }: MeetingRef): string => `MEETING#${unitId}#${meetingId}`;
const key = {
  meeting: (ref: MeetingRef): Key => ({ pk: evening(ref), sk: 'MEETING' }),
  plan: (ref: MeetingRef): Key => ({ pk: evening(ref), sk: 'PLAN' }),
  row: ({ unitId, meetingId }: MeetingRef): Key => ({ pk: `BRANCH#${unitId}`, sk: `MEETING#${meetingId}` }),
  attendance: (ref: MeetingRef, memberId: MemberId): Key => ({
    pk: evening(ref),
    sk: `MEMBER#${memberId}#ATTENDANCE`,
  }),
  opinion: (ref: MeetingRef, memberId: MemberId, opinionId: string): Key => ({
    pk: evening(ref),
    sk: `MEMBER#${memberId}#OPINION#${opinionId}`,
  }),
  /** Ballots of one part of the voters: the state of the vote stands in the same item, so each is before or after its end. */
  shard: (ref: MeetingRef, pollId: PollId, shard: number): Key => ({
    pk: evening(ref),
    sk: `POLL#${pollId}#SHARD#${String(shard).padStart(3, '0')}`,
  }),
  paper: (ref: MeetingRef, paper: PaperName): Key => ({ pk: evening(ref), sk: `PAPER#${paper}` }),
  task: (ref: MeetingRef, taskId: TaskId): Key => ({ pk: evening(ref), sk: `TASK#${taskId}` }),
  counter: (unitId: UnitId, name: string): Key => ({ pk: `BRANCH#${unitId}`, sk: `COUNTER#${name}` }),
  rosterMember: (unitId: UnitId, memberId: MemberId): Key => ({ pk: `ROSTER#${unitId}`, sk: `MEMBER#${memberId}` }),
};

/** Single papers of an evening. `SUMMARY` carries the news to the figures; `WORD` the places of the Word files. */
type PaperName = 'CONCLUSION' | 'RATING' | 'MINUTES' | `MINUTES#${string}` | 'RESOLUTION' | 'SUMMARY' | 'WORD';

const changed = (ref: MeetingRef, at: Instant): MeetingChanged => ({
  type: 'meeting-changed',
  meetingId: ref.meetingId,
  unitId: ref.unitId,
  at,
});

/** The same with how the meeting stands: what the organisations above see of the evening. Nothing while it is prepared. */
const moved = (meeting: Meeting, at: Instant): { readonly fact?: MeetingChanged } => {
  if (meeting.state === 'preparing') return {};
  const { kind, state, startsAt } = meeting;
  const is = {
    kind,
    state,
    day: dayOfMeeting(meeting),
    startsAt,
    ...('startedAt' in meeting && { startedAt: meeting.startedAt }),
    ...('endedAt' in meeting && { endedAt: meeting.endedAt }),
  };
  return { fact: { ...changed(meeting, at), is } };
};

/** One small read: every check-in needs it. */
export const meetingOf = async (ref: MeetingRef): Promise<Meeting | undefined> => {
  const item = await table.get(key.meeting(ref));
  return item && v.parse(Meeting, item);
};

export interface Prepared {
  readonly meeting: Meeting;
  readonly plan: Plan;
}

export const preparedOf = async (ref: MeetingRef): Promise<Prepared | undefined> => {
  const [meeting, plan] = await Promise.all([table.get(key.meeting(ref)), table.get(key.plan(ref))]);
  return meeting && plan && { meeting: v.parse(Meeting, meeting), plan: v.parse(Plan, plan) };
};

const rowOf = (meeting: Meeting, plan: Plan): MeetingRow => ({
  meetingId: meeting.meetingId,
  kind: meeting.kind,
  title: meeting.title,
  place: plan.place,
  startsAt: meeting.startsAt,
  state: meeting.state,
  ...(meeting.state === 'closed' && { endedAt: meeting.endedAt }),
  ...(meeting.state !== 'preparing' && { pack: meeting.pack }),
});

/** Meetings of a branch in every state, newest first. */
export const meetingsOf = async (unitId: UnitId): Promise<readonly MeetingRow[]> =>
  (await table.query(`BRANCH#${unitId}`, { prefix: 'MEETING#' }))
    .map((item) => v.parse(MeetingRow, item))
    .sort((a, b) => b.startsAt.localeCompare(a.startsAt));

/** Records a new meeting once; a repeat answers what stands. */
export const recordPrepared = async ({ meeting, plan }: Prepared): Promise<Prepared> => {
  const written = await table.together([
    { put: { ...key.meeting(meeting), ...meeting }, onlyIf: isNew },
    { put: { ...key.plan(meeting), ...plan } },
    { put: { ...key.row(meeting), ...rowOf(meeting, plan) } },
  ]);
  return written.done ? { meeting, plan } : ((await preparedOf(meeting)) ?? { meeting, plan });
};

/**
 * Records a move of the meeting with its row and plan, only over the version it was decided on. False: another was faster.
 * A published meeting tells its live file.
 */
export const recordMove = async ({ meeting, plan }: Prepared, now: Instant): Promise<boolean> => {
  const written = await table.together([
    { put: { ...key.meeting(meeting), ...meeting, ...moved(meeting, now) }, onlyIf: onVersion(meeting.version - 1) },
    { put: { ...key.plan(meeting), ...plan } },
    { put: { ...key.row(meeting), ...rowOf(meeting, plan) } },
  ]);
  return written.done;
};

/** Records a change within an open meeting (step, guests, head count), only over the version it was decided on. */
export const recordMeeting = async (meeting: Meeting, now: Instant): Promise<boolean> => {
  const item: Item = { ...key.meeting(meeting), ...meeting, ...moved(meeting, now) };
  return (await table.put(item, onVersion(meeting.version - 1))).done;
};

const onVersion = (version: number) => ({ expression: '#version = :version', values: { version } });

const attendanceItem = (meeting: Meeting, attendance: Attendance): Item => {
  const { unitId, meetingId } = meeting;
  const { memberId, status, at, recordedBy } = attendance;
  const day: Day = dayOfMeeting(meeting);
  const fact: AttendanceRecorded = {
    type: 'attendance-recorded',
    meetingId,
    unitId,
    memberId,
    status,
    day,
    at,
    recordedBy,
  };
  return { ...key.attendance(meeting, memberId), ...attendance, fact };
};

/** One conditional put. A repeat answers the first record; a mark made by another before he came gives way. */
export const recordCheckIn = async (meeting: Meeting, attendance: Attendance): Promise<Attendance> => {
  const written = await table.put(attendanceItem(meeting, attendance), {
    expression: 'attribute_not_exists(#pk) OR #status <> :present',
    values: { present: 'present' },
  });
  return written.done || !written.existing ? attendance : v.parse(Attendance, written.existing);
};

/** Puts a mark of the roll over what its screen showed; where another mark stands by now, that one stays and is answered. */
export const recordMark = async (meeting: Meeting, mark: Attendance, was: AttendanceStatus): Promise<Attendance> => {
  const written = await table.put(attendanceItem(meeting, mark), {
    expression: was === 'unmarked' ? 'attribute_not_exists(#pk) OR #status = :was' : '#status = :was',
    values: { was },
  });
  return written.done || !written.existing ? mark : v.parse(Attendance, written.existing);
};

/** A new opinion; the same id again answers the first. */
export const recordOpinion = async (meeting: Meeting, opinion: Opinion): Promise<Opinion> => {
  const { unitId, meetingId } = meeting;
  const { memberId, opinionId, at } = opinion;
  const fact: OpinionGiven = { type: 'opinion-given', meetingId, unitId, memberId, opinionId, at };
  const written = await table.put({ ...key.opinion(meeting, memberId, opinionId), ...opinion, fact }, isNew);
  return written.done || !written.existing ? opinion : v.parse(Opinion, written.existing);
};

/** Sets the answer to an opinion; a later answer replaces an earlier one. Nothing when there is no such opinion. */
export const recordAnswer = async (
  ref: MeetingRef,
  opinion: Readonly<{ memberId: MemberId; opinionId: string }>,
  answer: Readonly<{ answer: string; answeredBy: MemberId; answeredAt: Instant }>,
): Promise<Opinion | undefined> => {
  const written = await table.change(key.opinion(ref, opinion.memberId, opinion.opinionId), {
    set: answer,
    onlyIf: exists,
  });
  return written.done ? v.parse(Opinion, written.item) : undefined;
};

export interface OwnRecord {
  readonly attendance: Attendance | undefined;
  readonly opinions: readonly Opinion[];
}

/** What one member did at a meeting. */
export const ownRecordOf = async (ref: MeetingRef, memberId: MemberId): Promise<OwnRecord> => {
  const items = await table.query(evening(ref), { prefix: `MEMBER#${memberId}#` });
  return { attendance: attendanceIn(items)[0], opinions: opinionsIn(items) };
};

export interface EveningRecord {
  readonly roll: readonly Attendance[];
  readonly opinions: readonly Opinion[];
}

/** What all members did at a meeting. */
export const eveningOf = async (ref: MeetingRef): Promise<EveningRecord> => {
  const items = await table.query(evening(ref), { prefix: 'MEMBER#' });
  return { roll: attendanceIn(items), opinions: opinionsIn(items) };
};

const attendanceIn = (items: readonly Item[]): Attendance[] =>
  items.filter(({ sk }) => sk.endsWith('#ATTENDANCE')).map((item) => v.parse(Attendance, item));
const opinionsIn = (items: readonly Item[]): Opinion[] =>
  items
    .filter(({ sk }) => sk.includes('#OPINION#'))
    .map((item) => v.parse(Opinion, item))
    .sort((a, b) => a.at.localeCompare(b.at));

/** Whoever is or was on the roll of a branch. */
export const rosterOf = async (unitId: UnitId): Promise<readonly RosterMember[]> =>
  (await table.query(`ROSTER#${unitId}`)).map((item) => v.parse(RosterMember, item));

/** Keeps a member of the roster; an older version than what stands changes nothing. */
export const recordRosterMember = async (member: RosterMember): Promise<void> => {
  await table.put(
    { ...key.rosterMember(member.unitId, member.memberId), ...member },
    { expression: 'attribute_not_exists(#pk) OR #version < :version', values: { version: member.version } },
  );
};

const Shard = v.object({ ballots: v.record(v.string(), Ballot) });

/** Opens a vote: its shards, each with those who may vote in it, come to be together with the meeting's own change. */
export const recordOpenPoll = async (
  meeting: Meeting,
  poll: PollIn<'open'>,
  voters: readonly MemberId[],
  now: Instant,
): Promise<boolean> => {
  const shards: Part[] = Array.from({ length: poll.shards }, (_, shard) => ({
    put: {
      ...key.shard(meeting, poll.pollId, shard),
      state: 'open',
      voters: Object.fromEntries(
        voters.filter((memberId) => shardOf(memberId, poll.shards) === shard).map((memberId) => [memberId, 1]),
      ),
      ballots: {},
    },
  }));
  return (await table.together([meetingPart(meeting, now), ...shards])).done;
};

/** Ends a vote at one instant: the state of all its shards changes in one transaction with the meeting's own. */
export const recordClosePoll = async (meeting: Meeting, poll: PollIn<'closed'>, now: Instant): Promise<boolean> => {
  const shards: Part[] = Array.from({ length: poll.shards }, (_, shard) => ({
    change: key.shard(meeting, poll.pollId, shard),
    to: { set: { state: 'closed' }, onlyIf: { expression: '#state = :open', values: { open: 'open' } } },
  }));
  return (await table.together([meetingPart(meeting, now), ...shards])).done;
};

const meetingPart = (meeting: Meeting, now: Instant): Part => ({
  put: { ...key.meeting(meeting), ...meeting, ...moved(meeting, now) },
  onlyIf: onVersion(meeting.version - 1),
});

/**
 * One write: sets my ballot if the vote is open, I am of its voters and have none. A vote that loses the race with the
 * closing was never thanked for; one that wins is in the tally, since both change the same item. Source: access.md §5.
 */
export const recordBallot = async (
  ref: MeetingRef,
  poll: PollIn<'open'>,
  memberId: MemberId,
  ballot: Ballot,
): Promise<Result<Ballot, 'poll-not-open' | 'no-vote' | 'already-voted'>> => {
  const mine = `#${memberId.replace(/[^A-Za-z0-9_]/g, '_')}`;
  const written = await table.change(key.shard(ref, poll.pollId, shardOf(memberId, poll.shards)), {
    set: { [`ballots.${memberId}`]: ballot },
    onlyIf: {
      expression: `#state = :open AND attribute_exists(#voters.${mine}) AND attribute_not_exists(#ballots.${mine})`,
      values: { open: 'open' },
    },
  });
  if (written.done) return ok(ballot);
  const shard = written.existing && v.parse(ShardFull, written.existing);
  const standing = shard?.ballots[memberId];
  if (standing) return standing.choice === ballot.choice ? ok(standing) : refuse('already-voted');
  if (shard?.voters[memberId] === undefined) return refuse('no-vote');
  return refuse('poll-not-open');
};
const ShardFull = v.object({ ...Shard.entries, voters: v.record(v.string(), v.number()) });

/** All ballots of a vote. */
export const ballotsOf = async (ref: MeetingRef, pollId: PollId): Promise<readonly Ballot[]> =>
  (await table.query(evening(ref), { prefix: `POLL#${pollId}#SHARD#` })).flatMap((item) =>
    Object.values(v.parse(Shard, item).ballots),
  );

/** One member's ballots in these votes. */
export const ownBallotsOf = async (
  ref: MeetingRef,
  polls: readonly Poll[],
  memberId: MemberId,
): Promise<Readonly<Record<string, Ballot>>> => {
  const found = await Promise.all(
    polls.map(async (poll) => {
      if (poll.state === 'created' || poll.shards === 0) return [];
      const item = await table.get(key.shard(ref, poll.pollId, shardOf(memberId, poll.shards)));
      const ballot = item && v.parse(Shard, item).ballots[memberId];
      return ballot ? [[poll.pollId, ballot] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
};

export const attendanceOf = async (ref: MeetingRef, memberId: MemberId): Promise<Attendance | undefined> => {
  const item = await table.get(key.attendance(ref, memberId));
  return item && v.parse(Attendance, item);
};

export interface Papers {
  readonly conclusion: Conclusion | undefined;
  readonly rating: Rating | undefined;
  readonly minutes: Minutes | undefined;
  readonly resolution: Resolution | undefined;
  readonly summary: MeetingClosed | undefined;
  readonly words: WordFiles;
}

/** The papers of an evening as they stand; earlier versions of the minutes are not among them. */
export const papersOf = async (ref: MeetingRef): Promise<Papers> => {
  const items = new Map(
    (await table.query(evening(ref), { prefix: 'PAPER#' })).map((item) => [item.sk.slice('PAPER#'.length), item]),
  );
  const of = <S extends v.GenericSchema>(name: PaperName, schema: S): v.InferOutput<S> | undefined => {
    const item = items.get(name);
    return item && v.parse(schema, item);
  };
  return {
    conclusion: of('CONCLUSION', Conclusion),
    rating: of('RATING', Rating),
    minutes: of('MINUTES', Minutes),
    resolution: of('RESOLUTION', Resolution),
    summary: of('SUMMARY', v.object({ fact: MeetingClosed }))?.fact,
    words: of('WORD', WordFiles) ?? {},
  };
};

export const minutesOf = async (ref: MeetingRef): Promise<Minutes | undefined> => {
  const item = await table.get(key.paper(ref, 'MINUTES'));
  return item && v.parse(Minutes, item);
};

export const recordConclusion = async (ref: MeetingRef, conclusion: Conclusion): Promise<void> => {
  await table.put({ ...key.paper(ref, 'CONCLUSION'), ...conclusion });
};

export const recordRating = async (ref: MeetingRef, rating: Rating, now: Instant): Promise<void> => {
  await table.put({ ...key.paper(ref, 'RATING'), ...rating, fact: changed(ref, now) });
};

/** Keeps a version of the minutes over the one it was made from, and that one beside it. False: another was faster. */
export const recordMinutes = async (ref: MeetingRef, minutes: Minutes): Promise<boolean> => {
  const standing = minutes.version - 1;
  const written = await table.together([
    {
      put: { ...key.paper(ref, 'MINUTES'), ...minutes },
      onlyIf: standing === 0 ? isNew : { ...onVersion(standing) },
    },
    { put: { ...key.paper(ref, `MINUTES#${String(minutes.version).padStart(4, '0')}`), ...minutes }, onlyIf: isNew },
  ]);
  return written.done;
};

/** Adopts the version that stands; false when another version stands by now. */
export const recordAdoption = async (ref: MeetingRef, minutes: MinutesIn<'adopted'>): Promise<boolean> => {
  const fact: PaperSettled = { type: 'minutes-adopted', ...refOf(ref), at: minutes.adoptedAt };
  const written = await table.put({ ...key.paper(ref, 'MINUTES'), ...minutes, fact }, onVersion(minutes.version));
  return written.done;
};

const refOf = ({ unitId, meetingId }: MeetingRef) => ({ unitId, meetingId });

const Counter = v.object({ next: v.number() });
/** Issuers that meet at one counter at most; a branch has one secretary and a deputy. */
const MOST_ISSUERS = 6;

/** Issues a resolution once, under the next number of its branch and term; again answers the one that stands. */
export const recordResolution = async (
  ref: MeetingRef,
  resolution: Omit<Resolution, 'number'>,
): Promise<Resolution> => {
  for (let round = 0; round < MOST_ISSUERS; round++) {
    const [standing, counted] = await Promise.all([
      table.get(key.paper(ref, 'RESOLUTION')),
      table.get(key.counter(ref.unitId, `NQ#${resolution.term}`)),
    ]);
    if (standing) return v.parse(Resolution, standing);
    const number = counted ? v.parse(Counter, counted).next : 1;
    const issued: Resolution = { ...resolution, number };
    const fact: PaperSettled = { type: 'resolution-issued', ...refOf(ref), at: resolution.issuedAt };
    const written = await table.together([
      { put: { ...key.paper(ref, 'RESOLUTION'), ...issued, fact }, onlyIf: isNew },
      {
        put: { ...key.counter(ref.unitId, `NQ#${resolution.term}`), next: number + 1 },
        onlyIf: counted ? { expression: '#next = :number', values: { number } } : isNew,
      },
    ]);
    if (written.done) return issued;
  }
  throw new Error('the counter of resolutions was moved by others in every round');
};

/** Tells the figures how the meeting stands; nothing when they know it already. */
export const recordSummary = async (ref: MeetingRef, fact: MeetingClosed): Promise<void> => {
  await table.put({ ...key.paper(ref, 'SUMMARY'), fact });
};

/** Names the place of a Word file. */
export const recordWord = async (ref: MeetingRef, which: keyof WordFiles, path: string): Promise<void> => {
  await table.change(key.paper(ref, 'WORD'), { set: { [which]: path } });
};

/** Keeps a task that was given at this meeting; a repeat is the same. */
export const recordTask = async (ref: MeetingRef, task: GivenTask): Promise<void> => {
  await table.put({ ...key.task(ref, task.taskId), ...task });
};

export const tasksOf = async (ref: MeetingRef): Promise<readonly GivenTask[]> =>
  (await table.query(evening(ref), { prefix: 'TASK#' })).map((item) => v.parse(GivenTask, item));
