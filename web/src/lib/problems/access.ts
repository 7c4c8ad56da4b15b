import type { ProblemsOf } from '../problems.ts';

/** What a person is told when a door stayed closed. */
export const accessProblems = {
  'slip-unknown': {
    happened: 'Mã hoặc năm sinh chưa đúng.',
    next: 'Xem lại phiếu: mã có 8 chữ và số. Vẫn chưa được thì hỏi người hỗ trợ ghi trên phiếu.',
  },
  'slip-ended': {
    happened: 'Phiếu này đã dùng hoặc hết hạn.',
    next: 'Nhờ bí thư cho vào lại bằng số trên máy, hoặc xin phiếu mới.',
  },
  'token-refused': { happened: 'Chưa xác nhận được tài khoản.', next: 'Đăng nhập lại từ đầu.' },
  'token-old': { happened: 'Đăng nhập đã quá 5 phút.', next: 'Đăng nhập lại từ đầu.' },
  'token-used': { happened: 'Lần đăng nhập này đã dùng rồi.', next: 'Đăng nhập lại từ đầu.' },
  'no-such-person': {
    happened: 'Tài khoản này chưa gắn với ai trong sổ tay.',
    next: 'Cán bộ hỏi người quản trị của tỉnh; đảng viên hỏi bí thư chi bộ.',
  },
  'pin-missing': { happened: 'Đồng chí chưa đặt mã PIN.', next: 'Đặt mã PIN rồi làm tiếp.' },
  'pin-wrong': { happened: 'Mã PIN chưa đúng.', next: 'Gõ lại. Sai 5 lần thì mã bị khóa.' },
  'pin-blocked': {
    happened: 'Mã PIN đã bị khóa vì sai 5 lần.',
    next: 'Nhờ Ban Tổ chức cấp trên mở khóa, rồi đặt mã mới.',
  },
  'pin-simple': { happened: 'Mã PIN này dễ đoán.', next: 'Đừng dùng số liền nhau, số giống nhau hoặc năm sinh.' },
  'password-short': {
    happened: 'Mật khẩu còn ngắn.',
    next: 'Cần ít nhất 12 chữ hoặc số. Một câu dài dễ nhớ là tốt nhất.',
  },
  'password-common': {
    happened: 'Mật khẩu này dễ đoán.',
    next: 'Chọn một câu chỉ đồng chí nghĩ ra, không dùng tên, năm sinh hay số điện thoại.',
  },
  'password-wrong': { happened: 'Mật khẩu chưa đúng.', next: 'Bấm Hiện để xem chữ vừa gõ, rồi gõ lại.' },
  'password-missing': {
    happened: 'Đồng chí chưa đặt mật khẩu.',
    next: 'Dùng mã PIN. Muốn có mật khẩu thì đặt ở mục Của tôi, Máy và mật khẩu.',
  },
  'phone-taken': {
    happened: 'Số điện thoại này người khác đang dùng để đăng nhập.',
    next: 'Xem lại số. Đúng là số của đồng chí thì báo bí thư chi bộ.',
  },
  'issued-before': { happened: 'Các phiếu này đã in trước đó.', next: 'Bấm in phiếu mới nếu phiếu cũ bị mất.' },
  'reopening-ended': { happened: 'Số này không còn dùng được.', next: 'Xin số mới trên máy rồi đọc lại.' },
  'not-approved': { happened: 'Bí thư chưa xác nhận.', next: 'Chờ thêm một chút.' },
  'secretary-only': {
    happened: 'Đồng chí này giữ một vai trò trong chi bộ.',
    next: 'Người hỗ trợ không cho vào được; nhờ bí thư hoặc phó bí thư.',
  },
  'staff-only': {
    happened: 'Đồng chí này là cán bộ cấp trên.',
    next: 'Cán bộ cấp trên đăng nhập bằng mật khẩu và mã xác thực.',
  },
} as const satisfies ProblemsOf<typeof import('#shared/access/contract.ts')>;
