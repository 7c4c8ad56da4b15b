import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import fontkit from '@pdf-lib/fontkit';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, it } from 'vitest';
import type { Day } from '#shared/kernel/time.ts';
import { fontFor } from './font-subset.ts';
import type { OfficialPaper } from './official-paper.ts';
import { officialPdf } from './official-pdf.ts';

const lower =
  'aăâbcdđeêghiklmnoôơpqrstuưvxyàằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹáắấéếíóốớúứýạặậẹệịọộợụựỵ0123456789/–“”…';
const letters = `${lower}${lower.toLocaleUpperCase('vi')}`;

const paper: OfficialPaper = {
  superior: 'Đảng bộ xã Công Hải',
  issuer: 'Chi bộ thôn Nam',
  number: '05-NQ/CB',
  place: 'Công Hải',
  day: '2026-02-03' as Day,
  type: 'Nghị quyết',
  abstract: 'sinh hoạt chi bộ tháng 2/2026',
  body: [
    { kind: 'heading', text: 'I. Kết quả' },
    ...Array.from({ length: 60 }, () => ({
      kind: 'paragraph' as const,
      text: 'Chi bộ đã vận động bà con tu sửa hai kilômét kênh mương, giữ nền nếp thu gom rác thải và phát quang đường.',
    })),
    { kind: 'table', head: ['Nội dung', 'Số'], rows: [['Đảng viên dự họp', '20/23']] },
    { kind: 'item', text: 'Nghị quyết được thông qua./.' },
  ],
  signatures: [{ power: 'T/M chi bộ', title: 'Bí thư', name: 'Nguyễn Thị Ẩn' }],
  recipients: ['Đảng ủy xã (báo cáo)', 'Lưu Chi bộ'],
};

const sheetsOf = async (file: Uint8Array) => {
  const pdf = await getDocument({ data: file.slice(), verbosity: 0 }).promise;
  return Promise.all(
    Array.from({ length: pdf.numPages }, async (_, at) => {
      const page = await pdf.getPage(at + 1);
      const { items } = await page.getTextContent();
      const pieces = items.flatMap((item) =>
        'str' in item ? [{ text: item.str, x: item.transform[4], y: item.transform[5] }] : [],
      );
      return { view: page.view, pieces, text: pieces.map(({ text }) => text).join(' ') };
    }),
  );
};

describe('the font of a paper', () => {
  it.each(['400Regular/Tinos_400Regular', '700Bold/Tinos_700Bold', '400Regular_Italic/Tinos_400Regular_Italic'])(
    '%s keeps the whole outline of every Vietnamese letter, in a sixth of its size',
    async (name) => {
      const whole = new Uint8Array(
        await readFile(createRequire(import.meta.url).resolve(`@expo-google-fonts/tinos/${name}.ttf`)),
      );
      const own = fontFor(whole, letters);
      expect(own.length).toBeLessThan(whole.length / 4);
      const [before, after] = [fontkit.create(whole), fontkit.create(own)];
      for (const letter of new Set(letters)) {
        const code = letter.codePointAt(0) as number;
        const [was, is] = [before.glyphForCodePoint(code), after.glyphForCodePoint(code)];
        expect(is.id, letter).toBeGreaterThan(0);
        expect(is.path.toSVG(), letter).toBe(was.path.toSVG());
        expect(is.advanceWidth, letter).toBe(was.advanceWidth);
      }
    },
  );
});

describe('a paper as PDF', () => {
  it('is A4, keeps every word, and is the same bytes whenever it is made', async () => {
    const file = await officialPdf(paper);
    expect(await officialPdf(paper)).toEqual(file);
    const sheets = await sheetsOf(file);
    expect(sheets.length).toBeGreaterThan(2);
    for (const { view } of sheets) expect(view.map(Math.round)).toEqual([0, 0, 595, 842]);
    const text = sheets
      .map((sheet) => sheet.text)
      .join(' ')
      .replace(/\s+/g, ' ');
    for (const said of ['CHI BỘ THÔN NAM', 'Số 05-NQ/CB', 'Công Hải, ngày 03 tháng 02 năm 2026', 'NGHỊ QUYẾT', '-----'])
      expect(text).toContain(said);
    expect(text.match(/vận động bà con tu sửa hai kilômét kênh mương/g)).toHaveLength(60);
    expect(text).toContain('Nghị quyết được thông qua.');
    expect(text).not.toContain('./.');
  });

  it('stands within its margins, is numbered from the second sheet on, and nobody signs an empty sheet', async () => {
    const sheets = await sheetsOf(await officialPdf(paper));
    const left = (30 / 25.4) * 72;
    for (const [at, { pieces, text }] of sheets.entries()) {
      const words = pieces.filter((piece) => piece.text.trim() !== '');
      expect(Math.min(...words.map(({ x }) => x))).toBeGreaterThanOrEqual(left - 0.1);
      expect(Math.min(...words.map(({ y }) => y))).toBeGreaterThan((20 / 25.4) * 72);
      if (at > 0) expect(text.trimStart().startsWith(String(at + 1))).toBe(true);
    }
    expect(sheets.at(-1)?.text).toMatch(/Nghị quyết được thông qua\..*T\/M CHI BỘ/);
  });

  it('never leaves the last heading alone at the foot of a sheet, however much stands above it', async () => {
    const sentence = { kind: 'paragraph' as const, text: 'Chi bộ thống nhất.' };
    const ending = [
      { kind: 'heading' as const, text: 'IV. Tự đánh giá' },
      { kind: 'paragraph' as const, text: 'Loại Tốt.' },
    ];
    for (let above = 12; above < 26; above++) {
      const body = [...Array.from({ length: above }, () => sentence), ...ending];
      const sheets = await sheetsOf(await officialPdf({ ...paper, body }));
      const [heading, text] = ending.map((piece) => sheets.findIndex((sheet) => sheet.text.includes(piece.text)));
      expect([above, heading]).toEqual([above, text]);
    }
  });

  it('of minutes has the scribe left of the chair, level', async () => {
    const [sheet] = await sheetsOf(
      await officialPdf({
        ...paper,
        body: paper.body.slice(0, 2),
        signatures: [
          { title: 'Thư ký', name: 'Trần Văn Bảy' },
          { title: 'Chủ trì', name: 'Nguyễn Thị Ẩn' },
        ],
      }),
    );
    const at = (text: string) => sheet?.pieces.find((piece) => piece.text === text);
    expect(at('THƯ KÝ')?.x).toBeLessThan(at('CHỦ TRÌ')?.x ?? 0);
    expect(at('Trần Văn Bảy')?.y).toBe(at('Nguyễn Thị Ẩn')?.y);
  });
});
