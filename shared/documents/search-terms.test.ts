import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DocumentId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { fold } from '#shared/kernel/vietnamese.ts';
import { findInLibrary, indexLibrary, searchTerms, wordsOf } from './search-terms.ts';
import { aLibraryEntry } from './testing.ts';

const paper = (id: string, abstract: string, text: string, number?: string) => {
  const { fields, ...rest } = aLibraryEntry({ documentId: id as DocumentId, words: wordsOf([text]) });
  const { number: _, ...others } = fields;
  return { ...rest, fields: { ...others, abstract, ...(number === undefined ? {} : { number }) } };
};

const library = indexLibrary([
  paper('a', 'về nâng cao chất lượng sinh hoạt chi bộ', 'Trồng đường hoa ở thôn Nam', '05-NQ/ĐU'),
  paper('b', 'công tác tháng 11', 'Quyên góp ủng hộ đồng bào vùng lũ, hòa bình', '12-KH/CB'),
  { ...paper('c', 'Tin trong xã', 'Đường mới qua thôn Bắc'), publishedAt: '2026-11-21T00:00:00.000Z' as Instant },
]);
const found = (query: string) => findInLibrary(library, query).map((entry) => entry.documentId);

test.each([
  ['duong hoa', ['a']],
  ['ĐƯỜNG HOA', ['a']],
  ['đường', ['c', 'a']],
  ['hoà bình', ['b']],
  ['sinh hoat chi bo', ['a']],
  ['sinh ho', ['a']],
  ['sinh hoet chi bo', ['a']],
  ['05-NQ/ĐU', ['a']],
  ['5nq/du', ['a']],
  ['05 nq đu', ['a']],
  ['12 - KH / CB', ['b']],
  ['05 ve nang cao', ['a']],
  ['không có chữ này', []],
])('typing "%s" finds %j', (query, ids) => {
  expect(found(query)).toEqual(ids);
});

test('nothing typed finds all, the newest first', () => {
  expect(found('  ')).toEqual(['c', 'a', 'b']);
});

test('whatever stands in a text is found by typing it without accents', () => {
  const words = fc.array(fc.constantFrom('đồng', 'bào', 'Ủng', 'hộ', 'quyển', 'sổ', 'thưởng', 'nghị', 'trưởng'), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(words, (list) => {
      const one = indexLibrary([paper('x', 'về việc khác', list.join(' '))]);
      expect(findInLibrary(one, fold(list.join(' ')))).toHaveLength(1);
    }),
  );
});

test('any text has terms and any query is answered', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(Array.isArray(searchTerms(text))).toBe(true);
      expect(Array.isArray(findInLibrary(library, text))).toBe(true);
    }),
  );
});
