import { expect, test } from 'vitest';
import type { DocumentId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { fold } from '#shared/kernel/vietnamese.ts';
import { documentType, documentTypes, type LibraryEntry } from './model.ts';
import { findInLibrary, indexLibrary, wordsOf } from './search-terms.ts';
import { aLibraryEntry } from './testing.ts';

/** A seeded stream of numbers in [0, 1) (mulberry32). */
const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
const random = seeded(14);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const acts = [
  'xây dựng',
  'nâng cao chất lượng',
  'tăng cường kiểm tra',
  'tuyên truyền',
  'tổng kết',
  'phát động',
  'củng cố',
];
const things = [
  'đường hoa nông thôn',
  'quỹ khuyến học',
  'nhà văn hóa thôn',
  'sinh hoạt chi bộ',
  'phòng chống bão lụt',
  'chuyển đổi số cộng đồng',
  'bảo hiểm y tế hộ gia đình',
  'an ninh trật tự cơ sở',
  'vệ sinh môi trường',
  'kết nạp đảng viên trẻ',
  'thủy lợi nội đồng',
  'tiêm chủng mở rộng',
  'giảm nghèo bền vững',
];
const places = [
  'thôn Nam',
  'thôn Đoài',
  'xóm Hồng Phong',
  'cụm dân cư số 3',
  'khu Quyết Thắng',
  'làng Vạc',
  'ấp Mỹ Đức',
];
const times = ['quý I', 'quý II', 'sáu tháng đầu năm', 'năm 2026', 'nhiệm kỳ 2025 - 2030', 'tháng 9', 'dịp Tết'];
const details = [
  'vận động hiến đất mở rộng ngõ',
  'trao học bổng cho con liệt sĩ',
  'thay bóng đèn chiếu sáng',
  'khơi thông cống rãnh sau mưa',
  'phân công tổ tự quản',
  'rà soát hộ cận nghèo',
  'sửa mái trường mầm non',
  'đối thoại với thanh niên',
  'nạo vét kênh mương',
];

interface Written {
  readonly entry: LibraryEntry;
  readonly body: string;
}

const numbered = documentTypes.filter((type) => type.numbered);
const write = (at: number): Written => {
  const type = pick(numbered);
  const place = pick(places);
  const abstract = `về ${pick(acts)} ${pick(things)} ${place} ${pick(times)}`;
  const body = `${pick(details)} tại ${place}, ${pick(details)} và ${pick(things)}`;
  const entry = aLibraryEntry({
    documentId: `${at}` as DocumentId,
    publishedAt: `2026-10-01T00:00:${String(at % 60).padStart(2, '0')}.000Z` as Instant,
    fields: { type: type.id, number: `${String(at + 1).padStart(2, '0')}-${type.code}/ĐU`, abstract },
    words: wordsOf([`${documentType(type.id).name} ${abstract} ${body}`]),
  });
  return { entry, body };
};

/** A library as a commune has after some years, and what a hundred people type who look for one paper of it. */
const library = Array.from({ length: 400 }, (_, at) => write(at));
const index = indexLibrary(library.map(({ entry }) => entry));

const asTyped = ({ entry, body }: Written, way: number): string => {
  const { number = '', abstract } = entry.fields;
  const folded = fold(abstract);
  switch (way) {
    case 0:
      return fold(number).replaceAll(/[-/]/g, ' ');
    case 1:
      return `${Number.parseInt(number, 10)}${fold(number).slice(fold(number).indexOf('-') + 1)}`;
    case 2:
      return `${number.split('-')[0]} ${folded}`;
    case 3:
      return `${folded.replace(/^ve /, '')}`;
    default:
      // a line of the text that one remembers, with where it was, one letter wrong
      return `${folded.replace('hoa', 'hao')} ${fold(body.split(',')[0] ?? '')}`;
  }
};

test('a hundred queries without accents find the right paper among the first five, 95 times at least', () => {
  const wanted = Array.from({ length: 100 }, () => pick(library));
  const missed = wanted.flatMap((paper, at) => {
    const query = asTyped(paper, at % 5);
    const first = findInLibrary(index, query).slice(0, 5);
    return first.includes(paper.entry) ? [] : [query];
  });
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(5);
});

test('each letter typed is answered at once', () => {
  const before = performance.now();
  for (const { entry } of library.slice(0, 50)) findInLibrary(index, fold(entry.fields.abstract));
  // a fiftieth of R14's second and a half, on a machine shared with others
  expect((performance.now() - before) / 50).toBeLessThan(150);
});
