import { groupedFacts } from '#runtime/queue.ts';
import { LiveFact } from '#shared/meetings/model.ts';
import { refreshBranch, refreshLive } from './publication.ts';

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
    await refreshLive(first.unitId, first.meetingId, now);
    if (facts.some(({ type }) => type === 'meeting-changed')) await refreshBranch(first.unitId, now);
  },
);
