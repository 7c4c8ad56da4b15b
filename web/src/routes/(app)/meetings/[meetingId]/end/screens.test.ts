import { describe, expect, it } from 'vitest';
import type { Desk } from '../desk.ts';
import { resumeAt } from './screens.ts';

/** Only what decides where to go on. */
const aDesk = (more: object): Desk => ({ meeting: { state: 'open' }, tasks: [], ...more }) as unknown as Desk;
const concluded = { conclusion: { conclusion: 'Nhất trí.' } };
const rated = { ...concluded, rating: { total: 92 } };
const closed = { ...rated, meeting: { state: 'closed' } };

describe('the end of a meeting is taken up again', () => {
  it.each([
    ['at the conclusion when nothing is written', {}, 'conclusion'],
    ['at the tasks when only the conclusion is written', concluded, 'tasks'],
    ['at the rating when a task was given', { ...concluded, tasks: [{}] }, 'rating'],
    ['at the closing when the meeting is rated', rated, 'closing'],
    ['at the minutes when it is closed', closed, 'minutes'],
    ['at the resolution when the minutes are adopted', { ...closed, minutes: { state: 'adopted' } }, 'resolution'],
  ])('%s', (_, more, screen) => {
    expect(resumeAt(aDesk(more))).toBe(screen);
  });
});
