/** What each way carries, and what people notice while it stands still. A test holds the list against the template. */
export const wayWords: Readonly<Record<string, { readonly name: string; readonly notice: string }>> = {
  identity: { name: 'Tin về phiên đăng nhập', notice: 'Phiên đã chấm dứt có thể còn mở được tài liệu thêm ít lâu.' },
  'members-records': { name: 'Tin về đảng viên và tổ chức', notice: 'Danh sách chi bộ và số liệu chưa đổi theo.' },
  'tasks-records': { name: 'Tin về nhiệm vụ', notice: 'Dự thảo biên bản chưa có nhiệm vụ vừa giao.' },
  'tasks-units': {
    name: 'Chi bộ trong danh sách nhiệm vụ',
    notice: 'Cấp trên chưa thấy nhiệm vụ của chi bộ vừa lập hay chuyển.',
  },
  'documents-records': { name: 'Tin về tài liệu', notice: 'Tài liệu vừa đăng chưa hiện ở nơi khác.' },
  'meetings-records': {
    name: 'Tin về buổi sinh hoạt',
    notice: 'Điểm danh và ý kiến đã lưu, nhưng màn hình chung và số liệu chưa đổi theo.',
  },
  'access-pass-ended': { name: 'Chấm dứt phiên ở rìa mạng', notice: 'Phiên đã chấm dứt còn mở được tài liệu.' },
  'members-records-changed': { name: 'Hồ sơ đảng viên', notice: 'Quyền và nơi sinh hoạt chưa đổi theo hồ sơ.' },
  'documents-files-arrived': { name: 'Ảnh chụp văn bản gửi lên', notice: 'Văn bản gửi lên chưa được đọc.' },
  'documents-pages-due': { name: 'Đọc chữ trong trang chụp', notice: 'Trang chụp chưa có chữ để tìm.' },
  'documents-published': { name: 'Đăng tài liệu vào thư viện', notice: 'Tài liệu vừa đăng chưa có trong thư viện.' },
  'documents-withdrawn': { name: 'Thu hồi tài liệu', notice: 'Tài liệu đã thu hồi có thể còn mở được.' },
  'meetings-live': {
    name: 'Màn hình chung của buổi sinh hoạt',
    notice: 'Điện thoại còn thấy số có mặt và số ý kiến cũ; việc đã làm vẫn được lưu.',
  },
  'meetings-roster': { name: 'Danh sách điểm danh', notice: 'Người vừa chuyển đến chưa có trong danh sách.' },
  'meetings-given': { name: 'Nhiệm vụ trong biên bản', notice: 'Dự thảo biên bản chưa có nhiệm vụ vừa giao.' },
  'meetings-agenda': {
    name: 'Tài liệu của chương trình',
    notice: 'Tài liệu vừa đăng chưa nằm trong chương trình họp.',
  },
  'meetings-papers': { name: 'Biên bản và nghị quyết bản in', notice: 'Bản Word và PDF chưa có.' },
  'meetings-units': { name: 'Yêu cầu của cấp trên', notice: 'Chi bộ chưa thấy yêu cầu mới của cấp trên.' },
  'meetings-days': { name: 'Lịch nhắc họp', notice: 'Buổi họp vừa thông báo có thể chưa được nhắc.' },
  'meetings-reminders': { name: 'Gửi lời nhắc họp', notice: 'Lời nhắc họp đến chậm.' },
  'points-facts': { name: 'Điểm học tập và sinh hoạt', notice: 'Điểm cộng đến chậm.' },
  'reports-facts': { name: 'Số liệu báo cáo', notice: 'Số liệu trong ngày đến chậm.' },
};
