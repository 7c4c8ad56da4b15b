import { groupedFacts } from '#runtime/queue.ts';
import type { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { closedFact } from '#shared/meetings/leading.ts';
import { LiveFact } from '#shared/meetings/model.ts';
import { refreshLive } from './live-file.ts';
import { refreshBranch } from './publication.ts';
import { eveningOf } from './store/evening.ts';
import { meetingOf } from './store/meetings.ts';
import { papersOf, recordSummary } from './store/papers.ts';

/**
 * Someone checked in, gave an opinion, or the meeting itself moved on: its live file is rendered from the facts. Many facts
 * of one meeting make one file; a repeat or an old one renders the same and writes nothing.
 */
export const handler = groupedFacts(
  LiveFact,
  ({ unitId, meetingId }) => `${unitId}#${meetingId}`,
  async (facts, now) => {
    const [first] = facts;
    if (!first) return;
    const closed = await refreshLive(first, facts, now);
    const listed = facts.some((fact) => fact.type === 'meeting-changed' && !fact.rowStands);
    if (listed) await refreshBranch(first.unitId, now);
    if (closed) await tellFigures(first.unitId, first.meetingId, now);
  },
);

/** A held meeting is summed up for the figures, again whenever its record changes; the same sum is told once. */
const tellFigures = async (unitId: UnitId, meetingId: MeetingId, now: Instant): Promise<void> => {
  const ref = { unitId, meetingId };
  const [meeting, evening, papers] = await Promise.all([meetingOf(ref), eveningOf(ref), papersOf(ref)]);
  if (meeting?.state !== 'closed') return;
  const { minutes, summary } = papers;
  const rating = papers.course.decision ?? papers.rating;
  const fact = closedFact(meeting, { ...evening, rating, adopted: minutes?.state === 'adopted' }, now);
  const told = summary && JSON.stringify({ ...summary, at: now }) === JSON.stringify({ ...fact, at: now });
  if (!told) await recordSummary(ref, fact);
};
