import { describe, expect, it } from 'vitest';
import type { MeetingId } from '#shared/kernel/ids.ts';
import { addMilliseconds, DAY_MS, HOUR_MS, type Instant } from '#shared/kernel/time.ts';
import { type DutyId, dutiesOf, dutyIds, isLeft, type Prepared } from './duties.ts';
import { type MeetingRow, meetingKinds } from './model.ts';
import tables from './preparation-duties.json' with { type: 'json' };
import { aMeeting, announced, aPlan } from './testing.ts';

const aRow = (over: Partial<MeetingRow>): MeetingRow => ({
  meetingId: 'x' as MeetingId,
  kind: 'regular',
  title: '',
  place: '',
  startsAt: announced,
  state: 'closed',
  ...over,
});
const nothing = { rows: [], required: false, requiredLeft: 0, suggestions: 0, suggestionsLeft: 0 };
const preparing: Prepared = { meeting: aMeeting('preparing'), plan: aPlan({ place: '' }), ...nothing };
const of = (id: DutyId, prepared: Prepared, now: Instant) => dutiesOf(prepared, now).find((duty) => duty.id === id);
const hoursAhead = (hours: number) => addMilliseconds(announced, -hours * HOUR_MS);

describe('what is left to prepare', () => {
  it('is in the order of its deadlines, and only the papers have an official one', () => {
    const duties = dutiesOf(preparing, hoursAhead(96));
    expect(duties.map(({ id }) => id)).toEqual(['committee', 'people', 'notice', 'papers']);
    expect(duties.map(({ dueAt }) => dueAt)).toEqual(duties.map(({ dueAt }) => dueAt).toSorted());
    expect(duties.filter(({ official }) => official).map(({ id }) => id)).toEqual(['papers']);
    expect(duties.every(isLeft)).toBe(true);
  });

  it('is late once its hour has passed, and done in time or late by the record itself', () => {
    expect(of('papers', preparing, hoursAhead(24))?.state).toBe('left');
    expect(of('papers', preparing, addMilliseconds(hoursAhead(24), 1))?.state).toBe('late');
    const meeting = { ...aMeeting('published'), papersAt: hoursAhead(25) };
    expect(of('papers', { ...preparing, meeting }, hoursAhead(1))).toMatchObject({
      state: 'done',
      doneAt: hoursAhead(25),
    });
    const late = { ...meeting, papersAt: hoursAhead(23) };
    expect(of('papers', { ...preparing, meeting: late }, hoursAhead(1))?.state).toBe('done-late');
  });

  it("counts the committee's meeting only after the last meeting of the branch", () => {
    const met = (endedAt: Instant) => aRow({ kind: 'committee', startsAt: endedAt, endedAt });
    const last = aRow({ startsAt: addMilliseconds(announced, -30 * DAY_MS) });
    const stale = met(addMilliseconds(announced, -31 * DAY_MS));
    expect(of('committee', { ...preparing, rows: [last, stale] }, hoursAhead(60))?.state).toBe('left');
    expect(of('committee', { ...preparing, rows: [last, stale, met(hoursAhead(72))] }, hoursAhead(60))?.state).toBe(
      'done',
    );
  });

  it('names items from above and suggestions only where there are any, with how many are left', () => {
    const asked = { ...preparing, required: true, requiredLeft: 2, suggestions: 3, suggestionsLeft: 1 };
    expect(of('required', asked, hoursAhead(60))).toMatchObject({ state: 'left', left: 2 });
    expect(of('suggestions', asked, hoursAhead(60))).toMatchObject({ state: 'left', left: 1 });
    expect(of('suggestions', { ...asked, suggestionsLeft: 0 }, hoursAhead(60))?.state).toBe('done');
  });

  it('of a committee is short: no papers, no committee before it', () => {
    const meeting = { ...aMeeting('preparing'), kind: 'committee' as const };
    expect(dutiesOf({ ...preparing, meeting }, hoursAhead(60)).map(({ id }) => id)).toEqual(['people', 'notice']);
  });
});

it('the dated table names known duties and kinds, each table with its source', () => {
  for (const { source, validFrom, duties } of tables) {
    expect([source.length > 20, /^\d{4}-\d{2}-\d{2}$/.test(validFrom)]).toEqual([true, true]);
    expect(duties.map(({ id }) => id).toSorted()).toEqual([...dutyIds].toSorted());
    expect(duties.every(({ kinds }) => kinds.every((kind) => (meetingKinds as readonly string[]).includes(kind)))).toBe(
      true,
    );
  }
});
