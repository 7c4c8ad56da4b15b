import type { OfficialPaper } from '#runtime/official-paper.ts';
import type { MeetingId, MemberId, PollId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import { draftMinutes, draftResolution, type MinutesRecord } from '#shared/meetings/minutes.ts';
import type { MeetingIn, RollMember } from '#shared/meetings/model.ts';
import { stepsOf } from '#shared/meetings/preparation.ts';
import { branchRows, figuresOf } from '#shared/reports/figures.ts';
import { minutesPaper, resolutionPaper } from '../../../functions/meetings/papers.ts';
import { handoverPaper } from '../../../functions/reports/handover-document.ts';
import { reportPaper } from '../../../functions/reports/report-document.ts';

const issuer = { superior: 'Đảng bộ xã Công Hải', issuer: 'Chi bộ thôn Nam', place: 'Công Hải' };
const day = '2026-02-03' as Day;
const at = (clock: string) => `${day}T${clock}:00.000Z` as Instant;
const id = (name: string) => name as MemberId;

/** Names with the letters that fonts lose first. */
const names = ['Nguyễn Thị Ẩn', 'Trần Văn Bảy', 'Lê Thị Ước', 'Phạm Hữu Nghị', 'Đỗ Quỳnh Ỷ', 'Vũ Ngọc Ắng', 'Hồ Sỹ Ậu'];
const members: RollMember[] = names.map((name, index) => ({
  memberId: id(`m${index}`),
  name,
  hasPhone: true,
  state: index === 5 ? 'probationary' : 'official',
}));

const sentence =
  'Chi bộ đã vận động bà con tu sửa hai kilômét kênh mương, phát quang đường thôn và giữ nền nếp thu gom rác thải; ' +
  'các hộ kinh doanh ký cam kết bảo đảm vệ sinh an toàn thực phẩm trong dịp Tết Nguyên đán.';

const meeting: MeetingIn<'closed'> = {
  state: 'closed',
  meetingId: '11111111-1111-4111-8111-111111111111' as MeetingId,
  unitId: 'cb-thon-nam' as UnitId,
  kind: 'regular',
  title: 'Sinh hoạt chi bộ thường kỳ tháng 2/2026',
  startsAt: at('12:30'),
  chairId: id('m0'),
  scribeId: id('m1'),
  version: 9,
  pack: 'a'.repeat(64),
  publishedAt: '2026-02-01T02:00:00.000Z' as Instant,
  expected: { members: 7, exempt: [] },
  startedAt: at('12:32'),
  endedAt: at('14:08'),
  stepId: 'minutes',
  steps: [{ stepId: 'reason', at: at('12:32') }],
  guests: [{ name: 'Bùi Quang Hải', from: 'Đảng ủy xã' }],
  polls: [
    {
      state: 'published',
      pollId: '22222222-2222-4222-8222-222222222222' as PollId,
      question: 'Thông qua Nghị quyết sinh hoạt tháng 2/2026?',
      decision: 'resolution',
      createdAt: at('13:40'),
      openedAt: at('13:45'),
      closedAt: at('13:50'),
      publishedAt: at('13:51'),
      shards: 1,
      base: { members: 6, present: 5, out: [] },
      result: {
        phones: { agree: 3, disagree: 0, other: 0 },
        hands: { agree: 2, disagree: 0, other: 0 },
        base: { members: 6, present: 5, out: [] },
        passed: true,
      },
    },
  ],
};

const record: MinutesRecord = {
  meeting,
  plan: {
    title: meeting.title,
    place: 'Nhà văn hóa thôn Nam',
    startsAt: meeting.startsAt,
    agenda: stepsOf('regular', day),
  },
  members,
  roll: members.map(({ memberId }, index) => ({
    memberId,
    status: index === 6 ? 'excused' : 'present',
    at: at('12:30'),
    recordedBy: id('m1'),
    ...(index === 6 && { reason: 'đi khám bệnh' }),
  })),
  opinions: members.slice(1, 5).map(({ memberId }, index) => ({
    opinionId: `o${index}`,
    memberId,
    text: `${sentence} Đề nghị chi ủy phân công cụ thể, có kiểm tra.`,
    at: at('13:10'),
    recordedBy: memberId,
    ...(index === 0 && { answer: 'Đã đưa vào kế hoạch tháng 3.' }),
  })),
  conclusion: {
    information: 'Bản tin sinh hoạt chi bộ tháng 2/2026; tình hình thời sự trong nước và thế giới.',
    results: `${sentence}\nỦng hộ Quỹ “Vì người nghèo” 5.000.000 đồng.`,
    direction: `Chuẩn bị tổng kết công tác đảng; sửa đường ra nhà văn hóa.\n${sentence}`,
    conclusion: 'Thống nhất các nội dung đã thảo luận; giao chi ủy tổ chức thực hiện.',
  },
  tasks: members.slice(2, 5).map(({ memberId }, index) => ({
    taskId: `t${index}` as TaskId,
    memberId,
    text: 'Vận động các hộ hai bên đường hiến đất mở rộng đường thôn',
    dueOn: '2026-02-28' as Day,
  })),
  rating: {
    scores: {} as never, // the paper prints the total only
    total: 93,
    grade: 'good',
    rubric: '2025-10-28',
    by: id('m0'),
    at: at('13:55'),
  },
};

const given = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(`the sample is refused: ${result.code}`);
  return result.value;
};

const minutes = minutesPaper(
  record,
  {
    state: 'adopted',
    version: 2,
    sections: given(draftMinutes(record)),
    editedBy: id('m1'),
    editedAt: at('14:05'),
    adoptedBy: id('m0'),
    adoptedAt: at('14:08'),
    number: 5,
    term: '2025-2030',
  },
  issuer,
);

const resolution = resolutionPaper(
  record,
  { ...given(draftResolution(record)), number: 5, term: '2025-2030', issuedBy: id('m0'), issuedAt: at('14:10') },
  issuer,
);

const period = { from: '2026-01-28' as Day, to: '2026-02-26' as Day, cutOff: '2026-02-26T15:00:00.000Z' as Instant };
const report = reportPaper(
  {
    unitId: 'xa-cong-hai' as UnitId,
    unitName: 'Đảng ủy xã Công Hải',
    superiorName: 'Tỉnh ủy Khánh Hòa',
    period,
    figures: figuresOf([], period),
    branches: branchRows([], period),
  },
  {
    texts: { coordination: sentence, posting: sentence, good: sentence, difficult: sentence, next: sentence },
    frame: {
      place: 'Công Hải',
      number: '12-BC/ĐU',
      power: 'T/M Đảng ủy',
      title: 'Bí thư',
      name: 'Trần Thị Lan',
      recipients: ['Ban Tổ chức Tỉnh ủy', 'Lưu Văn phòng Đảng ủy'],
    },
    day,
  },
);

const letter: OfficialPaper = {
  superior: 'Tỉnh ủy Khánh Hòa',
  issuer: 'Đảng ủy xã Công Hải',
  number: '31-CV/ĐU',
  place: 'Công Hải',
  day: '2026-11-15' as Day,
  type: 'Công văn',
  abstract: 'V/v chuẩn bị sinh hoạt chi bộ tháng 12',
  addressee: 'Các chi bộ trực thuộc',
  body: [
    { kind: 'paragraph', text: sentence },
    { kind: 'item', text: 'Gửi báo cáo trước ngày 01/12/2026.' },
  ],
  signatures: [{ power: 'T/M Đảng ủy', title: 'Bí thư', name: 'Trần Thị Lan' }],
  recipients: ['Như trên', 'Lưu Văn phòng Đảng ủy'],
};

const handover = handoverPaper(
  [
    {
      title: 'Nhiệm vụ chưa xong',
      note: '',
      rows: members.map(({ name }, index) => ({
        what: 'Vận động các hộ hai bên đường hiến đất mở rộng đường thôn',
        stands: `${name}, hạn ${index + 10}/02/2026, đã làm 50%, theo dõi: Nguyễn Thị Ẩn`,
      })),
    },
    { title: 'Đảng phí chưa nộp', rows: [], note: 'Sổ tay chưa theo dõi đảng phí. Đối chiếu với sổ thu của chi bộ.' },
  ],
  issuer,
  day,
);

/** One paper of each kind that the handbook issues, with words that try the layout. */
export const samplePapers: Readonly<Record<string, OfficialPaper>> = { minutes, resolution, report, letter, handover };
