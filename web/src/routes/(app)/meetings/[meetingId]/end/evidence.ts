import { number } from '#lib/format.ts';
import { never } from '#shared/kernel/result.ts';
import type { Evidence } from '#shared/meetings/rating.ts';

/** What the record says beside a criterion, in words. A fact without a value is one the record does not know. */
export const evidenceWords = ({ fact, value }: Evidence): string => {
  const amount = value ?? 0;
  const before = amount >= 48 ? `${number(Math.floor(amount / 24))} ngày` : `${number(amount)} giờ`;
  switch (fact) {
    case 'started-late-minutes':
      return amount === 0 ? 'Khai mạc đúng giờ' : `Khai mạc muộn ${number(amount)} phút`;
    case 'lasted-minutes':
      return `Họp ${number(amount)} phút`;
    case 'attended-percent':
      return `Có mặt ${number(amount)}%`;
    case 'absent-unexcused':
      return amount === 0 ? 'Không ai vắng không lý do' : `${number(amount)} đồng chí vắng không lý do hoặc chưa ghi`;
    case 'committee-met':
      return value === undefined ? 'Sổ tay không ghi buổi họp chi ủy' : `Chi ủy họp trước ${number(amount)} ngày`;
    case 'notice-hours':
      return amount > 0 ? `Thông báo trước ${before}` : 'Thông báo sau giờ họp';
    case 'papers-hours':
      return value === undefined ? 'Không có tài liệu kèm theo' : `Tài liệu lên sổ tay trước ${before}`;
    case 'speakers':
      return `${number(amount)} đồng chí có ý kiến`;
    case 'tasks-due':
      return `${number(amount)} việc đến hạn`;
    case 'tasks-done-percent':
      return `Đã xong ${number(amount)}% việc đến hạn`;
    case 'concluded':
      return amount === 1 ? 'Chủ trì đã kết luận' : 'Chưa ghi kết luận';
    case 'minutes-adopted':
      return amount === 1 ? 'Biên bản đã thông qua' : 'Biên bản chưa thông qua';
    default:
      return never(fact);
  }
};
