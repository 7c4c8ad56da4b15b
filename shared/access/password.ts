import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { fold } from '#shared/kernel/vietnamese.ts';

/** Length only, no rules about kinds of signs. Source: access.md §1, OWASP ASVS 6.2.1 and 6.2.5. */
export const PASSWORD_LENGTH = 12;

/** Words that passwords are made of when nobody thinks: with nothing else but digits and signs they are guessed first. */
const commonWords =
  /password|passwd|matkhau|qwerty|qwertz|asdfgh|zxcvbn|iloveyou|anhyeuem|emyeuanh|yeuem|yeuanh|giadinh|hanhphuc|vietnam|hanoi|saigon|hochiminh|bacho|xinchao|welcome|admin|administrator|chibo|danguy|dangvien|dangbo|dangcongsan|sotay|dientu|muonnam|abc|aaa|xyz|test|demo/g;

/** Runs of neighbours on a keyboard or in counting, forwards and backwards. */
const rows = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1q2w3e4r5t6y7u8i9o0p',
];
const runs = [...rows, ...rows.map((row) => [...row].reverse().join(''))];

/** What is about the person himself and soon guessed by whoever knows him. */
export interface OwnWords {
  readonly name: string;
  readonly birthYear?: number;
  readonly phone?: string;
}

/**
 * Whether a password may be kept. Common ones are refused by what they are made of and not by a list: a sign or a piece
 * repeated, keys in a row, or common words, the own name, year and phone number with hardly anything else.
 */
export const decidePassword = (password: string, own: OwnWords): Result<true, 'password-short' | 'password-common'> => {
  if ([...password].length < PASSWORD_LENGTH) return refuse('password-short');
  return isCommon(password, own) ? refuse('password-common') : ok(true);
};

/** Letters that are left must be at least so many, or the digits: what an attacker would still have to find. */
const LEFT_AT_LEAST = 5;

const isCommon = (password: string, { name, birthYear, phone }: OwnWords): boolean => {
  const plain = fold(password).replaceAll(/[^a-z0-9]/g, '');
  // other scripts and signs only: nothing to compare with
  if (plain.length === 0) return new Set(password).size < LEFT_AT_LEAST;
  const ownWords = [...fold(name).split(/[^a-z0-9]+/), String(birthYear ?? ''), phone ?? ''].filter(
    (word) => word.length > 1,
  );
  const rest = ownWords
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, ' '), plain)
    .replaceAll(commonWords, ' ')
    .split(/\s+/)
    .map(withoutRuns)
    .join('');
  return new Set(rest).size < LEFT_AT_LEAST || isRepeated(plain);
};

/** Takes out three and more neighbours of a row: `12345` and `qwerty` are worth nothing. */
const withoutRuns = (text: string): string => {
  for (let from = 0; from + 3 <= text.length; from++)
    for (let to = text.length; to - from >= 3; to--)
      if (runs.some((run) => run.includes(text.slice(from, to))))
        return text.slice(0, from) + withoutRuns(text.slice(to));
  return text;
};

/** A piece of up to six signs, again and again. */
const isRepeated = (text: string): boolean =>
  [1, 2, 3, 4, 5, 6].some((size) => [...text].every((sign, at) => sign === text[at % size]));
