import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { DAY_MS, type Instant, instantOf } from '#shared/kernel/time.ts';
import { calendarOf } from './calendar.ts';
import { packOf } from './planning.ts';
import { aMeeting, announced, aPlan, aRollMember } from './testing.ts';

const aPack = (over: { title?: string; place?: string; startsAt?: Instant } = {}) => {
  const plan = aPlan(over);
  return packOf(
    aMeeting('published'),
    { ...plan, onlineLink: 'https://hop.example/secret' },
    [aRollMember('lan')],
    announced,
  );
};
const eventOf = (text: string) =>
  new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent') ?? undefined);

describe('the calendar file of a meeting', () => {
  it('tells the hour in UTC, the place and how long it is planned', () => {
    const event = eventOf(calendarOf(aPack(), announced));
    expect(event.startDate.toJSDate().toISOString()).toBe(announced);
    expect(event.duration.toSeconds()).toBe(90 * 60);
    expect([event.summary, event.location]).toEqual([
      'Sinh hoạt chi bộ thường kỳ tháng 11/2026',
      'Nhà văn hóa thôn Nam',
    ]);
  });

  it('is the same entry of the calendar after the meeting was moved', () => {
    const [before, after] = [aPack(), aPack({ startsAt: instantOf(Date.parse(announced) + DAY_MS) })].map((pack, at) =>
      eventOf(calendarOf(pack, instantOf(Date.parse(announced) + at * DAY_MS))),
    );
    const madeAt = (event: typeof before) => String(event?.component.getFirstPropertyValue('dtstamp'));
    expect(madeAt(after) > madeAt(before)).toBe(true);
    expect(after?.uid).toBe(before?.uid);
    expect(after?.startDate.toString()).not.toBe(before?.startDate.toString());
  });

  it('reminds a day and two hours before', () => {
    const component = new ICAL.Component(ICAL.parse(calendarOf(aPack(), announced))).getFirstSubcomponent('vevent');
    const triggers = component
      ?.getAllSubcomponents('valarm')
      .map((alarm) => String(alarm.getFirstPropertyValue('trigger')));
    expect(triggers).toEqual(['-P1D', '-PT2H']);
  });

  it('says nothing that only the branch may know: no agenda, no name, no address of the room', () => {
    const text = calendarOf(aPack(), announced).replaceAll('\r\n ', '');
    for (const secret of ['Thảo luận', 'Nguyễn Văn', 'hop.example']) expect(text).not.toContain(secret);
  });

  it('carries any title and place through, in lines of 75 octets at most', () => {
    const words = fc
      .string({ unit: 'grapheme', maxLength: 150 })
      .map((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, ''));
    fc.assert(
      fc.property(words, words, (title, place) => {
        const text = calendarOf(aPack({ title: `${title}\nb;c,d\\e`, place }), announced);
        for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        const event = eventOf(text);
        expect(event.summary).toBe(`${title}\nb;c,d\\e`);
        expect(event.location ?? '').toBe(place);
      }),
    );
  });
});
