import { hashOf, keepForever, openBucket } from '#runtime/files.ts';
import { unitOf } from '#runtime/identity.ts';
import { type Block, officialDocument } from '#runtime/official-document.ts';
import { eachFact } from '#runtime/queue.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { resolutionNumber, type Section } from '#shared/meetings/minutes.ts';
import { dayOfMeeting, PaperSettled } from '#shared/meetings/model.ts';
import { wholeRecordOf } from './record.ts';
import { recordWord } from './store/papers.ts';

const content = openBucket('CONTENT_BUCKET');
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/**
 * Minutes were adopted or a resolution was issued: it becomes a Word file in the layout of party papers, beside the
 * branch's other papers. The file is named by what stands in it, so that a repeat writes the same one.
 */
export const handler = eachFact(PaperSettled, async ({ type, unitId, meetingId }, now) => {
  const ref = { unitId, meetingId };
  const [record, issuer] = await Promise.all([wholeRecordOf(ref), issuerOf(unitId, now)]);
  if (!record) throw new Error('a paper was settled of a meeting that is not there');
  const { minutes, resolution } = record.papers;
  const nameOf = (id: string | undefined) => record.members.find(({ memberId }) => memberId === id)?.name ?? '';
  const month = dayOfMeeting(record.meeting).split('-').map(Number).slice(0, 2).reverse().join('/');
  const { chairId, scribeId } = record.meeting;

  if (type === 'minutes-adopted' && minutes?.state === 'adopted') {
    const file = await officialDocument({
      ...issuer,
      day: dayOf(minutes.adoptedAt),
      type: 'BIÊN BẢN',
      abstract: `${record.plan.title.charAt(0).toLowerCase()}${record.plan.title.slice(1)}`,
      body: blocksOf(minutes.sections),
      // scribe on the left, chair on the right. Source: domain.md §3.2 [G-54][D1]
      signatures: [
        { title: 'THƯ KÝ', name: nameOf(scribeId) },
        { title: 'CHỦ TRÌ', name: nameOf(chairId) },
      ],
      recipients: ['Lưu Chi bộ'],
    });
    await write('minutes', hashOf(JSON.stringify([meetingId, minutes])), file);
  }
  if (type === 'resolution-issued' && resolution) {
    const file = await officialDocument({
      ...issuer,
      number: resolutionNumber(resolution),
      day: dayOf(resolution.issuedAt),
      type: 'NGHỊ QUYẾT',
      abstract: `sinh hoạt chi bộ tháng ${month}`,
      body: blocksOf(resolution.sections),
      // a branch has no seal and signs for itself. Source: domain.md §3.11, §3.12 [D1]
      signatures: [{ power: 'T/M CHI BỘ', title: 'BÍ THƯ', name: nameOf(resolution.issuedBy) }],
      recipients: [`${issuer.superior} (báo cáo)`, 'Các đồng chí đảng viên', 'Lưu Chi bộ'],
    });
    await write('resolution', hashOf(JSON.stringify([meetingId, resolution])), file);
  }

  async function write(which: 'minutes' | 'resolution', hash: string, file: Uint8Array): Promise<void> {
    const path = `content/docs/${unitId}/${hash}.docx`;
    await content.write(path, file, { contentType: WORD, cacheControl: keepForever });
    await recordWord(ref, which, path);
  }
});

const blocksOf = (sections: readonly Section[]): Block[] =>
  sections.flatMap(({ heading, lines }) => [
    { kind: 'heading' as const, text: heading },
    ...lines.map((text) => ({ kind: 'paragraph' as const, text })),
  ]);

/** The branch, the organisation above it, and the place that its name holds: `Đảng bộ xã Công Hải` → `Công Hải`. */
const issuerOf = async (unitId: UnitId, now: Instant) => {
  const unit = await unitOf(unitId, now);
  const parentId = unit?.chain[1];
  const parent = parentId && (await unitOf(parentId, now));
  const superior = parent?.name ?? '';
  return {
    superior,
    issuer: unit?.name ?? '',
    place: superior.replace(/^Đảng (bộ|ủy)( (xã|phường|thị trấn|đặc khu))?\s*/i, '') || superior,
  };
};
