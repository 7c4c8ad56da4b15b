import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, type Day } from '#shared/kernel/time.ts';
import { fold } from '#shared/kernel/vietnamese.ts';
import { documentTypes } from './model.ts';
import { pageOf, proposeFromText } from './proposals.ts';

const today = '2026-11-21' as Day;
const read = (text: string) => proposeFromText([pageOf(text)], today);

const resolution = `ĐẢNG BỘ TỈNH KHÁNH HÒA
ĐẢNG ỦY XÃ CÔNG HẢI
*
Số 05-NQ/ĐU
ĐẢNG CỘNG SẢN VIỆT NAM
Công Hải, ngày 03 tháng 9 năm 2026
NGHỊ QUYẾT
về nâng cao chất lượng sinh hoạt chi bộ
trong tình hình mới
-----
Căn cứ Quy định số 208-QĐ/TW ngày 26/7/2026 của Ban Chấp hành Trung ương;`;

describe('the head of a party document', () => {
  test('number, date, issuer, type and abstract of a clean text are sure', () => {
    expect(read(resolution)).toMatchObject({
      number: { value: '05-NQ/ĐU', confidence: 'sure', page: 1 },
      issuedOn: { value: '2026-09-03', confidence: 'sure' },
      issuer: { value: 'ĐẢNG ỦY XÃ CÔNG HẢI', confidence: 'sure' },
      type: { value: 'resolution', confidence: 'sure' },
      abstract: { value: 'về nâng cao chất lượng sinh hoạt chi bộ trong tình hình mới', confidence: 'sure' },
    });
  });

  test('two columns of the head read as one line are taken apart', () => {
    const text = `ĐẢNG ỦY XÃ CÔNG HẢI ĐẢNG CỘNG SẢN VIỆT NAM
CHI BỘ THÔN NAM
*
Số 12-KH/CB Công Hải, ngày 21 tháng 10 năm 2026
KẾ HOẠCH
công tác tháng 11 năm 2026
-----
I. TÌNH HÌNH`;
    expect(read(text)).toMatchObject({
      number: { value: '12-KH/CB', confidence: 'sure' },
      issuedOn: { value: '2026-10-21', confidence: 'sure' },
      issuer: { value: 'CHI BỘ THÔN NAM', confidence: 'sure' },
      type: { value: 'plan', confidence: 'sure' },
      abstract: { value: 'công tác tháng 11 năm 2026' },
    });
  });

  test.each([
    ['Sô 05-NQ/ĐU', '05-NQ/ĐU'],
    ['S6 O5-NQ/DU', '05-NQ/ĐU'],
    ['Số05NQ/ĐU', '05-NQ/ĐU'],
    ['Số: 619 - BC / ĐUK', '619-BC/ĐUK'],
    ['số 1l-8C/CB', '11-BC/CB'],
    ['Số 7-CTr/TU', '07-CTr/TU'],
    ['Số 39 -KH/BTCTW', '39-KH/BTCTW'],
    ['Số: 12/QĐ-UBND', '12/QĐ-UBND'],
  ])('the slip %s is read as %s', (printed, value) => {
    expect(read(printed).number.value).toBe(value);
  });

  test('a number with a slip asks to be looked at', () => {
    expect(read('S6 O5-NQ/DU').number.confidence).toBe('check');
  });

  test('a line the reader doubts is never sure', () => {
    const page = pageOf(resolution);
    const doubted = { lines: page.lines.map((line) => ({ ...line, sure: 60 })) };
    const answers = Object.values(proposeFromText([doubted], today));
    expect(answers.map((answer) => answer.confidence)).not.toContain('sure');
  });

  test('Quyết định and Quy định share a code, and the title tells them apart', () => {
    const text = (title: string) => read(`Số 05-QĐ/TU\n${title}\nvề công tác cán bộ\n-----`);
    expect(text('QUYẾT ĐỊNH').type).toMatchObject({ value: 'decision', confidence: 'sure' });
    expect(text('QUY ĐỊNH').type).toMatchObject({ value: 'regulation', confidence: 'sure' });
  });

  test('a title that contradicts the number asks to be looked at', () => {
    expect(read('Số 05-BC/CB\nKẾ HOẠCH\ntháng 10\n-----').type).toMatchObject({ value: 'plan', confidence: 'check' });
  });

  test('a date in the body, a short date and a date to come ask to be looked at', () => {
    expect(read('Chi bộ họp ngày 10 tháng 7 năm 2025 tại nhà văn hóa').issuedOn.confidence).toBe('check');
    expect(read('Ngày ký: 10/7/2025').issuedOn).toMatchObject({ value: '2025-07-10', confidence: 'check' });
    expect(read('Công Hải, ngày 01 tháng 12 năm 2026').issuedOn.confidence).toBe('check');
    expect(read('Công Hải, ngày 31 tháng 02 năm 2026').issuedOn.confidence).toBe('none');
  });

  test('a number that the text only cites is never sure', () => {
    expect(read('NGHỊ QUYẾT\nCăn cứ Quy định\nsố 208-QĐ/TW ngày 26/7/2026').number.confidence).toBe('check');
    expect(read('Theo Hướng dẫn số 42-HD/BTCTW của Ban').number.confidence).toBe('check');
  });

  test('a text without a head proposes nothing', () => {
    const answers = Object.values(read('Danh sách đoàn viên tham gia trồng cây'));
    expect(answers.every((answer) => answer.confidence === 'none')).toBe(true);
  });

  test('an official letter has no title: its abstract follows V/v', () => {
    const answer = read('Số 88-CV/ĐU\nV/v chuẩn bị sinh hoạt chi bộ tháng 12\nKính gửi: Các chi bộ');
    expect(answer.type).toMatchObject({ value: 'official_letter', confidence: 'sure' });
    expect(answer.abstract.value).toBe('V/v chuẩn bị sinh hoạt chi bộ tháng 12');
  });
});

const numbered = documentTypes.filter((type) => type.numbered && type.id !== 'official_letter');
const day = fc.integer({ min: 0, max: 4000 }).map((back) => addDays(today, -back));
const sample = fc.record({
  serial: fc.integer({ min: 1, max: 1999 }),
  type: fc.constantFrom(...numbered),
  org: fc.constantFrom('CB', 'ĐU', 'TU', 'BTCTW', 'UBKT'),
  day,
});

const printed = (doc: { serial: number; type: (typeof numbered)[number]; org: string; day: Day }) => {
  const [year, month, date] = doc.day.split('-') as [string, string, string];
  const shown = Number(month) <= 2 ? month : String(Number(month));
  return {
    number: `${String(doc.serial).padStart(2, '0')}-${doc.type.code}/${doc.org}`,
    text: `ĐẢNG ỦY XÃ A\n*\nSố ${String(doc.serial).padStart(2, '0')}-${doc.type.code}/${doc.org}\nThôn Nam, ngày ${date} tháng ${shown} năm ${year}\n${doc.type.name.toUpperCase()}\nvề công tác tháng\n-----`,
  };
};

describe('whatever is printed', () => {
  test('every numbered type, organisation and date is read back', () => {
    fc.assert(
      fc.property(sample, (doc) => {
        const { number, text } = printed(doc);
        const answer = read(text);
        expect(answer.number).toMatchObject({ value: number, confidence: 'sure' });
        expect(answer.issuedOn).toMatchObject({ value: doc.day, confidence: 'sure' });
        expect(answer.type.value).toBe(doc.type.id);
      }),
    );
  });

  test('with accents lost, spaces lost and 0 read as O, what is sure is right', () => {
    const noise = fc.record({ accents: fc.boolean(), spaces: fc.boolean(), zeros: fc.boolean(), sixes: fc.boolean() });
    fc.assert(
      fc.property(sample, noise, (doc, with_) => {
        const { number, text } = printed(doc);
        let noisy = with_.accents ? text.split('\n').map(fold).join('\n') : text;
        if (with_.zeros) noisy = noisy.replace(/0/g, 'O');
        if (with_.sixes) noisy = noisy.replace('Số', 'S6');
        if (with_.spaces) noisy = noisy.replace(/ (?=\d)|(?<=\d) /g, '');
        const answer = read(noisy);
        if (answer.number.confidence === 'sure') expect(answer.number.value).toBe(number);
        if (answer.issuedOn.confidence === 'sure') expect(answer.issuedOn.value).toBe(doc.day);
        expect(answer.number.confidence).not.toBe('none');
        expect(answer.issuedOn.value).toBe(doc.day);
      }),
    );
  });

  test('rubbish is answered, never thrown at', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 120 }), { maxLength: 30 }), (texts) => {
        const pages = texts.map(pageOf);
        const answer = proposeFromText(pages, today);
        expect(Object.keys(answer)).toEqual(['number', 'issuedOn', 'issuer', 'type', 'abstract']);
      }),
    );
  });
});
