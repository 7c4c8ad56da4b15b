import type { ProblemsOf } from '../problems.ts';

/** What people are told when something about organisations, members and roles was not done. */
export const membersProblems = {
  'wrong-place': {
    happened: 'Tổ chức này không thể đứng dưới tổ chức đã chọn.',
    next: 'Chọn tổ chức cấp trên khác.',
  },
  'name-taken': { happened: 'Tên này đã có ở đây.', next: 'Đặt tên khác rồi lưu lại.' },
  closed: { happened: 'Tổ chức này đã kết thúc hoạt động.', next: 'Chọn tổ chức khác.' },
  'date-wrong': { happened: 'Ngày chưa đúng.', next: 'Xem lại ngày rồi lưu lại.' },
  'not-empty': {
    happened: 'Tổ chức này vẫn còn đảng viên hoặc tổ chức trực thuộc.',
    next: 'Chuyển hết đi rồi mới kết thúc.',
  },
  'is-root': { happened: 'Không thể chuyển hoặc kết thúc đảng bộ tỉnh.', next: 'Quay lại danh sách.' },
  'changed-meanwhile': {
    happened: 'Người khác vừa sửa mục này. Chưa ghi đè lên gì cả.',
    next: 'Mở lại để xem bản mới rồi sửa tiếp.',
  },
  'too-young': {
    happened: 'Ngày vào Đảng sớm hơn 18 tuổi.',
    next: 'Xem lại ngày sinh và ngày vào Đảng.',
  },
  'official-before-admission': {
    happened: 'Ngày chính thức sớm hơn ngày vào Đảng.',
    next: 'Xem lại hai ngày này.',
  },
  'no-number': { happened: 'Cần số thẻ đảng viên hoặc số căn cước.', next: 'Điền ít nhất một số.' },
  'card-held-by-other': {
    happened: 'Số thẻ này đang là của đảng viên khác.',
    next: 'Kiểm tra lại thẻ của cả hai người.',
  },
  'citizen-id-held-by-other': {
    happened: 'Số căn cước này đang là của đảng viên khác.',
    next: 'Kiểm tra lại căn cước của cả hai người.',
  },
  'not-a-branch': { happened: 'Nơi đã chọn không phải là chi bộ.', next: 'Chọn một chi bộ khác.' },
  'has-left': { happened: 'Đồng chí này không còn sinh hoạt ở đây.', next: 'Mở lại danh sách.' },
  'no-such-condition': { happened: 'Không có việc nào như vậy để kết thúc.', next: 'Mở lại hồ sơ để xem bản mới.' },
  'not-yourself': {
    happened: 'Không ai tự giao quyền cho mình.',
    next: 'Nhờ cấp trên hoặc người quản trị khác.',
  },
  'not-yours-to-give': {
    happened: 'Quyền này do cấp trên giao.',
    next: 'Đề nghị ban tổ chức hoặc người quản trị.',
  },
  'dates-wrong': {
    happened: 'Ngày bắt đầu và kết thúc chưa đúng.',
    next: 'Người hỗ trợ cần ngày kết thúc, nhiều nhất nửa năm.',
  },
  'not-in-unit': { happened: 'Đồng chí này thuộc chi bộ khác.', next: 'Chọn người trong chi bộ.' },
  'no-staff-role': { happened: 'Đồng chí này chưa có vai trò cán bộ ở đây.', next: 'Giao vai trò trước.' },
  'has-account': { happened: 'Đồng chí này đã có tài khoản cán bộ.', next: 'Nếu quên mật khẩu, cấp lại mật khẩu.' },
  'no-account': { happened: 'Đồng chí này chưa có tài khoản cán bộ.', next: 'Mở tài khoản trước.' },
  'same-as-now': { happened: 'Hồ sơ đang ghi đúng như vậy.', next: 'Không cần gửi đề nghị.' },
  unreadable: { happened: 'Nội dung này chưa đọc được.', next: 'Viết lại, ví dụ ngày 3/2/1960 hoặc số 0912345678.' },
  'already-decided': { happened: 'Đề nghị này đã được trả lời.', next: 'Mở lại danh sách để xem.' },
  'answer-needed': { happened: 'Cần ghi lý do cho đồng chí được biết.', next: 'Viết một câu rồi gửi lại.' },
  'span-too-long': { happened: 'Mỗi lần xem được nhiều nhất 31 ngày.', next: 'Chọn khoảng ngắn hơn.' },
} as const satisfies ProblemsOf<typeof import('#shared/members/contract.ts')>;
