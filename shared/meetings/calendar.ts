import { addMilliseconds, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import type { Pack } from './shown.ts';

/** A line of a calendar file has this many octets at most, its break not counted. Source: RFC 5545 §3.1. */
const LINE_OCTETS = 75;

/** A meeting without timings still takes a place in the day. */
const LEAST_MINUTES = 30;

type Announced = Pick<Pack, 'meetingId' | 'title' | 'place' | 'startsAt' | 'agenda'>;

/**
 * A meeting as a calendar file (RFC 5545), with an alarm a day and two hours before. Only what a notice board would say
 * stands in it: calendars are copied to servers of others, so no agenda, no name and no address of an online room. `now`: when
 * the file is made, by which a calendar tells the entry of a meeting that was moved from the one it has (RFC 5545 §3.8.7.2).
 */
export const calendarOf = (meeting: Announced, now: Instant): string => {
  const minutes = meeting.agenda.reduce((sum, step) => sum + step.minutes, 0);
  const endsAt = addMilliseconds(meeting.startsAt, Math.max(minutes, LEAST_MINUTES) * MINUTE_MS);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//So tay dang vien//Sinh hoat chi bo//VI',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${meeting.meetingId}@so-tay-dang-vien`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(meeting.startsAt)}`,
    `DTEND:${utc(endsAt)}`,
    `SUMMARY:${escaped(meeting.title)}`,
    ...(meeting.place === '' ? [] : [`LOCATION:${escaped(meeting.place)}`]),
    ...alarm('-P1D', meeting.title),
    ...alarm('-PT2H', meeting.title),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
};

const alarm = (before: string, title: string): readonly string[] => [
  'BEGIN:VALARM',
  'ACTION:DISPLAY',
  `DESCRIPTION:${escaped(title)}`,
  `TRIGGER:${before}`,
  'END:VALARM',
];

/** `20261103T123000Z`: a time that means the same in every zone. */
const utc = (at: Instant): string => `${at.slice(0, 19).replace(/[-:]/g, '')}Z`;

/** Source: RFC 5545 §3.3.11. Control signs have no place in a text at all. */
const escaped = (text: string): string =>
  text
    .replace(/\\/g, '\\\\')
    .replace(/[;,]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');

/** A long line goes on below, after a space; no letter of several octets is cut in two. */
const folded = (line: string): string => {
  const encoder = new TextEncoder();
  let [out, octets] = ['', 0];
  for (const letter of line) {
    const size = encoder.encode(letter).length;
    if (octets + size > LINE_OCTETS) {
      out += '\r\n ';
      octets = 1;
    }
    out += letter;
    octets += size;
  }
  return out;
};
