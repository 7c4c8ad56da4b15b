import * as v from 'valibot';
import { env } from '#runtime/env.ts';
import { type Item, isNew, type OnlyIf, openTable } from '#runtime/table.ts';
import type { DocumentPublished } from '#shared/documents/model.ts';
import { type MemberId, type UnitId, UnitId as UnitIdSchema } from '#shared/kernel/ids.ts';
import { type Day, Day as DaySchema, dayOf, type Instant, Instant as InstantSchema } from '#shared/kernel/time.ts';
import type { AttendanceRecorded } from '#shared/meetings/model.ts';
import { type MemberChanged, Unit } from '#shared/members/model.ts';
import { parentsEver } from '#shared/members/tree.ts';
import {
  Closing,
  MarkTrace,
  MeetingTrace,
  MemberTrace,
  OpenedTrace,
  PostedTrace,
  Progress,
  RatingTrace,
  Recording,
  RepairTrace,
  RoleTrace,
  SignedTrace,
} from '#shared/reports/model.ts';

const table = openTable('REPORTS_TABLE');

/**
 * Everything of a unit stands together. What a sum since the beginning needs stands by itself and is small; what a
 * period needs stands by its day. Keys are made of what happened, so that a fact taken twice stands once.
 */
const unitPk = (unitId: UnitId) => `UNIT#${unitId}`;
const sk = {
  about: () => 'ABOUT',
  child: (unitId: UnitId) => `CHILD#${unitId}`,
  member: (memberId: MemberId) => `MEMBER#${memberId}`,
  signed: (memberId: MemberId) => `SIGNED#${memberId}`,
  opened: (day: Day, memberId: MemberId) => `OPENED#${day}#${memberId}`,
  posted: (day: Day, documentId: string) => `POSTED#${day}#${documentId}`,
  role: (day: Day, what: string) => `DAY#${day}#ROLE#${what}`,
  repair: (day: Day, repairId: string) => `DAY#${day}#REPAIR#${repairId}`,
  meeting: (day: Day, what: string) => `DAY#${day}#MEETING#${what}`,
  rating: (day: Day, what: string) => `DAY#${day}#RATING#${what}`,
  marks: (day: Day, meetingId: string) => `DAY#${day}#MARKS#${meetingId}`,
  recording: (recording: Recording) => `RECORDING#${recording}`,
  closing: (from: Day, to: Day) => `CLOSED#${to}#${from}`,
  closingPart: (from: Day, to: Day, part: number) => `FIGURES#${to}#${from}#${String(part).padStart(3, '0')}`,
};
const signedKey = (memberId: MemberId) => ({ pk: `MEMBER#${memberId}`, sk: 'SIGNED' });
const placesKey = (memberId: MemberId) => ({ pk: `MEMBER#${memberId}`, sk: 'PLACES' });

const isNewer = (version: number): OnlyIf => ({
  expression: 'attribute_not_exists(#pk) OR #version < :version',
  values: { version },
});
const isEarlier = (at: Instant): OnlyIf => ({
  expression: 'attribute_not_exists(#pk) OR #at > :at',
  values: { at },
});

const isLater = (at: Instant): OnlyIf => ({
  expression: 'attribute_not_exists(#pk) OR #at < :at',
  values: { at },
});

const RecordingItem = v.object({ recording: Recording, at: InstantSchema });
// the earliest moment this function knows to be kept of a unit's source: a later one changes nothing and costs nothing
const knownSince = new Map<string, Instant>();
const KNOWN_KEPT = 5_000;

/** Remembers since when facts of this source are recorded at the unit: the earliest that ever arrived. */
export const keepRecording = async (unitId: UnitId, recording: Recording, at: Instant): Promise<void> => {
  const key = { pk: unitPk(unitId), sk: sk.recording(recording) };
  const name = `${env('REPORTS_TABLE')} ${key.pk} ${key.sk}`;
  const known = knownSince.get(name);
  if (known !== undefined && known <= at) return;
  const written = await table.put({ ...key, recording, at }, isEarlier(at));
  if (knownSince.size >= KNOWN_KEPT) knownSince.clear();
  knownSince.set(name, written.done || !written.existing ? at : v.parse(RecordingItem, written.existing).at);
};

/** The tree as a dated record: the unit itself, and a copy below every unit it ever stood under. */
export const keepUnit = async (unit: Unit): Promise<void> => {
  const { unitId, version } = unit;
  await table.put({ pk: unitPk(unitId), sk: sk.about(), ...unit }, isNewer(version));
  for (const parentId of parentsEver(unit))
    await table.put({ pk: unitPk(parentId), sk: sk.child(unitId), ...unit }, isNewer(version));
};

/**
 * A member's dates, without name, at every branch he ever belonged to, and his first sign-in with them. Who he is and
 * whether he signed in arrive in any order: each is written down first and then looks for the other.
 */
export const keepMember = async (fact: MemberChanged): Promise<void> => {
  const { memberId, version, admissionDate, officialDate, placements, conditions, unitIds } = fact;
  const standing = { admissionDate, officialDate, placements, conditions };
  await table.put({ ...placesKey(memberId), unitIds, version }, isNewer(version));
  for (const unitId of unitIds)
    await table.put({ pk: unitPk(unitId), sk: sk.member(memberId), memberId, version, standing }, isNewer(version));
  const signed = await table.get(signedKey(memberId));
  if (!signed) return;
  const { at } = v.parse(SignedTrace, signed);
  for (const unitId of unitIds) await keepSignedAt(unitId, memberId, at);
};

/** The first sign-in of a member, at the unit he signed in from and at every branch he belongs to. */
export const keepSigned = async (unitId: UnitId, memberId: MemberId, at: Instant): Promise<void> => {
  await table.put({ ...signedKey(memberId), memberId, at }, isEarlier(at));
  const places = await table.get(placesKey(memberId));
  const unitIds = places ? v.parse(Places, places).unitIds : [];
  for (const place of new Set([unitId, ...unitIds])) await keepSignedAt(place, memberId, at);
};
const Places = v.object({ unitIds: v.array(UnitIdSchema) });

const keepSignedAt = async (unitId: UnitId, memberId: MemberId, at: Instant): Promise<void> => {
  await table.put({ pk: unitPk(unitId), sk: sk.signed(memberId), memberId, at }, isEarlier(at));
};

/** One access: of this member on this day. The first one stands. */
export const keepOpened = async (unitId: UnitId, opened: OpenedTrace): Promise<void> => {
  const { day, memberId, at } = opened;
  await table.put({ pk: unitPk(unitId), sk: sk.opened(day, memberId), memberId, day, at }, isNew);
};

type Posted = Pick<DocumentPublished, 'unitId' | 'documentId' | 'kind' | 'at'>;

export const keepPosted = async ({ unitId, documentId, kind, at }: Posted): Promise<void> => {
  const day = dayOf(at);
  await table.put({ pk: unitPk(unitId), sk: sk.posted(day, documentId), documentId, kind, day, at }, isNew);
};

export const keepRole = async (unitId: UnitId, trace: RoleTrace): Promise<void> => {
  const { day, memberId, role, at } = trace;
  await table.put({ pk: unitPk(unitId), sk: sk.role(day, `${memberId}#${role}#${at}`), ...trace });
};

export const keepRepair = async (unitId: UnitId, trace: RepairTrace): Promise<void> => {
  await table.put({ pk: unitPk(unitId), sk: sk.repair(trace.day, trace.repairId), ...trace }, isNew);
};

/**
 * A meeting as one fact says it is. A meeting that was moved to another day is taken out of the day it left: each fact
 * first writes its own day down and then looks at all of them, so that the last of any two sees both.
 */
export const keepMeeting = async (unitId: UnitId, trace: MeetingTrace): Promise<void> => {
  const { day, meetingId, at, state } = trace;
  await table.put({ pk: unitPk(unitId), sk: sk.meeting(day, `${meetingId}#${at}#${state}`), ...trace });
  const days = `MEETING#${meetingId}`;
  await table.put({ pk: days, sk: `DAY#${day}`, day, at }, isLater(at));
  const stood = (await table.query(days, { prefix: 'DAY#' })).map((item) => v.parse(StoodOn, item));
  const last = stood.toSorted((a, b) => (a.at < b.at ? -1 : 1)).at(-1);
  for (const left of stood.filter((one) => last && one.day !== last.day)) {
    const gone = { ...trace, day: left.day, at: last?.at ?? at, state: 'withdrawn' as const };
    await table.put({ pk: unitPk(unitId), sk: sk.meeting(left.day, `${meetingId}#${gone.at}#moved`), ...gone });
  }
};
const StoodOn = v.object({ day: DaySchema, at: InstantSchema });

export const keepRating = async (unitId: UnitId, trace: RatingTrace): Promise<void> => {
  const { day, meetingId, at } = trace;
  await table.put({ pk: unitPk(unitId), sk: sk.rating(day, `${meetingId}#${at}`), ...trace });
};

/** Marks of rolls: those of one meeting stand in one item, each under the member and the moment it was made. */
export const keepMarks = async (facts: readonly AttendanceRecorded[]): Promise<void> => {
  for (const some of Map.groupBy(facts, ({ unitId, day, meetingId }) => `${unitId}#${day}#${meetingId}`).values()) {
    const { unitId, day, meetingId } = some[0] as AttendanceRecorded; // a group has at least one
    const marks = some.map(({ memberId, at, sentLater, status }) => [`M#${memberId}#${sentLater ?? at}`, status]);
    await table.add({ pk: unitPk(unitId), sk: sk.marks(day, meetingId) }, Object.fromEntries(marks));
  }
};

const marksIn = (item: Item): MarkTrace[] => {
  const [, day, , meetingId] = item.sk.split('#');
  return Object.entries(item).flatMap(([name, status]) => {
    const [word, memberId, at] = name.split('#');
    return word === 'M' ? [v.parse(MarkTrace, { meetingId, memberId, status, day, at })] : [];
  });
};

export const unitAbout = async (unitId: UnitId): Promise<Unit | undefined> => {
  const item = await table.get({ pk: unitPk(unitId), sk: sk.about() });
  return item && v.parse(Unit, item);
};

/** Every unit that ever stood directly below, each with its whole history. */
export const childrenOf = async (unitId: UnitId): Promise<Unit[]> =>
  (await table.query(unitPk(unitId), { prefix: 'CHILD#' })).map((item) => v.parse(Unit, item));

/** Since when each source is recorded at a unit. */
export const recordingsOf = async (unitId: UnitId): Promise<Partial<Record<Recording, Instant>>> =>
  Object.fromEntries(
    (await table.query(unitPk(unitId), { prefix: 'RECORDING#' })).map((item) => {
      const { recording, at } = v.parse(RecordingItem, item);
      return [recording, at];
    }),
  );

export const membersOf = async (unitId: UnitId): Promise<MemberTrace[]> =>
  (await table.query(unitPk(unitId), { prefix: 'MEMBER#' })).map((item) => v.parse(MemberTrace, item));

export const signedOf = async (unitId: UnitId): Promise<SignedTrace[]> =>
  (await table.query(unitPk(unitId), { prefix: 'SIGNED#' })).map((item) => v.parse(SignedTrace, item));

/** All openings up to a day. */
export const openedUntil = async (unitId: UnitId, to: Day): Promise<OpenedTrace[]> =>
  (await table.query(unitPk(unitId), { from: 'OPENED#', to: `OPENED#${to}#~` })).map((item) =>
    v.parse(OpenedTrace, item),
  );

export const postedUntil = async (unitId: UnitId, to: Day): Promise<PostedTrace[]> =>
  (await table.query(unitPk(unitId), { from: 'POSTED#', to: `POSTED#${to}#~` })).map((item) =>
    v.parse(PostedTrace, item),
  );

/** What happened at a unit from one day to another, sorted by kind. */
export const daysOf = async (unitId: UnitId, from: Day, to: Day) => {
  const items = await table.query(unitPk(unitId), { from: `DAY#${from}#`, to: `DAY#${to}#~` });
  const of = <S extends v.GenericSchema>(word: string, schema: S): v.InferOutput<S>[] =>
    items.filter((item) => item.sk.split('#')[2] === word).map((item) => v.parse(schema, item));
  return {
    roles: of('ROLE', RoleTrace),
    repairs: of('REPAIR', RepairTrace),
    meetings: of('MEETING', MeetingTrace),
    ratings: of('RATING', RatingTrace),
    marks: items.filter((item) => item.sk.split('#')[2] === 'MARKS').flatMap(marksIn),
  };
};

/** Letters of a closed report in one item: three bytes each at most, and an item holds 400 KB. */
const PART_LETTERS = 100_000;
const Part = v.object({ text: v.string() });

/**
 * Keeps the figures of a closed period as the very text that was hashed. The first closing stands; it is answered again.
 */
export const keepClosing = async (unitId: UnitId, closing: Closing, text: string): Promise<Closing> => {
  const { from, to } = closing.period;
  const count = Math.ceil(text.length / PART_LETTERS);
  const written = await table.together([
    { put: { pk: unitPk(unitId), sk: sk.closing(from, to), ...closing, parts: count }, onlyIf: isNew },
    ...Array.from({ length: count }, (_, part) => ({
      put: {
        pk: unitPk(unitId),
        sk: sk.closingPart(from, to, part),
        text: text.slice(part * PART_LETTERS, (part + 1) * PART_LETTERS),
      },
    })),
  ]);
  return written.done ? closing : v.parse(Closing, written.failed[0]?.existing);
};

export const closingOf = async (unitId: UnitId, from: Day, to: Day): Promise<Closing | undefined> => {
  const item = await table.get({ pk: unitPk(unitId), sk: sk.closing(from, to) });
  return item && v.parse(Closing, item);
};

/** The text of a closed period, byte for byte as it was hashed, and what it says. */
export const closedText = async (unitId: UnitId, from: Day, to: Day): Promise<{ text: string; progress: Progress }> => {
  const parts = await table.query(unitPk(unitId), { prefix: `FIGURES#${to}#${from}#` });
  const text = parts.map((item) => v.parse(Part, item).text).join('');
  return { text, progress: v.parse(v.pipe(v.string(), v.parseJson(), Progress), text) };
};

export const closingsOf = async (unitId: UnitId): Promise<Closing[]> =>
  (await table.query(unitPk(unitId), { prefix: 'CLOSED#', descending: true })).map((item) => v.parse(Closing, item));
