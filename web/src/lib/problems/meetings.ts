import type { ProblemsOf } from '../problems.ts';

/** What a person is told when an act at a meeting was refused. */
export const meetingsProblems = {
  'wrong-state': {
    happened: 'Buổi sinh hoạt đã chuyển sang bước khác.',
    next: 'Mở lại trang để xem, phần đã lưu vẫn giữ.',
  },
  'changed-meanwhile': {
    happened: 'Có người vừa sửa cùng chỗ này.',
    next: 'Xem bản mới rồi làm lại, chữ đã viết vẫn còn trên màn hình.',
  },
  'not-on-roster': { happened: 'Người được chọn không có trong danh sách chi bộ.', next: 'Chọn lại trong danh sách.' },
  'place-missing': { happened: 'Chưa ghi địa điểm.', next: 'Điền địa điểm rồi phát hành.' },
  'chair-missing': { happened: 'Chưa chọn người chủ trì.', next: 'Chọn chủ trì rồi phát hành.' },
  'scribe-missing': { happened: 'Chưa chọn thư ký.', next: 'Chọn thư ký rồi phát hành.' },
  'members-missing': { happened: 'Chưa chọn thành phần họp chi ủy.', next: 'Chọn các đồng chí chi ủy rồi phát hành.' },
  'online-ground-missing': {
    happened: 'Họp trực tuyến cần có lý do và ý kiến đồng ý của cấp trên.',
    next: 'Ghi hai mục đó, hoặc bỏ địa chỉ họp trực tuyến.',
  },
  'required-missing': {
    happened: 'Chương trình còn thiếu nội dung cấp trên yêu cầu.',
    next: 'Đưa vào chương trình, hoặc ghi lý do không đưa.',
  },
  'days-wrong': { happened: 'Khoảng ngày không đúng.', next: 'Chọn ngày cuối sau ngày đầu và chưa qua.' },
  'meeting-begun': { happened: 'Buổi sinh hoạt đã bắt đầu.', next: 'Gửi ý kiến ngay trong buổi họp.' },
  'already-answered': {
    happened: 'Đề xuất này đã được đưa vào chương trình.',
    next: 'Muốn bỏ thì sửa trong chương trình.',
  },
  'agenda-full': { happened: 'Chương trình đã đủ 30 phần.', next: 'Bỏ bớt một phần rồi nhận đề xuất.' },
  'not-a-push-service': {
    happened: 'Máy này không nhận được nhắc việc.',
    next: 'Vẫn xem việc đang chờ trong mục Nhiệm vụ.',
  },
  'too-far-ahead': { happened: 'Ngày họp còn quá xa.', next: 'Xem lại năm rồi phát hành.' },
  'already-past': { happened: 'Ngày họp đã qua.', next: 'Chọn lại ngày giờ rồi phát hành.' },
  'not-invited': { happened: 'Đồng chí không có tên trong thành phần dự họp này.', next: 'Hỏi bí thư chi bộ nếu cần.' },
  'door-not-open': {
    happened: 'Chưa tới giờ điểm danh.',
    next: 'Cửa mở trước giờ họp một tiếng, khi đó bấm lại.',
  },
  'guests-full': { happened: 'Danh sách đã đủ 50 người ngoài chi bộ.', next: 'Ghi số còn lại vào biên bản.' },
  'code-needed': { happened: 'Buổi này điểm danh bằng mã 6 số.', next: 'Xem mã trên màn hình hội trường rồi gõ.' },
  'code-wrong': { happened: 'Mã này không đúng.', next: 'Xem mã đang hiện trên màn hình hội trường rồi gõ lại.' },
  'code-blocked': { happened: 'Đồng chí đã gõ sai mã nhiều lần.', next: 'Báo thư ký điểm danh giúp.' },
  'already-begun': { happened: 'Buổi sinh hoạt đã bắt đầu.', next: 'Báo trực tiếp bí thư hoặc thư ký.' },
  'meeting-closed': { happened: 'Buổi sinh hoạt đã kết thúc.', next: 'Báo thư ký nếu cần ghi thêm.' },
  'no-such-step': { happened: 'Bước này không còn trong chương trình.', next: 'Mở lại trang rồi chọn bước khác.' },
  'already-adopted': {
    happened: 'Biên bản đã thông qua nên không sửa được nữa.',
    next: 'Nội dung mới để buổi sau.',
  },
  'poll-not-open': { happened: 'Biểu quyết này đang đóng.', next: 'Chờ chủ trì mở hoặc xem kết quả.' },
  'paper-only': {
    happened: 'Việc này phải bỏ phiếu giấy hoặc giơ thẻ.',
    next: 'Làm theo hướng dẫn của chủ trì tại chỗ.',
  },
  'not-present': {
    happened: 'Đồng chí chưa điểm danh nên chưa biểu quyết được.',
    next: 'Điểm danh trước rồi biểu quyết.',
  },
  'no-vote': {
    happened: 'Theo Điều lệ, đồng chí không tham gia biểu quyết này.',
    next: 'Ý kiến của đồng chí vẫn gửi được ở dưới.',
  },
  'already-voted': {
    happened: 'Đồng chí đã biểu quyết trước đó.',
    next: 'Phiếu đầu tiên được giữ, không đổi được.',
  },
  'secret-vote': { happened: 'Đây là biểu quyết bỏ phiếu kín.', next: 'Mở lại trang rồi bỏ phiếu kín.' },
  'ballot-given': {
    happened: 'Đồng chí đã nhận phiếu kín trên một máy khác hoặc lần trước.',
    next: 'Bỏ phiếu trên máy đó. Nếu không còn, xin thư ký phiếu giấy.',
  },
  'ballot-unsigned': { happened: 'Phiếu này không hợp lệ.', next: 'Xin thư ký phiếu giấy.' },
  'witness-missing': {
    happened: 'Chưa ghi người chứng kiến kiểm đếm tại chỗ.',
    next: 'Chọn một đồng chí có mặt, không phải người công bố.',
  },
  'hands-too-many': {
    happened: 'Số giơ tay nhiều hơn số người còn được biểu quyết.',
    next: 'Đếm lại rồi nhập, phiếu trên máy vẫn giữ.',
  },
  'poll-open': {
    happened: 'Còn biểu quyết chưa công bố kết quả.',
    next: 'Đóng và công bố rồi mới kết thúc.',
  },
  'score-missing': { happened: 'Còn tiêu chí chưa chấm điểm.', next: 'Chấm đủ các tiêu chí rồi lưu.' },
  'score-too-high': { happened: 'Có điểm cao hơn mức tối đa.', next: 'Sửa điểm rồi lưu lại.' },
  'not-drafted': { happened: 'Chưa có bản biên bản nào được lưu.', next: 'Lưu biên bản rồi thông qua.' },
  unwritten: { happened: 'Còn chỗ ghi “chưa ghi”.', next: 'Viết nốt phần kết luận rồi làm lại.' },
  'not-carried': {
    happened: 'Nghị quyết chưa được chi bộ biểu quyết thông qua.',
    next: 'Biểu quyết nghị quyết trước khi ban hành.',
  },
  'minutes-not-carried': {
    happened: 'Biên bản chưa được quá nửa số đồng chí dự họp tán thành.',
    next: 'Sửa biên bản theo ý kiến chi bộ rồi thông qua lại.',
  },
  'not-observer': {
    happened: 'Đồng chí không được phân công theo dõi, chấm điểm buổi này.',
    next: 'Hỏi bí thư nếu cần.',
  },
  'marked-meanwhile': {
    happened: 'Có người vừa ghi điểm khác cho buổi này.',
    next: 'Xem điểm mới rồi bấm lại.',
  },
  'already-marked': { happened: 'Người theo dõi đã chấm điểm.', next: 'Giữ nguyên người đã phân công.' },
  'already-voted-on': {
    happened: 'Chi bộ đã biểu quyết điểm này.',
    next: 'Điểm chỉ đổi được theo kết luận của cấp trên.',
  },
  'reason-missing': { happened: 'Có điểm thay đổi mà chưa ghi lý do.', next: 'Ghi lý do ở từng tiêu chí đã đổi.' },
  'not-rated': { happened: 'Chi ủy chưa thống nhất điểm.', next: 'Chấm đủ tiêu chí rồi biểu quyết.' },
  'not-voted': { happened: 'Chi bộ chưa biểu quyết điểm này.', next: 'Chờ chi bộ biểu quyết rồi kết luận.' },
  'already-decided': {
    happened: 'Điểm này đã có kết luận.',
    next: 'Muốn đổi thì mở lại và ghi lý do.',
  },
  'not-decided': { happened: 'Điểm này chưa có kết luận.', next: 'Mở lại trang để xem.' },
} as const satisfies ProblemsOf<typeof import('#shared/meetings/contract.ts')>;
