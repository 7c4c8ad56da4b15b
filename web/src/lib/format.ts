import { clockOf, DAY_MS, type Day, dayOf, HOUR_MS, type Instant, MINUTE_MS, type Month } from '#shared/kernel/time.ts';

/** `28/9/2026` */
export const day = (value: Day): string => {
  const [year, month, date] = value.split('-').map(Number);
  return `${date}/${month}/${year}`;
};

/** `28/9` */
export const dayAndMonth = (value: Day): string => day(value).split('/').slice(0, 2).join('/');

/** `9/2026` */
export const month = (value: Month): string => {
  const [year, number] = value.split('-').map(Number);
  return `${number}/${year}`;
};

const WEEKDAYS = ['Chủ nhật', 'Thứ hai', 'Thứ ba', 'Thứ tư', 'Thứ năm', 'Thứ sáu', 'Thứ bảy'] as const;

/** `Thứ hai, 28/9/2026` */
export const dayInFull = (value: Day): string =>
  `${WEEKDAYS[new Date(`${value}T00:00:00.000Z`).getUTCDay()]}, ${day(value)}`;

/** `19:30`, on a clock in Viet Nam. */
export const time = (at: Instant): string => clockOf(at);

/** `19:30, 28/9/2026` */
export const moment = (at: Instant): string => `${clockOf(at)}, ${day(dayOf(at))}`;

/** When something begins, as one says it: `Tối nay 19:30`, `Ngày mai 8:00`, `19:30, Thứ hai, 28/9/2026`. */
export const when = (at: Instant, now: Instant): string => {
  const clock = clockOf(at).replace(/^0/, '');
  const days = Math.round((Date.parse(dayOf(at)) - Date.parse(dayOf(now))) / DAY_MS);
  const hour = Number(clock.split(':')[0]);
  if (days === 0)
    return `${hour < 11 ? 'Sáng nay' : hour < 13 ? 'Trưa nay' : hour < 18 ? 'Chiều nay' : 'Tối nay'} ${clock}`;
  if (days === 1) return `Ngày mai ${clock}`;
  if (days === -1) return `Hôm qua ${clock}`;
  return `${clock}, ${dayInFull(dayOf(at))}`;
};

/** `8 giây`, `3 phút`, `2 giờ`, `5 ngày`: one unit, rounded down, never below 0. */
export const span = (milliseconds: number): string => {
  const passed = Math.max(0, milliseconds);
  if (passed < MINUTE_MS) return `${Math.floor(passed / 1000)} giây`;
  if (passed < HOUR_MS) return `${Math.floor(passed / MINUTE_MS)} phút`;
  if (passed < DAY_MS) return `${Math.floor(passed / HOUR_MS)} giờ`;
  return `${Math.floor(passed / DAY_MS)} ngày`;
};

/** `8 giây trước`; `vừa xong` below five seconds; the date after a week. */
export const ago = (at: Instant, now: Instant): string => {
  const passed = Date.parse(now) - Date.parse(at);
  if (passed < 5_000) return 'vừa xong';
  return passed < 7 * DAY_MS ? `${span(passed)} trước` : `ngày ${day(dayOf(at))}`;
};

/** `cập nhật 8 giây trước`: the age of what is on the screen. */
export const updated = (at: Instant, now: Instant): string => `cập nhật ${ago(at, now)}`;

/** `13.000`; a fraction as `2,5`. Written by hand so that no phone's own language changes it. */
export const number = (value: number, decimals = 0): string => {
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '.');
  const sign = value < 0 && Number(value.toFixed(decimals)) !== 0 ? '−' : '';
  return `${sign}${grouped}${fraction ? `,${fraction}` : ''}`;
};

/** `5.000 đ`, with a space that does not break. */
export const money = (dong: number): string => `${number(dong)}\u00a0đ`;

/** `92,5%`; `–` when there is nothing to divide by. */
export const percent = (part: number, of: number): string => {
  if (of === 0) return '–';
  const value = (part / of) * 100;
  return `${number(value, Number.isInteger(Math.round(value * 10) / 10) ? 0 : 1)}%`;
};

/** `320 KB`, `1,4 MB`, counted in thousands as phones do. */
export const fileSize = (bytes: number): string => {
  if (bytes < 1_000) return `${number(bytes)} byte`;
  if (bytes < 999_500) return `${number(bytes / 1_000)} KB`;
  return `${number(bytes / 1_000_000, bytes < 9_950_000 ? 1 : 0)} MB`;
};
