import type { ProblemsOf } from '../problems.ts';

/** What a person is told when an act on a task was refused. */
export const tasksProblems = {
  'owner-not-in-branch': {
    happened: 'Người được giao không thuộc chi bộ này.',
    next: 'Chọn một đảng viên trong danh sách của chi bộ.',
  },
  'follower-not-in-committee': {
    happened: 'Người theo dõi phải là chi ủy viên của chi bộ.',
    next: 'Chọn bí thư, phó bí thư hoặc một chi ủy viên.',
  },
  'deadline-passed': { happened: 'Hạn hoàn thành đã qua.', next: 'Chọn hôm nay hoặc một ngày sắp tới.' },
  'not-yours': { happened: 'Nhiệm vụ này giao cho đồng chí khác.', next: 'Chỉ người được giao mới báo tiến độ.' },
  'already-settled': {
    happened: 'Nhiệm vụ này đã được chi bộ kết thúc.',
    next: 'Mở lại danh sách để xem kết quả.',
  },
  'reason-missing': { happened: 'Chưa ghi lý do.', next: 'Ghi ngắn gọn vì sao rồi lưu lại.' },
  'finished-in-future': { happened: 'Ngày hoàn thành chưa tới.', next: 'Chọn hôm nay hoặc một ngày đã qua.' },
} satisfies ProblemsOf<typeof import('#shared/tasks/contract.ts')>;
