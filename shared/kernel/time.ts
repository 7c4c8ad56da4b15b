import * as v from 'valibot';

/** A moment in UTC with milliseconds: `2026-11-21T12:30:00.000Z`. Instants sort as strings. */
export const Instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
  v.check((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text),
  v.brand('Instant'),
);
export type Instant = v.InferOutput<typeof Instant>;

/** A day in Viet Nam: `2026-03-03`. */
export const Day = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/),
  v.check((text) => isDay(text)),
  v.brand('Day'),
);
export type Day = v.InferOutput<typeof Day>;

/** A month in Viet Nam: `2026-03`. */
export const Month = v.pipe(v.string(), v.regex(/^\d{4}-(0[1-9]|1[0-2])$/), v.brand('Month'));
export type Month = v.InferOutput<typeof Month>;

/** Viet Nam keeps UTC+7 all year (no summer time since 1975), so the offset is a constant, not a zone table. */
const VIET_NAM_OFFSET_MS = 7 * 3_600_000;

const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

/** The instant of a count of milliseconds since 1970. */
export const instantOf = (milliseconds: number): Instant => new Date(milliseconds).toISOString() as Instant;

export const millisecondsOf = (instant: Instant): number => Date.parse(instant);

/** The day it is in Viet Nam at this instant. */
export const dayOf = (instant: Instant): Day =>
  new Date(Date.parse(instant) + VIET_NAM_OFFSET_MS).toISOString().slice(0, 10) as Day;

export const monthOf = (day: Day): Month => day.slice(0, 7) as Month;

/** The instant at which a clock in Viet Nam shows `time` (`19:30`) on `day`. */
export const instantAt = (day: Day, time: string): Instant =>
  instantOf(Date.parse(`${day}T${time}:00.000Z`) - VIET_NAM_OFFSET_MS);

/** Hours and minutes on a clock in Viet Nam: `19:30`. */
export const clockOf = (instant: Instant): string =>
  new Date(Date.parse(instant) + VIET_NAM_OFFSET_MS).toISOString().slice(11, 16);

export const addMilliseconds = (instant: Instant, milliseconds: number): Instant =>
  instantOf(Date.parse(instant) + milliseconds);

export const addDays = (day: Day, days: number): Day =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + days * 86_400_000).toISOString().slice(0, 10) as Day;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
