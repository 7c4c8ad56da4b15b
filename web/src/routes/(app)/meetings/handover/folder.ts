import { day, moment, number } from '#lib/format.ts';
import { itemWords } from '#lib/nine-items.ts';
import { type Problem, problemOf } from '#lib/problems.ts';
import { dayOf } from '#shared/kernel/time.ts';
import type { PageData } from './$types';

/** One thing that is handed over. `here` stands on the screen only: what paper need not know of a person. */
export interface FolderRow {
  readonly what: string;
  readonly stands: string;
  readonly here?: string;
  readonly href?: string;
}

/** One part of the folder. Without rows the note says why; with a problem it is not known at all. */
export interface FolderPart {
  readonly title: string;
  readonly rows: readonly FolderRow[];
  readonly note: string;
  readonly problem?: Problem;
  readonly more?: { readonly href: string; readonly word: string };
}

const wantingWords = {
  minutes: 'chưa có biên bản',
  adoption: 'biên bản chưa thông qua',
  signature: 'chưa có bản ký',
} as const;
const kindWords = {
  regular: 'Thường kỳ',
  thematic: 'Chuyên đề',
  committee: 'Họp chi ủy',
  extraordinary: 'Bất thường',
} as const;
const dutyWords = { none: 'chưa chuẩn bị', preparing: 'đang chuẩn bị', published: 'đã phát hành' } as const;
const correctionWords = { asked: 'chờ chi bộ xác nhận', confirmed: 'chờ cấp trên ghi vào hồ sơ' } as const;

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string };
const known = <T>(answer: Answer<T>, rows: (value: T) => readonly FolderRow[]) =>
  // every code here is one that any operation may answer
  answer.ok ? { rows: rows(answer.value) } : { rows: [], problem: problemOf(answer.code as 'fault') };

/** The folder that one secretary hands to the next: what lies open, each with where it is gone on with. */
export const folderOf = ({ tasks, papers, corrections, duties }: PageData): readonly FolderPart[] => [
  {
    title: 'Nhiệm vụ chưa xong',
    note: 'Không còn nhiệm vụ nào chưa xong.',
    more: { href: '/tasks/branch', word: 'Mở danh sách nhiệm vụ' },
    ...known(tasks, (value) =>
      value.tasks.map(({ task, standing }) => ({
        what: task.text,
        stands: `${task.ownerName}, hạn ${day(task.dueOn)}${standing === 'late' ? ' (quá hạn)' : ''}, đã làm ${number(task.percent)}%, theo dõi: ${task.followerName}`,
      })),
    ),
  },
  {
    title: 'Biên bản chưa xong',
    note: 'Biên bản các buổi đã họp đều đủ chữ ký.',
    ...known(papers, (value) =>
      value.unsettled.map(({ meetingId, title, startsAt, wanting }) => ({
        what: title,
        stands: `họp ${moment(startsAt)}, ${wantingWords[wanting]}`,
        href: `/meetings/${meetingId}/end`,
      })),
    ),
  },
  {
    title: 'Đảng phí chưa nộp',
    rows: [],
    note: 'Sổ tay chưa theo dõi đảng phí. Đối chiếu với sổ thu của chi bộ.',
  },
  {
    title: 'Đề nghị sửa hồ sơ đang chờ',
    note: 'Không có đề nghị nào đang chờ.',
    more: { href: '/members/corrections', word: 'Mở các đề nghị' },
    ...known(corrections, (value) =>
      value.corrections.flatMap(({ name, item, before, proposed, askedAt, state }) =>
        state === 'asked' || state === 'confirmed'
          ? [
              {
                what: `${name}: ${itemWords[item]}`,
                stands: `gửi ${day(dayOf(askedAt))}, ${correctionWords[state]}`,
                here: `${before ?? 'trống'} → ${proposed}`,
              },
            ]
          : [],
      ),
    ),
  },
  {
    title: 'Việc sắp tới',
    note: 'Tháng này không còn buổi nào phải chuẩn bị.',
    more: { href: '/meetings/all', word: 'Mở phần chuẩn bị' },
    ...known(duties, (value) =>
      value.awaited.flatMap(({ kind, by, state }) =>
        state === 'held'
          ? []
          : [
              {
                what: kindWords[kind],
                stands: `${kind === 'regular' ? 'ngày' : 'trước hết ngày'} ${day(by)}, ${dutyWords[state]}`,
              },
            ],
      ),
    ),
  },
];
