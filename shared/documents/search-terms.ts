import { fold } from '#shared/kernel/vietnamese.ts';
import { documentTypes, type LibraryEntry } from './model.ts';

/** Folded syllables of one document kept for the search on the phone; more would make the list heavy in a hall. */
const MAX_WORDS = 800;

/**
 * The terms of a text or of what was typed: folded syllables, and every document number also in one piece
 * (`05-NQ/ĐU`, `05 nq đu` and `5nq/du` are one term). Tone may stand in the old or the new place: folding drops it.
 */
export const searchTerms = (text: string): readonly string[] => {
  const folded = fold(text);
  return [...syllablesOf(folded), ...numbersIn(folded)];
};

const syllablesOf = (folded: string): readonly string[] => folded.split(/[^\p{L}\d]+/u).filter((term) => term !== '');

/** Codes of the types in a number, folded: `196 về nâng cao` holds no number, `196 kl đu` does. */
const codes = new Set(documentTypes.flatMap(({ code }) => (code === undefined ? [] : [fold(code)])));

/** Document numbers in one piece: without spaces, marks, strokes and leading zeros. */
const numbersIn = (folded: string): readonly string[] =>
  [...folded.matchAll(/(\d{1,5})\s*[-–/ ]?\s*([a-z]{2,3})\s*[-–/ ]\s*([a-z]{2,8})(?![a-z])/gu)]
    .filter(([, , code = '']) => codes.has(code))
    .map(([, serial, code, org]) => `${Number(serial)}${code}${org}`);

/** The distinct terms of a document's text, for its row of the library. */
export const wordsOf = (paragraphs: readonly string[]): string => {
  const words = new Set<string>();
  for (const term of paragraphs.flatMap(searchTerms)) {
    if (term.length > 1) words.add(term);
    if (words.size === MAX_WORDS) break;
  }
  return [...words].sort().join(' ');
};

/** A library made ready to be searched: built once, asked at every letter typed. */
export interface LibraryIndex {
  readonly entries: readonly LibraryEntry[];
  /** Term → place in `entries` → weight: what stands in number, abstract or issuer counts more than the text. */
  readonly terms: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

const HEAD = 3;
const TEXT = 1;

export const indexLibrary = (entries: readonly LibraryEntry[]): LibraryIndex => {
  const terms = new Map<string, Map<number, number>>();
  const add = (term: string, place: number, weight: number) => {
    const places = terms.get(term) ?? new Map<number, number>();
    places.set(place, Math.max(weight, places.get(place) ?? 0));
    terms.set(term, places);
  };
  for (const [place, { fields, words }] of entries.entries()) {
    const head = [fields.number, fields.abstract, fields.issuer].filter((part) => part !== undefined).join(' · ');
    for (const term of searchTerms(head)) add(term, place, HEAD);
    for (const term of words.split(' ')) if (term !== '') add(term, place, TEXT);
  }
  return { entries, terms };
};

/**
 * The documents that hold every term typed, best first, then newest. The last term may be unfinished. Only when nothing
 * holds them all, a term of four letters or more may be one letter off, as a reader slips. A document number is found
 * as a whole. Nothing typed finds all.
 */
export const findInLibrary = (index: LibraryIndex, query: string): readonly LibraryEntry[] => {
  const folded = fold(query);
  const numbers = numbersIn(folded);
  const typed = numbers.length > 0 ? numbers : syllablesOf(folded);
  const exact = holding(index, typed, false);
  return exact.length > 0 ? exact : holding(index, typed, true);
};

const holding = (
  { entries, terms }: LibraryIndex,
  typed: readonly string[],
  forgiving: boolean,
): readonly LibraryEntry[] => {
  const scores = new Map<number, number>(entries.map((_, place) => [place, 0]));
  for (const [at, term] of typed.entries()) {
    const found = placesOf(terms, term, { unfinished: at === typed.length - 1, forgiving });
    for (const [place, score] of scores) {
      const weight = found.get(place);
      if (weight === undefined) scores.delete(place);
      else scores.set(place, score + weight);
    }
  }
  return [...scores]
    .map(([place, score]) => ({ entry: entries[place] as LibraryEntry, score }))
    .sort((a, b) => b.score - a.score || b.entry.publishedAt.localeCompare(a.entry.publishedAt))
    .map(({ entry }) => entry);
};

const placesOf = (
  terms: LibraryIndex['terms'],
  typed: string,
  { unfinished, forgiving }: { readonly unfinished: boolean; readonly forgiving: boolean },
): ReadonlyMap<number, number> => {
  const found = new Map<number, number>();
  const take = (places: ReadonlyMap<number, number> | undefined) => {
    for (const [place, weight] of places ?? []) found.set(place, Math.max(weight, found.get(place) ?? 0));
  };
  take(terms.get(typed));
  const mayDiffer = forgiving && typed.length >= 4 && !/\d/.test(typed);
  if (!mayDiffer && !(unfinished && typed.length >= 2)) return found;
  for (const [term, places] of terms) {
    if ((unfinished && term.startsWith(typed)) || (mayDiffer && oneOff(term, typed))) take(places);
  }
  return found;
};

/** Whether two words differ by one letter: put in, left out or misread. */
const oneOff = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const restA = a.slice(start);
  const restB = b.slice(start);
  if (a.length === b.length) return restA.slice(1) === restB.slice(1);
  return a.length > b.length ? restA.slice(1) === restB : restA === restB.slice(1);
};
