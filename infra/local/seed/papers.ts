import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as contract from '#shared/documents/contract.ts';
import type { DocumentFields, DocumentTypeId, Question, Sha256 } from '#shared/documents/model.ts';
import type { DocumentId, MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { addMilliseconds, DAY_MS, dayOf } from '#shared/kernel/time.ts';
import { meetingIdOf } from '#shared/meetings/model.ts';
import { drawn, type MadeUpPaper } from '../../../functions/documents/testing.ts';
import type { Person } from '../../load/person.ts';
import { actOf, must, type SeededMember, type World } from './world.ts';

/** How long a scan may take to be read on the smallest machine. */
const READ_WITHIN_MS = 120_000;

/**
 * Papers of the demonstration: a scan of the province with a question, a photo for tonight's meeting, two pieces of news.
 * Each is sent, read and published as a clerk would do it.
 */
export const seedPapers = async (world: World): Promise<void> => {
  const { rootId, tonight, editor, now } = world;
  const secretary = await world.as(
    tonight.people.find(({ memberId }) => memberId === tonight.secretaryId) as SeededMember,
  ); // every branch has one
  const day = dayOf(addMilliseconds(now, -9 * DAY_MS));
  await Promise.all([
    addScan(editor, { unitId: rootId, paper: { ...provincePaper, day }, question }),
    addScan(secretary, {
      unitId: tonight.unitId,
      paper: { ...branchPaper, day: dayOf(addMilliseconds(now, -2 * DAY_MS)) },
      meetingId: meetingIdOf(actOf('meeting of tonight')),
    }),
    ...news.map((piece) => addNews(editor, rootId, piece)),
  ]);
  world.tell(`${2 + news.length} papers and news`);
};

const body = [
  'Các chi bộ bố trí ít nhất ba mươi phút trong buổi sinh hoạt để trao đổi nội dung học tập.',
  'Mỗi đảng viên đọc tài liệu trước, chuẩn bị một ý kiến gắn với việc của thôn, của cơ quan.',
  'Bí thư chi bộ phân công người hướng dẫn đảng viên cao tuổi dùng sổ tay.',
  'Kết quả ghi vào biên bản, gửi về cấp trên sau buổi sinh hoạt.',
];
const provincePaper: Omit<MadeUpPaper, 'day'> = {
  number: '118-KH/TU',
  type: { id: 'plan', title: 'KẾ HOẠCH' },
  issuer: 'TỈNH ỦY AN HẢI',
  abstract: 'về nâng cao chất lượng sinh hoạt chi bộ quý IV',
  place: 'An Hải',
  body,
};
const branchPaper: Omit<MadeUpPaper, 'day'> = {
  number: '07-BC/CB',
  type: { id: 'report', title: 'BÁO CÁO' },
  issuer: 'CHI BỘ THÔN NAM',
  abstract: 'về vận động hiến đất mở đường trục thôn',
  place: 'Đông Hải',
  body: [
    'Đã có mười bốn hộ đồng ý hiến đất, tổng cộng ba trăm hai mươi mét vuông.',
    'Còn ba hộ ở ngõ 3 đề nghị làm rãnh thoát nước trước khi dời tường rào.',
    'Chi bộ phân công mỗi đảng viên phụ trách năm hộ, báo cáo trước ngày 27 hằng tháng.',
  ],
};
const question: Question = {
  text: 'Chi bộ dành ít nhất bao nhiêu phút để trao đổi nội dung học tập?',
  choices: ['15 phút', '30 phút', '60 phút'],
  right: 1,
};
const news = [
  {
    title: 'Hướng dẫn dùng sổ tay cho đảng viên cao tuổi',
    text: 'Mỗi chi bộ cử một người hỗ trợ. Ai chưa có điện thoại, thư ký điểm danh và ghi ý kiến giúp.',
  },
  {
    title: 'Lịch tiếp xúc, đối thoại với nhân dân tháng này',
    text: 'Thường trực cấp ủy xã đối thoại tại nhà văn hóa các thôn. Chi bộ thông báo đến từng hộ.',
  },
];

const addScan = async (
  person: Person,
  sent: { unitId: UnitId; paper: MadeUpPaper; meetingId?: MeetingId; question?: Question },
): Promise<void> => {
  const { unitId, paper, meetingId, question } = sent;
  const file = new Uint8Array(await drawn(paper, { turn: 0.6, noise: 9 }).encode('jpeg', 85));
  const { documentId } = await must(
    'upload',
    person.ask(contract.requestUpload, {
      unitId,
      actionId: actOf(`paper ${paper.number}`),
      fileName: `${paper.number.replace('/', '-')}.jpg`,
      bytes: file.length,
      sha256: createHash('sha256').update(file).digest('hex') as Sha256,
    }),
  );
  const ref = { unitId, documentId };
  const { state } = await stateOf(person, ref);
  if (state === 'published') return;
  if (state === 'awaiting-file') {
    const { missing, partBytes } = await must('parts', person.ask(contract.uploadParts, ref));
    for (const { number, url } of missing) {
      const part = file.subarray((number - 1) * partBytes, number * partBytes);
      const { ok, status } = await fetch(url, { method: 'PUT', body: part });
      if (!ok) throw new Error(`seed: part ${number} of ${paper.number} was refused with ${status}`);
    }
    await must('completion', person.ask(contract.completeUpload, ref));
  }
  await readyForReview(person, ref);
  const fields: DocumentFields = {
    type: paper.type.id as DocumentTypeId,
    number: paper.number,
    issuedOn: paper.day as NonNullable<DocumentFields['issuedOn']>,
    issuer: paper.issuer,
    abstract: paper.abstract,
  };
  await must(
    `publication of ${paper.number}`,
    person.ask(contract.publish, { ...ref, fields, ...(meetingId && { meetingId }), ...(question && { question }) }),
  );
};

const addNews = async (person: Person, unitId: UnitId, { title, text }: { title: string; text: string }) => {
  const written = { unitId, actionId: actOf(`news ${title}`), title, text };
  const { documentId } = await must('news', person.ask(contract.writeNews, written));
  const { state } = await stateOf(person, { unitId, documentId });
  if (state === 'published') return;
  const fields: DocumentFields = { type: 'news', abstract: title };
  await must(`news “${title}”`, person.ask(contract.publish, { unitId, documentId, fields }));
};

interface Ref {
  readonly unitId: UnitId;
  readonly documentId: DocumentId;
}
const stateOf = async (person: Person, { unitId, documentId }: Ref) => {
  const { papers } = await must('papers', person.ask(contract.list, { unitId }));
  const row = papers.find((paper) => paper.documentId === documentId);
  if (!row) throw new Error(`seed: paper ${documentId} is not on the list`);
  return row;
};

const readyForReview = async (person: Person, ref: Ref): Promise<void> => {
  const deadline = Date.now() + READ_WITHIN_MS;
  for (;;) {
    const { state, reason } = await stateOf(person, ref);
    if (state === 'to-review') return;
    if (state === 'rejected' || Date.now() > deadline)
      throw new Error(`seed: paper ${ref.documentId} is ${state} ${reason ?? ''}`);
    await pause(300);
  }
};
