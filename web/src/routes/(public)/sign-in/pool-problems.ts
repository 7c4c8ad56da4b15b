import type { Problem } from '#lib/problems.ts';
import { PASSWORD_LENGTH } from '#shared/access/password.ts';

/** Why a user pool did not let somebody on, in words. */
export const poolProblems = {
  'name-or-password': { happened: 'Tên hoặc mật khẩu chưa đúng.', next: 'Xem lại rồi gõ lại.' },
  'wrong-code': { happened: 'Mã xác thực chưa đúng.', next: 'Gõ mã đang hiện trong ứng dụng xác thực.' },
  'weak-password': {
    happened: 'Mật khẩu này chưa dùng được.',
    next: `Cần ít nhất ${PASSWORD_LENGTH} ký tự và không phải mật khẩu hay gặp.`,
  },
  'start-again': { happened: 'Lần đăng nhập này đã quá lâu.', next: 'Đăng nhập lại từ đầu.' },
  'too-many': { happened: 'Đã thử nhiều lần liền nhau.', next: 'Chờ vài phút rồi thử lại.' },
  'pool-away': {
    happened: 'Cửa đăng nhập bằng mật khẩu đang tạm nghỉ.',
    next: 'Chờ vài phút rồi bấm lại. Ai đã đăng nhập vẫn dùng bình thường.',
  },
  fault: { happened: 'Máy chủ đăng nhập gặp trục trặc.', next: 'Thử lại sau ít phút.' },
} as const satisfies Record<string, Problem>;

export type PoolCode = keyof typeof poolProblems;
