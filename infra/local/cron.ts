/** Whether a schedule is due in the minute that begins at this instant (milliseconds since 1970). */
export type Due = (minute: number) => boolean;

const MINUTE = 60_000;

/**
 * Reads `cron(…)`, `rate(…)` or `at(…)`. `since` is when the schedule was first seen; rates count from there. Throws for
 * what is none of them. Source: EventBridge Scheduler user guide, "Schedule types".
 */
export const dueOf = (expression: string, timeZone: string, since: number): Due => {
  const [, kind = '', inner = ''] = /^(cron|rate|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  switch (kind) {
    case 'cron':
      return cron(inner, timeZone);
    case 'rate':
      return rate(inner, since);
    case 'at': {
      const wanted = inner.slice(0, 16);
      return (minute) => localText(partsIn(minute, timeZone)) === wanted;
    }
    default:
      throw new Error(`${expression} is no schedule`);
  }
};

const rate = (inner: string, since: number): Due => {
  const [, count = '', unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
  const minutes = Number(count) * ({ minute: 1, hour: 60, day: 1_440 }[unit] ?? 0);
  if (!(minutes > 0)) throw new Error(`rate(${inner}) is no schedule`);
  const first = Math.floor(since / MINUTE);
  return (minute) => {
    const passed = Math.floor(minute / MINUTE) - first;
    return passed > 0 && passed % minutes === 0;
  };
};

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 1 is Sunday, as cron expressions count. */
  readonly weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock and a calendar in that zone show. */
const partsIn = (instant: number, timeZone: string): Parts => {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  formats.set(timeZone, format);
  const found = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = found;
  return { year, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1 };
};

const two = (number: number): string => String(number).padStart(2, '0');
const localText = ({ year, month, day, hour, minute }: Parts): string =>
  `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;

const months = ['', 'JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['', 'SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const cron = (inner: string, timeZone: string): Due => {
  const fields = inner.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`cron(${inner}) needs six fields`);
  const [minutes, hours, days, monthField, weekdayField, years] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const minute = listed(minutes, 0, 59);
  const hour = listed(hours, 0, 23);
  const month = listed(named(monthField, months), 1, 12);
  const year = listed(years, 1970, 2199);
  const day = dayOfMonth(days);
  const weekday = dayOfWeek(named(weekdayField, weekdays));
  return (instant) => {
    const parts = partsIn(instant, timeZone);
    if (!minute(parts.minute) || !hour(parts.hour) || !month(parts.month) || !year(parts.year)) return false;
    return day(parts) && weekday(parts);
  };
};

const named = (field: string, names: readonly string[]): string =>
  field.toUpperCase().replace(/[A-Z]{3}/g, (name) => {
    const at = names.indexOf(name);
    return at < 1 ? name : String(at);
  });

/** `*`, `?`, `5`, `1,2`, `1-5`, `0/15`, `*` with a step. */
const listed = (field: string, least: number, most: number): ((value: number) => boolean) => {
  if (field === '*' || field === '?') return () => true;
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, from = '', to, step] = /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part) ?? [];
    const first = from === '*' ? least : Number(from || Number.NaN);
    const open = from === '*' || step !== undefined ? most : first;
    const last = to === undefined ? open : Number(to);
    const by = Number(step ?? 1);
    if (!(first >= least && last <= most && first <= last && by > 0))
      throw new Error(`"${field}" is no part of a schedule`);
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return (value) => values.has(value);
};

const lastDay = ({ year, month }: Parts): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Days of the month; `L` is the last, `15W` the weekday nearest to the 15th. */
const dayOfMonth = (field: string): ((parts: Parts) => boolean) => {
  if (field === 'L') return (parts) => parts.day === lastDay(parts);
  const nearest = /^(\d+)W$/.exec(field);
  if (nearest === null) {
    const days = listed(field, 1, 31);
    return ({ day }) => days(day);
  }
  const wanted = Number(nearest[1]);
  return (parts) => {
    const weekday = new Date(Date.UTC(parts.year, parts.month - 1, wanted)).getUTCDay();
    const back = wanted === 1 ? 2 : -1;
    const forward = wanted === lastDay(parts) ? -2 : 1;
    const shift = weekday === 6 ? back : weekday === 0 ? forward : 0;
    return parts.day === wanted + shift;
  };
};

/** Days of the week, Sunday 1; `2#1` is the first Monday, `6L` the last Friday. */
const dayOfWeek = (field: string): ((parts: Parts) => boolean) => {
  const [, weekday = '', which] = /^(\d)(?:#(\d)|L)$/.exec(field) ?? [];
  if (weekday === '') {
    const days = listed(field === 'L' ? '7' : field, 1, 7);
    return (parts) => days(parts.weekday);
  }
  return (parts) =>
    parts.weekday === Number(weekday) &&
    (which === undefined ? parts.day + 7 > lastDay(parts) : Math.ceil(parts.day / 7) === Number(which));
};
