import * as icons from '#lib/ui/icons.ts';
import type { Standing } from '#shared/tasks/model.ts';

/** Word and sign of how a task stands, and the role of its colour. */
export const standingWords: Readonly<
  Record<Standing, { word: string; icon: string; tone: 'good' | 'wait' | 'bad' | 'soft' }>
> = {
  'in-time': { word: 'Đang làm', icon: icons.play, tone: 'soft' },
  'due-soon': { word: 'Sắp đến hạn', icon: icons.waiting, tone: 'wait' },
  late: { word: 'Quá hạn', icon: icons.failed, tone: 'bad' },
  done: { word: 'Hoàn thành', icon: icons.done, tone: 'good' },
  'done-late': { word: 'Hoàn thành muộn', icon: icons.done, tone: 'wait' },
  dropped: { word: 'Thôi thực hiện', icon: icons.close, tone: 'soft' },
};
