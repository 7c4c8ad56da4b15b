import * as v from 'valibot';
import { eachFact } from '#runtime/queue.ts';
import { AccountRepaired, SignedIn } from '#shared/access/model.ts';
import { DocumentPublished } from '#shared/documents/model.ts';
import { never } from '#shared/kernel/result.ts';
import { dayOf } from '#shared/kernel/time.ts';
import { AttendanceRecorded, MeetingChanged, MeetingClosed } from '#shared/meetings/model.ts';
import { MemberChanged, RoleChanged, UnitChanged } from '#shared/members/model.ts';
import {
  keepMark,
  keepMeeting,
  keepMember,
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
  AccountRepaired,
  v.pick(DocumentPublished, ['type', 'documentId', 'unitId', 'kind', 'at']),
  MeetingChanged,
  MeetingClosed,
  AttendanceRecorded,
]);
type RecordedFact = v.InferOutput<typeof RecordedFact>;

/** Keeps what the figures need of a fact. Every write is keyed by the fact, so order and repetition do not matter. */
export const keepFact = async (fact: RecordedFact): Promise<void> => {
  switch (fact.type) {
    case 'unit-changed':
      await keepUnit(fact.unit);
      return keepRecording(fact.unit.unitId, 'people', fact.at);
    case 'member-changed':
      await keepMember(fact);
      for (const unitId of fact.unitIds) await keepRecording(unitId, 'people', fact.at);
      return;
    case 'role-changed': {
      const { unitId, memberId, role, at } = fact;
      if (fact.change === 'granted') await keepRole(unitId, { memberId, role, day: dayOf(at), at });
      return keepRecording(unitId, 'people', at);
    }
    case 'signed-in':
      await keepSigned(fact.unitId, fact.memberId, fact.at);
      return keepRecording(fact.unitId, 'accounts', fact.at);
    case 'account-repaired': {
      const { unitId, repairId, cause, at } = fact;
      await keepRepair(unitId, { repairId, cause, day: dayOf(at), at });
      return keepRecording(unitId, 'accounts', at);
    }
    case 'document-published':
      await keepPosted(fact);
      return keepRecording(fact.unitId, 'papers', fact.at);
    case 'meeting-changed': {
      const { unitId, meetingId, is, at } = fact;
      if (is) await keepMeeting(unitId, { meetingId, ...is, at });
      return keepRecording(unitId, 'meetings', at);
    }
    case 'meeting-closed': {
      const { unitId, meetingId, kind, day, startedAt, endedAt, grade, gradedAt = fact.at, at } = fact;
      await keepMeeting(unitId, { meetingId, kind, state: 'closed', startedAt, endedAt, day, at: endedAt });
      if (grade) await keepRating(unitId, { meetingId, rating: grade, day, at: gradedAt });
      return keepRecording(unitId, 'meetings', at);
    }
    case 'attendance-recorded': {
      const { unitId, meetingId, memberId, status, day, at } = fact;
      await keepMark(unitId, { meetingId, memberId, status, day, at });
      return keepRecording(unitId, 'meetings', at);
    }
    default:
      return never(fact);
  }
};

export const handler = eachFact(RecordedFact, keepFact);
