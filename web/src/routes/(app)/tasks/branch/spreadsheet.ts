import { day, moment } from '#lib/format.ts';
import type { TaskRow } from '#shared/tasks/contract.ts';
import { sourceSaid } from '../source.ts';
import { standingWords } from '../standing.ts';

/** The list as a file that opens in Excel with its accents: comma separated, with the mark of UTF-8 at its head. */
export const spreadsheetOf = (rows: readonly TaskRow[]): Blob => {
  const head = [
    'Nội dung',
    'Người thực hiện',
    'Người theo dõi',
    'Nguồn',
    'Hạn',
    'Tiến độ (%)',
    'Tình trạng',
    'Báo lần cuối',
    'Lời báo',
  ];
  const lines = rows.map(({ task, standing }) => {
    const last = task.notes.findLast((note) => note.kind === 'progress');
    return [
      task.text,
      task.ownerName,
      task.followerName,
      sourceSaid(task.source),
      day(task.dueOn),
      String(task.percent),
      standingWords[standing].word,
      last ? moment(last.at) : '',
      last?.words ?? '',
    ];
  });
  const text = [head, ...lines].map((line) => line.map(quoted).join(',')).join('\r\n');
  return new Blob([`\uFEFF${text}\r\n`], { type: 'text/csv;charset=utf-8' });
};

/** A cell that a spreadsheet takes as words and never as a formula. Source: OWASP, CSV injection. */
const quoted = (cell: string): string => `"${(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`;
