import type { MemberId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import type { OpenTask } from './model.ts';

/** An open task of a branch; override what the test is about. */
export const aTask = (over: Partial<OpenTask> = {}): OpenTask => ({
  state: 'open',
  taskId: '11111111-1111-4111-8111-111111111111' as TaskId,
  unitId: 'cb-thon-nam' as UnitId,
  text: 'Vận động ba hộ dân hiến đất làm đường thôn',
  ownerId: 'tam' as MemberId,
  ownerName: 'Nguyễn Văn Tám',
  followerId: 'lan' as MemberId,
  followerName: 'Trần Thị Lan',
  source: { kind: 'resolution', number: '05-NQ/CB' },
  dueOn: '2026-11-30' as Day,
  assignedBy: 'lan' as MemberId,
  assignedAt: '2026-11-03T12:30:00.000Z' as Instant,
  percent: 0,
  notes: [],
  version: 1,
  ...over,
});
