import type { Desk } from '../desk.ts';

/** From the conclusion to the resolution, one screen each, in the order of the evening. */
export const screens = [
  { key: 'conclusion', label: 'Kết luận' },
  { key: 'tasks', label: 'Phân công' },
  { key: 'rating', label: 'Đánh giá' },
  { key: 'closing', label: 'Bế mạc' },
  { key: 'minutes', label: 'Biên bản' },
  { key: 'resolution', label: 'Nghị quyết' },
] as const;
export type ScreenKey = (typeof screens)[number]['key'];

export const isScreen = (key: string | null): key is ScreenKey => screens.some((screen) => screen.key === key);

/** Which screens have done their part, as far as the record tells. */
export const doneOf = (desk: Desk): Readonly<Record<ScreenKey, boolean>> => ({
  conclusion: (desk.conclusion?.conclusion ?? '') !== '',
  tasks: desk.tasks.length > 0,
  rating: desk.rating !== undefined,
  closing: desk.meeting.state === 'closed',
  minutes: desk.minutes?.state === 'adopted',
  resolution: desk.resolution !== undefined,
});

/** Where to take up again: the first that is not done; a meeting may give no task and issue no resolution. */
export const resumeAt = (desk: Desk): ScreenKey => {
  const done = doneOf(desk);
  if (!done.conclusion) return 'conclusion';
  if (!done.rating) return done.tasks ? 'rating' : 'tasks';
  if (!done.closing) return 'closing';
  return done.minutes ? 'resolution' : 'minutes';
};
