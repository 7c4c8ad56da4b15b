import type { Rejection } from '#shared/documents/model.ts';
import type { Problem, ProblemsOf } from '../problems.ts';

/** What a person is told when an act on a paper was refused. */
export const documentsProblems = {
  'empty-file': { happened: 'Tệp này không có nội dung.', next: 'Chọn tệp khác hoặc chụp lại.' },
  'file-too-large': { happened: 'Tệp nặng quá 50 MB.', next: 'Chọn tệp nhẹ hơn, hoặc chia thành nhiều tài liệu.' },
  'already-taken': { happened: 'Tệp này đã có trong tài liệu của đơn vị.', next: 'Tìm trong danh sách tài liệu.' },
  'not-awaited': { happened: 'Lần gửi này đã kết thúc.', next: 'Xem lại danh sách, nếu chưa có thì gửi lại từ đầu.' },
  'parts-missing': { happened: 'Tệp chưa gửi đủ.', next: 'Bấm gửi tiếp, phần đã gửi vẫn được giữ.' },
  'size-differs': { happened: 'Tệp nhận được không đủ dung lượng.', next: 'Gửi lại từ đầu.' },
  'hash-differs': { happened: 'Tệp bị sai lệch khi gửi.', next: 'Gửi lại từ đầu.' },
  'not-ready': {
    happened: 'Tài liệu này chưa đọc xong hoặc đã phát hành.',
    next: 'Mở lại danh sách để xem trạng thái.',
  },
  'no-such-page': { happened: 'Tài liệu không có trang này.', next: 'Mở lại tài liệu rồi chọn trang.' },
  'not-published': { happened: 'Tài liệu này chưa phát hành.', next: 'Mở lại danh sách để xem trạng thái.' },
  'number-missing': { happened: 'Loại văn bản này phải có số, ký hiệu.', next: 'Xem ảnh và điền số, ví dụ 05-NQ/ĐU.' },
  'date-missing': { happened: 'Loại văn bản này phải có ngày ban hành.', next: 'Xem ảnh và điền ngày.' },
  'number-and-type-differ': {
    happened: 'Ký hiệu không khớp với loại văn bản.',
    next: 'Sửa số, ký hiệu hoặc chọn lại loại.',
  },
  'bad-question': { happened: 'Câu hỏi chưa có đáp án đúng.', next: 'Chọn một đáp án trong các câu trả lời.' },
  'no-question': { happened: 'Tài liệu này không có câu hỏi.', next: 'Đọc xong là được.' },
  'bad-choice': { happened: 'Câu trả lời không có trong câu hỏi.', next: 'Chọn lại một câu trả lời.' },
} satisfies ProblemsOf<typeof import('#shared/documents/contract.ts')>;

/** Why a file was not taken, in one clear sentence, and what to do. */
export const rejectionProblems = {
  'file-too-large': documentsProblems['file-too-large'],
  'empty-file': documentsProblems['empty-file'],
  'not-a-document': {
    happened: 'Tệp này không phải PDF, ảnh JPG hay PNG.',
    next: 'Lưu thành PDF hoặc chụp ảnh rồi gửi.',
  },
  encrypted: { happened: 'Tệp PDF này có mật khẩu nên không đọc được.', next: 'Bỏ mật khẩu rồi gửi lại.' },
  broken: { happened: 'Tệp bị hỏng nên không mở được.', next: 'Lưu hoặc quét lại rồi gửi.' },
  'no-pages': { happened: 'Tệp PDF này không có trang nào.', next: 'Chọn tệp khác hoặc quét lại.' },
  'too-many-pages': { happened: 'Tệp có hơn 200 trang.', next: 'Chia thành nhiều tài liệu rồi gửi.' },
  'too-many-pixels': { happened: 'Ảnh có kích thước quá lớn.', next: 'Quét lại ở 300 dpi hoặc thấp hơn.' },
  'size-differs': documentsProblems['size-differs'],
  'hash-differs': documentsProblems['hash-differs'],
  unreadable: { happened: 'Có trang không mở được để đọc.', next: 'Quét hoặc chụp lại rồi gửi.' },
  cancelled: { happened: 'Lần gửi này đã dừng.', next: 'Gửi lại khi cần.' },
} as const satisfies Record<Rejection, Problem>;
