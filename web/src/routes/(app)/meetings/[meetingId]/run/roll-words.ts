import { time } from '#lib/format.ts';
import type { Attendance, AttendanceStatus } from '#shared/meetings/model.ts';
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

/** What is known of a mark beside its place: when, by whom, how, and why. */
export const noteOf = (mark: Attendance | undefined): string => {
  if (!mark || mark.status === 'unmarked') return '';
  const { memberId, recordedBy, status, at, byCode, sentLater, cameAt, leftAt, reason } = mark;
  const own = recordedBy === memberId;
  const how = own ? `tự điểm danh${byCode ? ' bằng mã' : ''}` : 'ghi hộ';
  const parts = [
    status === 'present' && `lúc ${time(at)}, ${how}`,
    sentLater && `gửi sau, nhận lúc ${time(sentLater)}`,
    cameAt && `đến muộn ${time(cameAt)}`,
    leftAt && `về sớm ${time(leftAt)}`,
    reason,
  ];
  return parts.filter(Boolean).join(' · ');
};
