import * as v from 'valibot';
import { groupedFacts } from '#runtime/queue.ts';
import { AccountRepaired, Opened, SignedIn } from '#shared/access/model.ts';
import { DocumentPublished } from '#shared/documents/model.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { never } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { AttendanceRecorded, MeetingChanged, MeetingClosed } from '#shared/meetings/model.ts';
import { MemberChanged, RoleChanged, UnitChanged } from '#shared/members/model.ts';
import type { Recording } from '#shared/reports/model.ts';
import {
  keepMarks,
  keepMeeting,
  keepMember,
  keepOpened,
  keepPosted,
  keepRating,
  keepRecording,
  keepRepair,
  keepRole,
  keepSigned,
  keepUnit,
} from './store.ts';

/** Every fact that a figure stands on. Infra routes each of these types here; a test compares the two. */
export const RecordedFact = v.variant('type', [
  UnitChanged,
  MemberChanged,
  RoleChanged,
  SignedIn,
  Opened,
  AccountRepaired,
  v.pick(DocumentPublished, ['type', 'documentId', 'unitId', 'kind', 'at']),
  MeetingChanged,
  MeetingClosed,
  AttendanceRecorded,
]);
type RecordedFact = v.InferOutput<typeof RecordedFact>;

/** Keeps what the figures need of facts. Every write is keyed by its fact, so order and repetition do not matter. */
export const keepFacts = async (facts: readonly RecordedFact[]): Promise<void> => {
  await keepMarks(facts.filter((fact) => fact.type === 'attendance-recorded'));
  for (const fact of facts) await keepFact(fact);
  for (const { unitId, recording, at } of recordedBy(facts)) await keepRecording(unitId, recording, at);
};

/** What one fact says beyond the marks of a roll. */
const keepFact = async (fact: RecordedFact): Promise<void> => {
  switch (fact.type) {
    case 'unit-changed':
      return keepUnit(fact.unit);
    case 'member-changed':
      return keepMember(fact);
    case 'role-changed': {
      const { unitId, memberId, role, at } = fact;
      if (fact.change === 'granted') await keepRole(unitId, { memberId, role, day: dayOf(at), at });
      return;
    }
    case 'signed-in':
      return keepSigned(fact.unitId, fact.memberId, fact.at);
    case 'opened': {
      const { unitId, memberId, day, at } = fact;
      return keepOpened(unitId, { memberId, day, at });
    }
    case 'account-repaired': {
      const { unitId, repairId, cause, at } = fact;
      return keepRepair(unitId, { repairId, cause, day: dayOf(at), at });
    }
    case 'document-published':
      return keepPosted(fact);
    case 'meeting-changed': {
      const { unitId, meetingId, is, at } = fact;
      if (is) await keepMeeting(unitId, { meetingId, ...is, at });
      return;
    }
    case 'meeting-closed': {
      const { unitId, meetingId, kind, day, startedAt, endedAt, grade, gradedAt = fact.at } = fact;
      await keepMeeting(unitId, { meetingId, kind, state: 'closed', startedAt, endedAt, day, at: endedAt });
      if (grade) await keepRating(unitId, { meetingId, rating: grade, day, at: gradedAt });
      return;
    }
    case 'attendance-recorded':
      return;
    default:
      return never(fact);
  }
};

const recordings: Readonly<Record<RecordedFact['type'], Recording>> = {
  'unit-changed': 'people',
  'member-changed': 'people',
  'role-changed': 'people',
  'signed-in': 'accounts',
  opened: 'opened',
  'account-repaired': 'accounts',
  'document-published': 'papers',
  'meeting-changed': 'meetings',
  'meeting-closed': 'meetings',
  'attendance-recorded': 'meetings',
};

const unitsOf = (fact: RecordedFact): readonly UnitId[] => {
  if (fact.type === 'unit-changed') return [fact.unit.unitId];
  return fact.type === 'member-changed' ? fact.unitIds : [fact.unitId];
};

/** Since when these facts show that a source is recorded, once for each unit and source: the earliest of them. */
const recordedBy = (facts: readonly RecordedFact[]) => {
  const earliest = new Map<string, { unitId: UnitId; recording: Recording; at: Instant }>();
  for (const fact of facts)
    for (const unitId of unitsOf(fact)) {
      const found = { unitId, recording: recordings[fact.type], at: fact.at };
      const name = `${unitId}#${found.recording}`;
      const before = earliest.get(name);
      if (!before || found.at < before.at) earliest.set(name, found);
    }
  return earliest.values();
};

/** Facts of one unit or person are taken in one go: a roll of a hall is one write and not thirty. */
export const handler = groupedFacts(
  RecordedFact,
  (fact) => (fact.type === 'member-changed' ? fact.memberId : (unitsOf(fact)[0] ?? '')),
  keepFacts,
);
