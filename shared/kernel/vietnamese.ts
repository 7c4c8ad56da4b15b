/** Text as an accent-free search sees it: lower case, no marks, đ = d, white space folded. NFD does not fold đ, so it is done by hand. */
export const fold = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().replace(/\s+/g, ' ').trim();

/** A name as it is written: one form of each letter, single spaces. Keeps case and marks. */
export const tidyName = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim();

const givenName = (name: string): string => name.slice(name.lastIndexOf(' ') + 1);

/** The given name comes last: lists are sorted by it, then by the whole name. */
export const byVietnameseName = (a: string, b: string): number =>
  givenName(a).localeCompare(givenName(b), 'vi') || a.localeCompare(b, 'vi');

/** A name with its given name first, as what a list is sorted by. */
export const givenNameFirst = (name: string): string => `${givenName(name)} ${name}`;
