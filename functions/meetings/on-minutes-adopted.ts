import { hashOf, keepForever, openBucket } from '#runtime/files.ts';
import { officialDocument } from '#runtime/official-document.ts';
import type { OfficialPaper } from '#runtime/official-paper.ts';
import { officialPdf } from '#runtime/official-pdf.ts';
import { eachFact } from '#runtime/queue.ts';
import { isForAll } from '#shared/meetings/live.ts';
import { PaperSettled } from '#shared/meetings/model.ts';
import { minutesPaper, paperIssuerOf, resolutionPaper, sentUp } from './papers.ts';
import { wholeRecordOf } from './record.ts';
import { recordWord } from './store/papers.ts';
import { recordReceived } from './store/received.ts';

const content = openBucket('CONTENT_BUCKET');
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/**
 * Minutes were adopted or a resolution was issued: it becomes a Word file and a PDF in the layout of party papers, beside
 * the branch's other papers. Both are named by what stands in them, so that a repeat writes the same ones.
 */
export const handler = eachFact(PaperSettled, async ({ type, unitId, meetingId }, now) => {
  const ref = { unitId, meetingId };
  const [record, issuer] = await Promise.all([wholeRecordOf(ref), paperIssuerOf(unitId, now)]);
  if (!record) throw new Error('a paper was settled of a meeting that is not there');
  const { minutes, resolution } = record.papers;
  if (issuer.superiorId && isForAll(record.meeting))
    await recordReceived(issuer.superiorId, sentUp(record, issuer.issuer, now));
  if (type === 'minutes-adopted' && minutes?.state === 'adopted')
    await write('minutes', hashOf(JSON.stringify([meetingId, minutes])), minutesPaper(record, minutes, issuer));
  if (type === 'resolution-issued' && resolution)
    await write(
      'resolution',
      hashOf(JSON.stringify([meetingId, resolution])),
      resolutionPaper(record, resolution, issuer),
    );

  async function write(which: 'minutes' | 'resolution', hash: string, paper: OfficialPaper): Promise<void> {
    const path = `content/docs/${unitId}/${hash}`;
    const [word, pdf] = await Promise.all([officialDocument(paper), officialPdf(paper)]);
    await content.write(`${path}.pdf`, pdf, { contentType: 'application/pdf', cacheControl: keepForever });
    await content.write(`${path}.docx`, word, { contentType: WORD, cacheControl: keepForever });
    await recordWord(ref, which, `${path}.docx`, now);
  }
});
