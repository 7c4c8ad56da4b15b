import { officialDocument } from '#runtime/official-document.ts';
import type { Block, OfficialPaper } from '#runtime/official-paper.ts';
import { clockOf, type Day, dayOf, type Instant } from '#shared/kernel/time.ts';
import {
  definitions,
  type Figure,
  type FigureId,
  type Progress,
  type ReportFrame,
  type ReportTexts,
} from '#shared/reports/model.ts';
import { dayWritten, figureOf, NOT_RECORDED, partsSaid, said, sentenceOf, written } from '#shared/reports/wording.ts';

/** The progress report as a Word file. */
export const reportDocument = (progress: Progress, written: Written): Promise<Uint8Array> =>
  officialDocument(reportPaper(progress, written));

/** What staff add to the figures, and the day it is dated. */
interface Written {
  readonly texts: ReportTexts;
  readonly frame: ReportFrame;
  readonly day: Day;
}

/** The progress report headed and signed as a party document. Source: domain.md §3.12. */
export const reportPaper = (progress: Progress, { texts, frame, day }: Written): OfficialPaper => {
  const { from, to } = progress.period;
  return {
    ...(progress.superiorName && { superior: progress.superiorName }),
    issuer: progress.unitName,
    ...(frame.number && { number: frame.number }),
    place: frame.place,
    day,
    type: 'Báo cáo',
    abstract: `tiến độ triển khai sổ tay đảng viên (từ ngày ${dayWritten(from)} đến ngày ${dayWritten(to)})`,
    body: bodyOf(progress, texts),
    signatures: [{ ...(frame.power && { power: frame.power }), title: frame.title, name: frame.name }],
    recipients: frame.recipients,
  };
};

/** The four headings of the published model, the figures under them, the branches that did not meet, and how all was counted. */
const bodyOf = ({ figures, branches, period }: Progress, texts: ReportTexts): Block[] => {
  const figure = (id: FigureId): Figure => figureOf(figures, id);
  const told = (...ids: readonly FigureId[]): Block[] =>
    ids.map((id) => ({ kind: 'item', text: `${sentenceOf(figure(id))}` }));
  const idle = branches.filter(({ meetings }) => meetings === 0);
  return [
    { kind: 'heading', text: 'I. CÔNG TÁC PHỐI HỢP' },
    ...paragraphs(texts.coordination),
    ...told('repairs', 'roles'),
    { kind: 'heading', text: 'II. KHAI THÁC, SỬ DỤNG VÀ ĐĂNG TẢI' },
    ...paragraphs(texts.posting),
    ...told('accounts', 'accounts-active', 'accesses', 'accesses-total'),
    ...told('documents', 'documents-total', 'news', 'news-total'),
    ...told('branches-met', 'ratings', 'attendance'),
    ...idleBlocks(figure('branches-met'), idle),
    { kind: 'heading', text: 'III. ĐÁNH GIÁ' },
    { kind: 'paragraph', text: '1. Kết quả', bold: true },
    ...paragraphs(texts.good),
    { kind: 'paragraph', text: '2. Khó khăn, hạn chế', bold: true },
    ...paragraphs(texts.difficult),
    { kind: 'heading', text: 'IV. NHIỆM VỤ THỜI GIAN TỚI' },
    ...paragraphs(texts.next),
    { kind: 'heading', text: 'PHỤ LỤC: CÁCH TÍNH SỐ LIỆU' },
    { kind: 'paragraph', text: `Số liệu chốt lúc ${cutOffWritten(period.cutOff)}.` },
    {
      kind: 'table',
      head: ['Chỉ tiêu', 'Số liệu', 'Cách tính'],
      rows: definitions.map(({ id, name, counts, of }) => [
        name,
        [said(figure(id)), partsSaid(figure(id))].filter(Boolean).join('; '),
        of === undefined ? `${counts}.` : `${counts}. Trên tổng số: ${of}.`,
      ]),
      widths: [3, 3, 6],
    },
  ];
};

const idleBlocks = (met: Figure, idle: readonly { name: string; above: string }[]): Block[] => {
  if (met.state === 'not-recorded')
    return [{ kind: 'item', text: `Danh sách chi bộ chưa sinh hoạt trên sổ tay: ${NOT_RECORDED}.` }];
  if (idle.length === 0) return [{ kind: 'item', text: 'Tất cả chi bộ đã sinh hoạt trên sổ tay trong kỳ.' }];
  return [
    { kind: 'item', text: `Danh sách ${written(idle.length)} chi bộ chưa sinh hoạt trên sổ tay trong kỳ:` },
    {
      kind: 'table',
      head: ['TT', 'Chi bộ', 'Trực thuộc'],
      rows: idle.map(({ name, above }, index) => [String(index + 1), name, above]),
      widths: [1, 6, 6],
    },
  ];
};

/** What staff wrote, line by line; an empty part leaves room to write by hand. */
const paragraphs = (text: string): Block[] =>
  (text.trim() === '' ? ['…'] : text.split('\n').filter((line) => line.trim() !== '')).map((line) => ({
    kind: 'paragraph',
    text: line.trim(),
  }));

const cutOffWritten = (cutOff: Instant): string => `${clockOf(cutOff)} ngày ${dayWritten(dayOf(cutOff))}`;
