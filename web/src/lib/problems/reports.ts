import type { ProblemsOf } from '../problems.ts';

/** What staff are told when a report could not be made. */
export const reportsProblems = {
  'period-wrong': {
    happened: 'Kỳ báo cáo chưa đúng.',
    next: 'Ngày đầu phải trước ngày cuối, chưa ở tương lai, và kỳ không dài quá 400 ngày.',
  },
  'cut-off-wrong': {
    happened: 'Thời điểm chốt số liệu chưa đúng.',
    next: 'Chọn một thời điểm đã qua và nằm sau ngày đầu kỳ.',
  },
  'nothing-aside': { happened: 'Không còn tin nào để riêng.', next: 'Có thể người khác vừa cho chạy lại.' },
  'by-hand': {
    happened: 'Tin này phải chuyển lại bằng tay.',
    next: 'Làm theo mục “Something was set aside” của sổ tay vận hành.',
  },
  'not-over': { happened: 'Kỳ này chưa kết thúc.', next: 'Khóa số liệu sau ngày cuối của kỳ.' },
  'closed-otherwise': {
    happened: 'Kỳ này đã khóa với thời điểm chốt khác.',
    next: 'Xem số liệu đã khóa; thay đổi về sau hiện ở phần điều chỉnh.',
  },
} satisfies ProblemsOf<typeof import('#shared/reports/contract.ts')>;
