import * as v from 'valibot';
import { eachFact } from '#runtime/queue.ts';
import { DocumentPublished, type DocumentTypeId, DocumentWithdrawn, documentType } from '#shared/documents/model.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { decidePapers } from '#shared/meetings/planning.ts';
import { withoutPaper, withPaper } from '#shared/meetings/preparation.ts';
import { changing } from './changing.ts';
import { writePackOf } from './publication.ts';
import { rosterOf } from './store/attendance.ts';
import { meetingOf, recordMove } from './store/meetings.ts';
import { recordScanWithdrawn, recordWord } from './store/papers.ts';

/**
 * A paper was published to a meeting, or taken back: it comes onto the agenda or leaves it, and what members read is
 * published again. A paper of no meeting, or of one that is over, changes nothing.
 */
export const handler = eachFact(v.variant('type', [DocumentPublished, DocumentWithdrawn]), async (fact, now) => {
  const { unitId, meetingId } = fact;
  if (meetingId === undefined) return;
  await keepScan(fact, now);
  await changing(
    { unitId, meetingId },
    async ({ meeting, plan: before }) => {
      const plan =
        fact.type === 'document-published'
          ? withPaper(before, { title: titleOf(fact), path: fact.path, documentId: fact.documentId }, fact.fields.type)
          : withoutPaper(before, fact.documentId);
      const isRead = meeting.state === 'published' || meeting.state === 'open';
      const pack = isRead ? await writePackOf({ meeting, plan }, await rosterOf(unitId), now) : '';
      return { ok: true, value: { meeting: decidePapers(meeting, { before, plan, pack, at: fact.at }), plan } };
    },
    ({ meeting, plan }) => recordMove({ meeting, plan }, now),
  );
});

/** A signed scan of the minutes or the resolution of a meeting that is over is kept with that paper, until it is withdrawn. */
const keepScan = async (fact: DocumentPublished | DocumentWithdrawn, now: Instant): Promise<void> => {
  const { unitId, meetingId, documentId } = fact;
  if (meetingId === undefined) return;
  if (fact.type === 'document-withdrawn') return recordScanWithdrawn({ unitId, meetingId }, documentId, now);
  const which = SCANS[fact.fields.type];
  const meeting = which && (await meetingOf({ unitId, meetingId }));
  if (which && meeting?.state === 'closed') await recordWord({ unitId, meetingId }, which, documentId, now);
};
const SCANS: Partial<Record<DocumentTypeId, 'minutesScan' | 'resolutionScan'>> = {
  minutes: 'minutesScan',
  resolution: 'resolutionScan',
};

const titleOf = ({ fields }: DocumentPublished): string =>
  [documentType(fields.type).name, fields.number, fields.abstract].filter(Boolean).join(' ').slice(0, 300);
