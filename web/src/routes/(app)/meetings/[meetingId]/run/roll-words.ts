import type { AttendanceStatus } from '#shared/meetings/model.ts';
import type { VotingState } from '#shared/members/model.ts';

/** The places of a roll, as the branch calls them. */
export const statusWords: Readonly<Record<AttendanceStatus, string>> = {
  present: 'Có mặt',
  excused: 'Vắng có lý do',
  unexcused: 'Vắng không lý do',
  exempt: 'Miễn',
  unmarked: 'Chưa ghi',
};

/** What stands beside a name; nothing for a full member. */
export const stateWords: Readonly<Record<VotingState, string>> = {
  official: '',
  probationary: 'dự bị',
  exempt: 'được miễn sinh hoạt',
  guest: 'sinh hoạt tạm thời',
  elsewhere: 'đang sinh hoạt nơi khác',
  suspended: 'đình chỉ sinh hoạt',
  held: 'đang bị tạm giữ',
  left: 'đã chuyển đi',
  not_yet: 'chưa chuyển đến',
};
