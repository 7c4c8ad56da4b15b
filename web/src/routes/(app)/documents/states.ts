import * as icons from '#lib/ui/icons.ts';
import type { PaperRow } from '#shared/documents/contract.ts';

/** The state of a paper in words and sign, for those who add and review. */
export const stateWords = {
  'awaiting-file': { word: 'Chưa gửi xong', icon: icons.upload },
  checking: { word: 'Đang kiểm tra', icon: icons.waiting },
  reading: { word: 'Đang đọc các trang', icon: icons.waiting },
  'to-review': { word: 'Chờ xem lại', icon: icons.edit },
  published: { word: 'Đã phát hành', icon: icons.done },
  withdrawn: { word: 'Đã rút', icon: icons.undo },
  rejected: { word: 'Không nhận', icon: icons.failed },
} as const satisfies Record<PaperRow['state'], { word: string; icon: string }>;

/** States that change by themselves: a page that shows one looks again. */
export const isUnderWay = (state: PaperRow['state']): boolean => state === 'checking' || state === 'reading';
/** Between two looks at a paper that is being read. */
export const LOOK_AGAIN_MS = 3_000;
