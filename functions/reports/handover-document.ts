import { officialDocument } from '#runtime/official-document.ts';
import type { Issuer } from '#runtime/official-issuer.ts';
import type { Block, OfficialPaper } from '#runtime/official-paper.ts';
import type { Day } from '#shared/kernel/time.ts';
import type { HandoverPart } from '#shared/reports/handover-contract.ts';
import { dayWritten } from '#shared/reports/wording.ts';

/** The hand-over folder as a Word file. */
export const handoverDocument = (parts: readonly HandoverPart[], issuer: Issuer, day: Day): Promise<Uint8Array> =>
  officialDocument(handoverPaper(parts, issuer, day));

/**
 * The minutes of a hand-over: who gives signs left, who takes right; their names are written by hand, as the app knows only
 * one of them. Source: domain.md §3.12 [D1] for its layout.
 */
export const handoverPaper = (
  parts: readonly HandoverPart[],
  { superior, issuer, place }: Issuer,
  day: Day,
): OfficialPaper => ({
  ...(superior !== '' && { superior }),
  issuer,
  place,
  day,
  type: 'Biên bản',
  abstract: 'bàn giao công việc của chi bộ',
  body: [
    {
      kind: 'paragraph',
      text: `Những việc dưới đây còn mở trên sổ tay đến ngày ${dayWritten(day)}. Hai bên đã đối chiếu và bàn giao.`,
    },
    ...parts.flatMap((part, at) => blocksOf(part, at + 1)),
    { kind: 'paragraph', text: 'Biên bản lập thành hai bản, mỗi bên giữ một bản.' },
  ],
  signatures: [
    { title: 'Người giao', name: '' },
    { title: 'Người nhận', name: '' },
  ],
  recipients: ['Lưu Chi bộ'],
});

const blocksOf = ({ title, rows, note }: HandoverPart, number: number): Block[] => {
  const heading = `${number}. ${title}${rows.length > 0 ? `: ${rows.length}` : ''}`;
  return [
    { kind: 'heading', text: heading },
    rows.length === 0
      ? { kind: 'paragraph', text: note }
      : {
          kind: 'table',
          head: ['TT', 'Nội dung', 'Tình trạng'],
          rows: rows.map(({ what, stands }, at) => [String(at + 1), what, stands]),
          widths: [1, 7, 7],
        },
  ];
};
