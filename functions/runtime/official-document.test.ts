import { describe, expect, test } from 'vitest';
import type { Day } from '#shared/kernel/time.ts';
import { partOf } from '../../infra/local/word-text.ts';
import { officialDocument } from './official-document.ts';
import { type OfficialPaper, officialDate, officialNumber } from './official-paper.ts';

const resolution: OfficialPaper = {
  superior: 'Đảng ủy xã Công Hải',
  issuer: 'Chi bộ thôn Nam',
  number: officialNumber(5, 'NQ', 'CB'),
  place: 'Công Hải',
  day: '2026-02-03' as Day,
  type: 'Nghị quyết',
  abstract: 'sinh hoạt chi bộ tháng 2 năm 2026',
  body: [
    { kind: 'heading', text: 'I. Kết quả' },
    { kind: 'paragraph', text: 'Ủng hộ quỹ được 5.000.000 đồng & trồng 300 m < 1 km đường hoa.' },
    { kind: 'table', head: ['Nội dung', 'Số lượng'], rows: [['Đảng viên dự họp', '20/23']], widths: [3, 1] },
    { kind: 'item', text: 'Nghị quyết được biểu quyết thông qua./.' },
  ],
  signatures: [{ power: 'T/M chi bộ', title: 'Bí thư', name: 'Nguyễn Thị Ẩn' }],
  recipients: ['Đảng ủy xã (báo cáo)', 'Các đồng chí đảng viên', 'Lưu Chi bộ'],
};

const xmlOf = async (paper: OfficialPaper) => partOf(await officialDocument(paper), 'word/document.xml');
const textOf = (xml: string) =>
  xml
    .replace(/<\/w:p>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
/** The paragraph that holds the text. */
const paragraphWith = (xml: string, text: string) =>
  (xml.match(/<w:p>.*?<\/w:p>/gs) ?? []).find((paragraph) => textOf(paragraph).includes(text)) ?? '';

describe('the layout of a party document', () => {
  test('is A4 with margins of 20, 20, 30 and 15 mm', async () => {
    const xml = await xmlOf(resolution);
    expect(xml).toMatch(/<w:pgSz w:w="11906" w:h="16838"/);
    expect(xml).toMatch(/<w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701"/);
  });

  test('is set in Times New Roman 14 with lines of exactly 19 points and first lines 10 mm in', async () => {
    const file = await officialDocument(resolution);
    const styles = partOf(file, 'word/styles.xml');
    expect(styles).toContain('Times New Roman');
    expect(styles).toContain('<w:sz w:val="28"/>');
    const body = paragraphWith(partOf(file, 'word/document.xml'), 'Ủng hộ quỹ');
    expect(body).toMatch(/w:line="380"/);
    expect(body).toMatch(/w:lineRule="exact"/);
    expect(body).toMatch(/<w:ind w:firstLine="567"\/>/);
    expect(body).toContain('<w:jc w:val="both"/>');
  });

  test('has superior, issuer in bold, star and number on the left, the Party underlined and an italic date on the right', async () => {
    const xml = await xmlOf(resolution);
    const lines = textOf(xml).split('\n');
    expect(lines.slice(0, 7)).toEqual([
      'ĐẢNG ỦY XÃ CÔNG HẢI',
      'CHI BỘ THÔN NAM',
      '*',
      'Số 05-NQ/CB',
      'ĐẢNG CỘNG SẢN VIỆT NAM',
      '',
      'Công Hải, ngày 03 tháng 02 năm 2026',
    ]);
    expect(paragraphWith(xml, 'CHI BỘ THÔN NAM')).toContain('<w:b/>');
    expect(paragraphWith(xml, 'ĐẢNG ỦY XÃ')).not.toContain('<w:b/>');
    expect(paragraphWith(xml, 'ĐẢNG CỘNG SẢN')).toContain('<w:u w:val="single"/>');
    expect(paragraphWith(xml, 'Công Hải, ngày')).toContain('<w:i/>');
  });

  test('has the type, the abstract and five strokes as its title, and ends with a full stop', async () => {
    const text = textOf(await xmlOf(resolution));
    expect(text).toContain('NGHỊ QUYẾT\nsinh hoạt chi bộ tháng 2 năm 2026\n-----\n');
    expect(text).toContain('- Nghị quyết được biểu quyết thông qua.\n');
    expect(text).not.toContain('./.');
  });

  test('keeps every letter and sign of the text, and tables within the margins', async () => {
    const xml = await xmlOf(resolution);
    expect(textOf(xml)).toContain('5.000.000 đồng & trồng 300 m < 1 km');
    const grids = [...xml.matchAll(/<w:tblGrid>(.*?)<\/w:tblGrid>/gs)].map(([, columns]) =>
      [...(columns as string).matchAll(/w:w="(\d+)"/g)].reduce((sum, [, width]) => sum + Number(width), 0),
    );
    for (const width of grids) expect(width).toBeLessThanOrEqual(11906 - 1701 - 850);
    expect(textOf(xml)).toContain('Đảng viên dự họp\n20/23\n');
  });

  test('is signed on the right with the recipients on the left', async () => {
    const text = textOf(await xmlOf(resolution));
    const ends = text.slice(text.indexOf('Nơi nhận:'));
    expect(ends).toContain('- Lưu Chi bộ.\n');
    expect(ends.indexOf('Lưu Chi bộ')).toBeLessThan(ends.indexOf('T/M CHI BỘ'));
    expect(ends).toMatch(/T\/M CHI BỘ\nBÍ THƯ\n\n\n\nNguyễn Thị Ẩn/);
  });

  test('of minutes is signed by the scribe on the left and the chair on the right', async () => {
    const minutes: OfficialPaper = {
      ...resolution,
      type: 'Biên bản',
      signatures: [
        { title: 'Thư ký', name: 'Trần Văn Bảy' },
        { title: 'Chủ trì', name: 'Nguyễn Thị Ẩn' },
      ],
    };
    const text = textOf(await xmlOf(minutes));
    expect(text.indexOf('THƯ KÝ')).toBeLessThan(text.indexOf('CHỦ TRÌ'));
    expect(text.indexOf('CHỦ TRÌ')).toBeLessThan(text.indexOf('Nơi nhận'));
  });

  test('of an official letter has no title: its abstract stands under its number, and it is addressed', async () => {
    const letter = { ...resolution, type: 'Công văn', abstract: 'V/v chuẩn bị sinh hoạt', addressee: 'Các chi bộ' };
    const text = textOf(await xmlOf(letter));
    expect(text).toContain('Số 05-NQ/CB\nV/v chuẩn bị sinh hoạt\n');
    expect(text).toContain('Kính gửi: Các chi bộ');
    expect(text).not.toContain('CÔNG VĂN');
  });
});

test.each([
  ['2026-09-03', 'Huế, ngày 03 tháng 9 năm 2026'],
  ['2026-01-15', 'Huế, ngày 15 tháng 01 năm 2026'],
  ['2026-12-31', 'Huế, ngày 31 tháng 12 năm 2026'],
])('the day %s is written %s', (day, written) => {
  expect(officialDate('Huế', day as Day)).toBe(written);
});

test('a number below ten has two digits', () => {
  expect(officialNumber(5, 'BB', 'CB')).toBe('05-BB/CB');
  expect(officialNumber(123, 'BC', 'ĐU')).toBe('123-BC/ĐU');
});
