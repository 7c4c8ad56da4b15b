import { fold } from '#shared/kernel/vietnamese.ts';

/**
 * Texts typed with the fonts of before Unicode: the file holds other letters than those that its fonts drew. `TCVN3` (fonts
 * named .Vn…) has a sign of its own for each letter, `VNI` (fonts named VNI-…) a mark behind each vowel.
 */
export type OldLetters = 'TCVN3' | 'VNI';

/** Source: TCVN 5712:1993, the third set; capitals with a tone came from fonts of capitals only. */
const tcvn3 = new Map(
  Object.entries({
    '¡¢§£¤¥¦': 'ĂÂĐÊÔƠƯ',
    '¨©®ª«¬\u00ad': 'ăâđêôơư',
    'µ¶·¸¹': 'àảãáạ',
    '»¼½¾Æ': 'ằẳẵắặ',
    ÇÈÉÊË: 'ầẩẫấậ',
    ÌÎÏÐÑ: 'èẻẽéẹ',
    ÒÓÔÕÖ: 'ềểễếệ',
    '×ØÜÝÞ': 'ìỉĩíị',
    ßáâãä: 'òỏõóọ',
    åæçèé: 'ồổỗốộ',
    êëìíî: 'ờởỡớợ',
    ïñòóô: 'ùủũúụ',
    'õö÷øù': 'ừửữứự',
    úûüýþ: 'ỳỷỹýỵ',
  }).flatMap(([old, now]) => [...old].map((sign, at) => [sign, [...now][at] ?? sign] as const)),
);

/** Marks of VNI behind a vowel, as combining signs; the hat and the bowl also come with a tone. */
const vniMarks: Readonly<Record<string, string>> = {
  ù: '\u0301',
  ø: '\u0300',
  û: '\u0309',
  õ: '\u0303',
  ï: '\u0323',
  â: '\u0302',
  á: '\u0302\u0301',
  à: '\u0302\u0300',
  å: '\u0302\u0309',
  ã: '\u0302\u0303',
  ä: '\u0302\u0323',
  ê: '\u0306',
  é: '\u0306\u0301',
  è: '\u0306\u0300',
  ú: '\u0306\u0309',
  ü: '\u0306\u0303',
  ë: '\u0306\u0323',
};
/** Letters of VNI that stand alone. */
const vniLetters: Readonly<Record<string, string>> = {
  ô: 'ơ',
  ö: 'ư',
  ñ: 'đ',
  î: 'ỵ',
  æ: 'ỉ',
  ó: 'ĩ',
  ò: 'ị',
};

const fromTcvn3 = (text: string): string =>
  text.replace(/[A-Za-z\u00a1-\u00ff]+/g, (word) => {
    const read = [...word].map((sign) => tcvn3.get(sign) ?? sign).join('');
    // a font of capitals drew the small letters with tones as large ones
    return /^[A-Z]{2,}$/.test(word.replace(/[^A-Za-z]/g, '')) ? read.toLocaleUpperCase('vi') : read;
  });

const fromVni = (text: string): string =>
  text
    .replace(/([aeouyôö])([ùøûõïâáàåãäêéèúüë])?|[ñîæóò]/giu, (sign, vowel?: string, mark = '') => {
      const letter = vowel ?? sign;
      return inCaseOf(letter, vniLetters[letter.toLowerCase()] ?? letter) + (vniMarks[mark.toLowerCase()] ?? '');
    })
    .normalize('NFC');

const inCaseOf = (before: string, letter: string): string =>
  before === before.toLocaleUpperCase('vi') ? letter.toLocaleUpperCase('vi') : letter;

const readings: Readonly<Record<OldLetters, (text: string) => string>> = { TCVN3: fromTcvn3, VNI: fromVni };

/** A letter that only text of today has. */
const isOfToday = (text: string): boolean => /[\u1ea0-\u1ef9ăđĩũơưĂĐĨŨƠƯ]/u.test(text.normalize('NFC'));
/** Signs that names and headings of today do not have. */
const strange =
  /[\u00a1-\u00be\u00c4-\u00c7\u00cb\u00ce-\u00d1\u00d6-\u00d8\u00db-\u00dc\u00de-\u00df\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6-\u00f8\u00fb-\u00fc\u00fe]/u;

/** A syllable of Vietnamese without its marks. */
const syllable =
  /^(?:ngh|ng|gh|gi|kh|nh|ch|th|ph|tr|qu|[bcdghklmnprstvx])?(?:uye|uya|uyu|ieu|yeu|oai|oay|oao|oeo|uay|uoi|uou|[aeiouy]{1,2})(?:ng|nh|ch|[cmnpt])?$/;

const words = (text: string): readonly string[] =>
  (text.normalize('NFC').match(/[\p{L}\p{M}\u00a1-\u00ff]+/gu) ?? []).filter((word) => /[a-z]/i.test(word));

/** Whether a word cannot be of today: signs that are no letters of ours, or a large letter behind a small one. */
const isOdd = (word: string): boolean => strange.test(word) || /\p{Ll}\p{Lu}/u.test(word);

const tones = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** Whether a word reads as Vietnamese: a syllable of letters of today with one tone at most, large ones only in front or all. */
const reads = (word: string): boolean =>
  !strange.test(word) &&
  /^(?:\p{Ll}+|\p{Lu}+|\p{Lu}\p{Ll}+)$/u.test(word) &&
  syllable.test(fold(word)) &&
  (word.normalize('NFD').match(tones) ?? []).length <= 1;

/** Of the words with strange signs, the share that must read as Vietnamese for a column to be taken as written so. */
const ENOUGH = 0.8;

/** How the texts of one column are written, if not with letters of today. */
const lettersOf = (texts: readonly string[]): OldLetters | undefined => {
  const odd = texts.filter((text) => !isOfToday(text)).flatMap((text) => words(text).filter(isOdd));
  const sound = texts.filter(isOfToday).length;
  if (odd.length === 0 || odd.length < sound) return undefined;
  const share = (letters: OldLetters) => odd.filter((word) => reads(readings[letters](word))).length / odd.length;
  const best = share('TCVN3') >= share('VNI') ? 'TCVN3' : 'VNI';
  return share(best) >= ENOUGH ? best : undefined;
};

/**
 * The lines with letters of today, and how they were written if some were not. Judged column by column, since lists are put
 * together from old ones; a text that has letters of today stays as it is.
 */
export const withLettersOfToday = (
  lines: readonly (readonly string[])[],
): { readonly lines: readonly (readonly string[])[]; readonly was?: OldLetters } => {
  const width = Math.max(0, ...lines.map((line) => line.length));
  const written = Array.from({ length: width }, (_, at) => lettersOf(lines.map((line) => line[at] ?? '')));
  const was = written.find((letters) => letters !== undefined);
  if (!was) return { lines };
  // what holds no strange sign in any column may still be of the same file: `Vò` is `Vũ`
  const readAs = (text: string, at: number) => {
    const letters = written[at];
    return letters && !isOfToday(text) ? readings[letters](text) : text;
  };
  return { lines: lines.map((line) => line.map(readAs)), was };
};
