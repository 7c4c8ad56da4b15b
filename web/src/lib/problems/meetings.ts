import type { ProblemsOf } from '../problems.ts';

/** What a person is told when an act at a meeting was refused. */
export const meetingsProblems = {
  'wrong-state': { happened: 'Việc này chưa đến lúc hoặc đã qua.', next: 'Xem lại trạng thái buổi sinh hoạt.' },
  'changed-meanwhile': { happened: 'Người khác vừa sửa buổi sinh hoạt này.', next: 'Mở lại trang rồi làm lại.' },
  'not-on-roster': { happened: 'Người này không có trong danh sách chi bộ.', next: 'Chọn lại trong danh sách.' },
  'place-missing': { happened: 'Chưa có địa điểm.', next: 'Điền nơi sinh hoạt rồi phát hành lại.' },
  'chair-missing': { happened: 'Chưa chọn chủ trì.', next: 'Chọn chủ trì rồi phát hành lại.' },
  'scribe-missing': { happened: 'Chưa chọn thư ký.', next: 'Chọn thư ký rồi phát hành lại.' },
  'already-past': { happened: 'Giờ sinh hoạt này đã qua.', next: 'Sửa ngày giờ rồi phát hành lại.' },
  'not-invited': { happened: 'Buổi này chỉ mời một số đồng chí.', next: 'Hỏi bí thư nếu đồng chí phải dự.' },
  'door-not-open': { happened: 'Chưa đến giờ mở cửa.', next: 'Điểm danh được từ một giờ trước giờ họp.' },
  'meeting-closed': { happened: 'Buổi sinh hoạt đã kết thúc.', next: 'Báo thư ký nếu cần ghi thêm.' },
  'no-such-step': { happened: 'Chương trình không có phần này.', next: 'Mở lại trang rồi chọn lại.' },
  'already-adopted': { happened: 'Biên bản đã được thông qua.', next: 'Biên bản không sửa được nữa.' },
  'poll-not-open': { happened: 'Cuộc biểu quyết chưa mở hoặc đã đóng.', next: 'Theo dõi kết quả trên trang này.' },
  'paper-only': {
    happened: 'Việc này bỏ phiếu kín hoặc giơ thẻ.',
    next: 'Biểu quyết tại chỗ theo hướng dẫn của chủ trì.',
  },
  'not-present': { happened: 'Đồng chí chưa điểm danh.', next: 'Điểm danh rồi biểu quyết.' },
  'no-vote': {
    happened: 'Đồng chí không có quyền biểu quyết việc này.',
    next: 'Đảng viên chính thức của chi bộ mới biểu quyết.',
  },
  'already-voted': { happened: 'Đồng chí đã biểu quyết.', next: 'Lựa chọn đầu tiên được giữ nguyên.' },
  'hands-too-many': {
    happened: 'Số đếm tại chỗ nhiều hơn số người còn lại.',
    next: 'Đếm lại những người chưa bấm điện thoại.',
  },
  'score-missing': { happened: 'Còn tiêu chí chưa chấm.', next: 'Chấm đủ mười tiêu chí rồi lưu lại.' },
  'score-too-high': { happened: 'Có điểm vượt mức tối đa.', next: 'Sửa điểm theo mức ghi bên cạnh.' },
  'poll-open': { happened: 'Còn cuộc biểu quyết chưa công bố kết quả.', next: 'Đóng và công bố kết quả rồi bế mạc.' },
  'not-drafted': { happened: 'Chưa có biên bản.', next: 'Lưu biên bản rồi thông qua.' },
  unwritten: { happened: 'Còn chỗ chưa ghi.', next: 'Ghi đủ các phần còn trống rồi làm lại.' },
  'not-carried': { happened: 'Chi bộ chưa thông qua nghị quyết.', next: 'Biểu quyết nghị quyết trước khi ban hành.' },
} satisfies ProblemsOf<typeof import('#shared/meetings/contract.ts')>;
