import type { Day } from '#shared/kernel/time.ts';
import { fold } from '#shared/kernel/vietnamese.ts';
import type { Phone, Sex } from './model.ts';

// What one cell of a list means, however it was typed. Never a guess.

const blanks = ['', '-', '–', '—', '.', 'x', 'khong', 'khong co', 'chua', 'chua co', 'k', 'ko'];
/** Whether a cell says nothing. */
export const isBlank = (text: string | undefined): boolean => blanks.includes(fold(text ?? ''));

/** A name written in capitals only, as many lists do, becomes one with first capitals; any other stays as it is. */
export const properName = (name: string): string =>
  name !== '' && name === name.toLocaleUpperCase('vi') && name !== name.toLocaleLowerCase('vi')
    ? name
        .toLocaleLowerCase('vi')
        .replace(/(^|[\s-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toLocaleUpperCase('vi'))
    : name;

/**
 * The day that a cell means: `3/2/1960`, `03-02-1960`, `03.02.1960`, `1960-02-03`, `ngày 3 tháng 2 năm 1960`, or a
 * spreadsheet's own count of days. Never a guess: a year alone or two digits of one mean nothing.
 */
export const readDay = (text: string): Day | undefined => {
  const key = fold(text);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ][\d:.z+]*)?$/.exec(key);
  if (iso) return dayFrom(iso[1], iso[2], iso[3]);
  const usual = /^(\d{1,2}) ?[/.\- ] ?(\d{1,2}) ?[/.\- ] ?(\d{4})(?: 0{1,2}:00.*)?$/.exec(key);
  if (usual) return dayFrom(usual[3], usual[2], usual[1]);
  const words = /^(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})$/.exec(key);
  if (words) return dayFrom(words[3], words[2], words[1]);
  if (/^\d{5}(\.0+)?$/.test(key)) return dayOfSerial(Number(key));
  return undefined;
};

const dayFrom = (year: string | undefined, month: string | undefined, date: string | undefined): Day | undefined => {
  const day = `${year}-${month?.padStart(2, '0')}-${date?.padStart(2, '0')}`;
  const at = Date.parse(`${day}T00:00:00.000Z`);
  const real = !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
  return real && Number(year) >= 1900 && Number(year) <= 2100 ? (day as Day) : undefined;
};

/** Spreadsheets count days from 30/12/1899 (they believe that 1900 had a 29 February). */
const SERIAL_ZERO_MS = Date.UTC(1899, 11, 30);
const dayOfSerial = (serial: number): Day | undefined =>
  dayFrom(
    ...(new Date(SERIAL_ZERO_MS + serial * 86_400_000).toISOString().slice(0, 10).split('-') as [
      string,
      string,
      string,
    ]),
  );

export const readSex = (text: string): Sex | undefined => {
  const key = fold(text);
  if (['nam', 'male', 'm', 'trai', 'ong'].includes(key)) return 'male';
  return ['nu', 'female', 'f', 'gai', 'ba'].includes(key) ? 'female' : undefined;
};

/** The first number of a cell as dialled inside the country: ten digits for a mobile, up to eleven for a fixed line. */
export const readPhone = (text: string): Phone | undefined => {
  for (const part of text.split(/[/;,]| - /)) {
    const digits = part.replace(/[^\d+]/g, '').replace(/^(\+84|0084|84(?=\d{9,10}$))0?/, '0');
    const dialled = /^[35789]\d{8}$/.test(digits) ? `0${digits}` : digits;
    if (/^(0[35789]\d{8}|02\d{8,9})$/.test(dialled)) return dialled as Phone; // matches the schema's own pattern
  }
  return undefined;
};

interface Birth {
  readonly birthDate: Day;
  readonly sex: Sex;
}

/**
 * Twelve digits, or eleven where a spreadsheet has eaten the zero at the front; the zero is put back only when the
 * number then fits the birth. `mangled`: the spreadsheet has turned it into a rounded figure (`3.5E+10`).
 */
export const readNumber = (
  text: string | undefined,
  birth: Birth | undefined,
): { readonly number?: string; readonly problem?: 'wrong' | 'mangled'; readonly restored?: true } => {
  if (isBlank(text)) return {};
  const bare = (text ?? '').replace(/[\s.\-']/g, '');
  if (/^\d{12}$/.test(bare)) return { number: bare };
  if (/^\d[\d,]*e\+?\d+$/i.test(bare)) return { problem: 'mangled' };
  if (/^\d{11}$/.test(bare) && birth && fitsBirth(`0${bare}`, birth)) return { number: `0${bare}`, restored: true };
  return { problem: 'wrong' };
};

/**
 * Whether a personal identity number can be that of somebody born then: three digits of a place, one of century and sex
 * (0 and 1 for the 20th, 2 and 3 for the 21st, even = male), two of the year. Source: Nghị định 137/2015/NĐ-CP §13.
 */
export const fitsBirth = (number: string, { birthDate, sex }: Birth): boolean => {
  const century = Math.floor(Number(birthDate.slice(0, 4)) / 100) - 19;
  return number[3] === String(century * 2 + (sex === 'male' ? 0 : 1)) && number.slice(4, 6) === birthDate.slice(2, 4);
};

/** Whole months from one day to another, counted by month as the age of admission is. */
export const monthsBetween = (from: Day, to: Day): number => {
  const [fromYear = 0, fromMonth = 0] = from.split('-').map(Number);
  const [toYear = 0, toMonth = 0] = to.split('-').map(Number);
  return (toYear - fromYear) * 12 + (toMonth - fromMonth);
};
