import { setTimeout as pause } from 'node:timers/promises';
import {
  addMilliseconds,
  DAY_MS,
  type Day,
  dayOf,
  HOUR_MS,
  type Instant,
  instantAt,
  MINUTE_MS,
} from '#shared/kernel/time.ts';
import { expectedOf, rollOf } from '#shared/meetings/attendance.ts';
import { decideClose, decideOpen, decideStep } from '#shared/meetings/leading.ts';
import {
  type Conclusion,
  decideAdoption,
  decideCorrection,
  draftMinutes,
  draftResolution,
  termOf,
} from '#shared/meetings/minutes.ts';
import {
  type Attendance,
  dayOfMeeting,
  type Meeting,
  type MeetingIn,
  meetingIdOf,
  type Opinion,
  type Plan,
  pollIdOf,
  type RollMember,
} from '#shared/meetings/model.ts';
import { decideOpinion } from '#shared/meetings/opinions.ts';
import { decidePublish, packOf, prepared } from '#shared/meetings/planning.ts';
import { proposePlan } from '#shared/meetings/preparation.ts';
import { criterionIds, decideRating, rubricOn, type Scores } from '#shared/meetings/rating.ts';
import { decideRatingVote, noCourse } from '#shared/meetings/rating-course.ts';
import {
  decideClosePoll,
  decideOpenPoll,
  decideQuestion,
  decideResult,
  decisionOn,
  votingBase,
} from '#shared/meetings/voting.ts';
import { writePack } from '../../../functions/meetings/publication.ts';
import { recordCheckIn, recordMark, rosterOf } from '../../../functions/meetings/store/attendance.ts';
import { recordMove, recordPrepared } from '../../../functions/meetings/store/meetings.ts';
import { recordOpinion } from '../../../functions/meetings/store/opinions.ts';
import {
  recordAdoption,
  recordConclusion,
  recordMinutes,
  recordResolution,
} from '../../../functions/meetings/store/papers.ts';
import { recordCourse } from '../../../functions/meetings/store/rating.ts';
import { conclusions, notes, opinionTexts } from './meeting-texts.ts';
import { meetTonight, placeOf } from './tonight.ts';
import { actOf, type SeededBranch, type SeededMember, type World } from './world.ts';

/** Months that lie behind: enough for a period of the progress report and the one before it. */
const MONTHS = 3;
/** Meetings that are written at once. */
const AT_ONCE = 8;

/**
 * The meetings of the demonstration: some months of evenings in every branch, decided by the product's own rules and
 * written with their past dates through its store, and one published through its own door for tonight.
 */
export const seedMeetings = async (world: World): Promise<void> => {
  await rostersArrived(world);
  const months = pastMonths(world.now);
  const waiting = world.branches.flatMap((branch, index) =>
    months.flatMap((month, at) =>
      meets(world, { index, at, month }) ? [{ branch, month, number: index * MONTHS + at }] : [],
    ),
  );
  let held = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        // Word files are the costly part: every branch has those of its last meeting, the branch of tonight all of them
        const withPapers = next.branch === world.tonight || next.month === months.at(-1);
        await hold(next.branch, next.month, { withPapers, random: randomFrom(next.number + 1) });
        held += 1;
      }
    }),
  );
  world.tell(`${held} meetings of ${months.length} months`);
  await meetTonight(world, lastMonthOf(world, months));
};

/** Everybody meets but one branch in nine. The branch of tonight never missed a month; this month it meets tonight. */
const meets = (world: World, { index, at, month }: { index: number; at: number; month: string }): boolean =>
  world.branches[index] === world.tonight ? !dayOf(world.now).startsWith(month) : (index + at * 2) % 9 !== 4;

/** Month of the last meeting of tonight's branch. */
const lastMonthOf = ({ now }: World, months: readonly string[]): string | undefined =>
  months.findLast((month) => !dayOf(now).startsWith(month));

/** The last months whose usual evening is over. Source: the usual day, domain.md §3.1. */
const pastMonths = (now: Instant): readonly string[] => {
  const months: string[] = [];
  let [year = 0, month = 1] = dayOf(now).split('-').map(Number);
  while (months.length < MONTHS) {
    const text = `${year}-${String(month).padStart(2, '0')}`;
    if (addMilliseconds(eveningOf(text), 6 * HOUR_MS) < now) months.unshift(text);
    [year, month] = month === 1 ? [year - 1, 12] : [year, month - 1];
  }
  return months;
};
const eveningOf = (month: string): Instant => instantAt(`${month}-03` as Day, '19:30');

/** The roster of each branch comes by the facts of members; a meeting needs it whole. */
const rostersArrived = async ({ branches, tell }: World): Promise<void> => {
  const deadline = Date.now() + 120_000;
  for (const { unitId, people } of branches) {
    for (;;) {
      const here = new Set((await rosterOf(unitId)).map(({ memberId }) => memberId));
      if (people.every(({ memberId }) => here.has(memberId))) break;
      if (Date.now() > deadline) throw new Error(`seed: the roster of ${unitId} did not arrive`);
      await pause(200);
    }
  }
  tell('rosters of the meetings');
};

type Random = () => number;

/** One evening of the past from its preparation to its minutes. */
const hold = async (
  branch: SeededBranch,
  month: string,
  { withPapers, random }: { readonly withPapers: boolean; readonly random: Random },
): Promise<void> => {
  const { unitId } = branch;
  const startsAt = eveningOf(month);
  const chair = branch.people[0] as SeededMember; // every branch has at least nine
  const scribe = branch.people[2] as SeededMember;
  const before = addMilliseconds(startsAt, -(2 + Math.floor(random() * 3)) * DAY_MS);
  const plan: Plan = {
    ...proposePlan('regular', undefined, before),
    place: placeOf(branch),
    startsAt,
    chairId: chair.memberId,
    scribeId: scribe.memberId,
  };
  plan.agenda = plan.agenda.map((step) => ({ ...step, note: notes[step.id] }));
  const roll = rollOf({ unitId, startsAt }, await rosterOf(unitId));
  const first = prepared(meetingIdOf(actOf(`meeting ${unitId} ${month}`)), unitId, 'regular', plan);
  const hash = await writePack(packOf(first, plan, roll, before));
  const published = granted(decidePublish(first, plan, { hash, roll }, before));

  const startedAt = addMilliseconds(startsAt, Math.floor(random() * 9) * MINUTE_MS);
  let meeting = isOpen(granted(decideOpen(published, { firstStep: plan.agenda[0]?.id ?? '', roll }, startedAt)));
  const lasted = (88 + Math.floor(random() * 30)) * MINUTE_MS;
  plan.agenda.forEach((step, at) => {
    const entered = addMilliseconds(startedAt, Math.floor((lasted * at) / plan.agenda.length));
    meeting = isOpen(granted(decideStep(meeting, plan.agenda, step.id, entered)));
  });
  const endedAt = addMilliseconds(startedAt, lasted);
  const attendance = attendanceOf(roll, scribe, startsAt, random);
  meeting = voted(meeting, {
    roll,
    attendance,
    at: addMilliseconds(endedAt, -10 * MINUTE_MS),
    act: `${unitId} ${month}`,
  });
  const closed = granted(decideClose(meeting, endedAt));

  await recordPrepared({ meeting: first, plan });
  await recordMove({ meeting: { ...closed, version: first.version + 1 }, plan }, endedAt);
  const record = { ...closed, version: first.version + 1 };
  await Promise.all(
    attendance.map((mark) =>
      mark.status === 'present' ? recordCheckIn(record, mark) : recordMark(record, mark, 'unmarked'),
    ),
  );
  const opinions = opinionsOf(meeting, attendance, random);
  await Promise.all(opinions.map((opinion) => recordOpinion(record, opinion)));
  await writePapers(record, { plan, roll, attendance, opinions, chair, withPapers, random });
};

/** Most come, by their own phones or ticked by the scribe; some are excused, very few are missing; the exempt seldom come. */
const attendanceOf = (
  roll: readonly RollMember[],
  scribe: SeededMember,
  startsAt: Instant,
  random: Random,
): Attendance[] => {
  const { members, exempt } = expectedOf({}, roll);
  if (members === 0) return [];
  return roll.flatMap((member): Attendance[] => {
    if (!['official', 'probationary', 'exempt', 'guest'].includes(member.state)) return [];
    const { memberId } = member;
    const at = addMilliseconds(startsAt, Math.floor((random() * 25 - 20) * MINUTE_MS));
    const draw = random();
    const isExempt = exempt.includes(memberId);
    if (isExempt ? draw < 0.15 : draw < 0.93)
      return [{ memberId, status: 'present', at, recordedBy: member.hasPhone ? memberId : scribe.memberId }];
    if (isExempt) return [];
    return draw < 0.99
      ? [{ memberId, status: 'excused', at, recordedBy: scribe.memberId, reason: draw < 0.96 ? 'Đi làm ca' : 'Ốm' }]
      : [{ memberId, status: 'unexcused', at, recordedBy: scribe.memberId }];
  });
};

const isOpen = (meeting: Meeting): MeetingIn<'open'> => {
  if (meeting.state !== 'open') throw new Error(`a seeded meeting is ${meeting.state}`);
  return meeting;
};

/** The resolution of the month, carried by raised hands. */
const voted = (
  meeting: MeetingIn<'open'>,
  hall: { roll: readonly RollMember[]; attendance: readonly Attendance[]; at: Instant; act: string },
): MeetingIn<'open'> => {
  const pollId = pollIdOf(actOf(`poll ${hall.act}`));
  const question = `Thông qua nghị quyết ${meeting.title.charAt(0).toLowerCase()}${meeting.title.slice(1)}?`;
  const now = hall.at;
  const asked = granted(
    decideQuestion(meeting, { state: 'created', pollId, question, decision: 'resolution', createdAt: now }),
  );
  const open = granted(decideOpenPoll(asked, pollId, { ...hall, now })).meeting;
  const closed = granted(decideClosePoll(open, pollId, addMilliseconds(now, 2 * MINUTE_MS)));
  const poll = closed.polls.at(-1);
  const present = poll?.state === 'closed' ? poll.base.present : 0;
  const hands = { agree: Math.max(0, present - 1), disagree: 0, other: Math.min(1, present) };
  const by = meeting.chairId as NonNullable<Meeting['chairId']>; // it was published
  const witnessId = hall.attendance.find(({ memberId, status }) => status === 'present' && memberId !== by)?.memberId;
  return granted(
    decideResult(closed, pollId, {
      ballots: [],
      hands,
      witnessId,
      by,
      ...hall,
      now: addMilliseconds(now, 3 * MINUTE_MS),
    }),
  );
};

const opinionsOf = (meeting: Meeting, attendance: readonly Attendance[], random: Random): Opinion[] => {
  const present = attendance.filter(({ status }) => status === 'present');
  const speakers = present.slice(3, 5 + Math.floor(random() * 3));
  return speakers.map(({ memberId }, at) => {
    const now = addMilliseconds(meeting.startsAt, (50 + at * 3) * MINUTE_MS);
    const text = opinionTexts[Math.floor(random() * opinionTexts.length)] as string;
    const opinionId = actOf(`opinion ${meeting.unitId} ${meeting.meetingId} ${at}`);
    return granted(
      decideOpinion(meeting, { opinionId, memberId, text }, { recordedBy: memberId, given: 0, adopted: false, now }),
    );
  });
};

/** Conclusion, rating, adopted minutes and the numbered resolution; two of a hundred meetings are not rated. */
const writePapers = async (
  meeting: MeetingIn<'closed'>,
  evening: {
    plan: Plan;
    roll: readonly RollMember[];
    attendance: readonly Attendance[];
    opinions: readonly Opinion[];
    chair: SeededMember;
    withPapers: boolean;
    random: Random;
  },
): Promise<void> => {
  const { plan, roll, attendance, opinions, chair, withPapers, random } = evening;
  const conclusion = conclusions[Math.floor(random() * conclusions.length)] as Conclusion;
  const by = { memberId: chair.memberId, now: addMilliseconds(meeting.endedAt, 5 * MINUTE_MS) };
  await recordConclusion(meeting, conclusion, by.now);
  const strict = random();
  const scores = Object.fromEntries(
    criterionIds.map((id) => {
      const max = rubricOn(dayOfMeeting(meeting)).criteria.find((one) => one.id === id)?.max ?? 0;
      return [id, Math.max(0, Math.round(max * (strict < 0.12 ? 0.72 + random() * 0.2 : 0.9 + random() * 0.1)))];
    }),
  ) as Scores;
  const rating = random() < 0.98 ? granted(decideRating(meeting, scores, by)) : undefined;
  if (!rating) return;
  const base = votingBase(decisionOn('rating', dayOfMeeting(meeting)), roll, attendance, dayOfMeeting(meeting));
  const hands = { agree: base.present, disagree: 0, other: 0 };
  const course = granted(decideRatingVote(noCourse, { meeting, rating, base }, hands, by));
  await recordCourse(meeting, course, { rating, changed: true }, by.now);
  if (!withPapers) return;
  const record = { meeting, plan, members: roll, roll: attendance, opinions, conclusion, tasks: [], rating };
  const sections = granted(draftMinutes(record));
  const draft = granted(decideCorrection(meeting, undefined, { basedOn: 0, sections }, by));
  await recordMinutes(meeting, draft);
  await recordAdoption(meeting, granted(decideAdoption(meeting, draft, { version: 1, present: base.present }, by)));
  const resolution = draftResolution(record);
  if (resolution.ok)
    await recordResolution(meeting, {
      ...resolution.value,
      term: termOf(dayOfMeeting(meeting)),
      issuedBy: chair.memberId,
      issuedAt: by.now,
    });
};

const granted = <T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string },
): T => {
  if (!result.ok) throw new Error(`seed: a rule refused ${result.code}`);
  return result.value;
};

/** mulberry32: the same evening for the same number. */
const randomFrom = (seed: number): Random => {
  let state = seed * 7919;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};
