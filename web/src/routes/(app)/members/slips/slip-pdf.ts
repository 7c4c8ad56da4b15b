import type { PDFFont, PDFPage } from 'pdf-lib';
import { day } from '#lib/format.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';

/** What is printed for one member. The codes come from `access.issueSlips` and go nowhere but onto the paper. */
export interface SlipToPrint {
  readonly name: string;
  readonly unitName: string;
  /** Eight signs for typing. */
  readonly code: string;
  /** Address in the QR. */
  readonly url: string;
  readonly until: Instant;
  readonly helper?: { readonly name: string; readonly phone: string };
}

export interface Fonts {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
}

/** `a5`: one slip a sheet. `a4`: two side by side on a lying sheet, to be cut in the middle. */
export type SlipPaper = 'a5' | 'a4';

// points: 72 to the inch. Source: ISO 216
const A5 = { width: 419.53, height: 595.28 };
const A4_LYING = { width: 841.89, height: 595.28 };
const MARGIN = 30;
/** Points of a QR's side with its quiet ground, where names are not too long. */
const QR_SIDE = 204;
/** Quiet ground around a QR, in modules. Source: ISO/IEC 18004. */
const QUIET = 4;

/** A PDF with a slip for each: large type, since most who get one are over sixty. Source: product.md §2 row 11. */
export const slipsPdf = async (slips: readonly SlipToPrint[], fonts: Fonts, paper: SlipPaper): Promise<Uint8Array> => {
  const [{ PDFDocument }, { default: fontkit }, { default: qrcode }] = await Promise.all([
    import('pdf-lib'),
    import('@pdf-lib/fontkit'),
    import('qrcode-generator'),
  ]);
  const pdf = await PDFDocument.create();
  pdf.registerFontkit(fontkit);
  pdf.setTitle('Phiếu đăng nhập Sổ tay đảng viên điện tử');
  pdf.setLanguage('vi');
  const regular = await pdf.embedFont(fonts.regular, { subset: true });
  const bold = await pdf.embedFont(fonts.bold, { subset: true });
  const matrixOf = (text: string): QrMatrix => {
    const qr = qrcode(0, 'M');
    qr.addData(text);
    qr.make();
    return { side: qr.getModuleCount(), isDark: (row, column) => qr.isDark(row, column) };
  };
  const across = paper === 'a4' ? 2 : 1;
  for (let first = 0; first < slips.length; first += across) {
    const sheet = paper === 'a4' ? A4_LYING : A5;
    const page = pdf.addPage([sheet.width, sheet.height]);
    for (const [index, slip] of slips.slice(first, first + across).entries())
      drawSlip(
        { page, regular, bold, left: (index * sheet.width) / across, width: sheet.width / across },
        slip,
        matrixOf(slip.url),
      );
    if (across === 2)
      page.drawLine({
        start: { x: sheet.width / 2, y: 0 },
        end: { x: sheet.width / 2, y: sheet.height },
        thickness: 0.5,
        dashArray: [4, 4],
      });
  }
  return pdf.save();
};

export interface QrMatrix {
  readonly side: number;
  readonly isDark: (row: number, column: number) => boolean;
}

interface Sheet {
  readonly page: PDFPage;
  readonly regular: PDFFont;
  readonly bold: PDFFont;
  readonly left: number;
  readonly width: number;
}

const drawSlip = (sheet: Sheet, slip: SlipToPrint, matrix: QrMatrix): void => {
  const { page, regular, bold, left, width } = sheet;
  const room = width - 2 * MARGIN;
  const above = [
    { text: 'SỔ TAY ĐẢNG VIÊN ĐIỆN TỬ', size: 12, font: regular, after: 2 },
    { text: 'Phiếu đăng nhập', size: 16, font: bold, after: 8 },
    { text: slip.name, size: NAME_SIZE, font: bold, after: 0 },
    { text: slip.unitName, size: 14, font: regular, after: 4 },
  ];
  const below = [
    { text: grouped(slip.code), size: 30, font: bold, after: 6 },
    ...instructions(slip).map((text) => ({ text, size: 14, font: regular, after: 3 })),
    { text: `Dùng một lần, đến hết ngày ${day(dayOf(slip.until))}`, size: 14, font: bold, after: 8 },
    ...(slip.helper
      ? [
          { text: `Người hỗ trợ: ${slip.helper.name}`, size: 14, font: bold, after: 0 },
          { text: phoneShown(slip.helper.phone), size: 18, font: bold, after: 0 },
        ]
      : []),
  ];
  const lay = (words: readonly Words[]) =>
    words.flatMap(({ text, size, font, after }) => {
      const lines = evenly(text, font, size, room);
      return lines.map((line, index) => ({
        line,
        size,
        font,
        down: size * (1 + LEADING) + (index === lines.length - 1 ? after : 0),
      }));
    });
  const [head, foot] = [lay(above), lay(below)];
  const taken = [...head, ...foot].reduce((sum, { down }) => sum + down, 0);
  // a long name or branch takes from the square, never from the letters
  const side = Math.min(QR_SIDE, A5.height - 2 * MARGIN - taken);
  let y = A5.height - MARGIN;
  const write = (lines: ReturnType<typeof lay>): void => {
    for (const { line, size, font, down } of lines) {
      page.drawText(line, { x: left + (width - font.widthOfTextAtSize(line, size)) / 2, y: y - size, size, font });
      y -= down;
    }
  };
  write(head);
  y -= side;
  drawQr(page, matrix, { x: left + (width - side) / 2, y, side });
  write(foot);
};

interface Words {
  readonly text: string;
  readonly size: number;
  readonly font: PDFFont;
  readonly after: number;
}

/** Points of the name: readable at arm's length. */
export const NAME_SIZE = 22;
/** Vietnamese stacks marks above and below. */
const LEADING = 0.42;

/** The address of the site stands on the paper: who cannot scan must know where to type. */
const instructions = ({ url }: SlipToPrint): readonly string[] => [
  '1. Mở máy ảnh điện thoại, soi vào ô vuông.',
  `2. Hoặc mở trang ${new URL(url).host}, gõ mã và năm sinh.`,
  '3. Xem đúng tên mình rồi bấm “Đúng là tôi”.',
];

/** Points that bars reach into each other, so that no printer leaves a hair of white between them. */
const BLEED = 0.1;

/** Dark modules as bars, one for each run in a line. */
const drawQr = (
  page: PDFPage,
  { side, isDark }: QrMatrix,
  at: { readonly x: number; readonly y: number; readonly side: number },
): void => {
  const module = at.side / (side + 2 * QUIET);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      if (!isDark(row, column)) continue;
      const from = column;
      while (column + 1 < side && isDark(row, column + 1)) column++;
      page.drawRectangle({
        x: at.x + (QUIET + from) * module,
        y: at.y + at.side - (QUIET + row + 1) * module,
        width: (column - from + 1) * module,
        height: module + BLEED,
      });
    }
  }
};

/** Lines that fit; a word longer than a line stands alone. */
const wrapped = (text: string, font: PDFFont, size: number, room: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && font.widthOfTextAtSize(longer, size) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
};

/** As few lines as fit, all about as long: no word is left alone on the last. */
const evenly = (text: string, font: PDFFont, size: number, room: number): readonly string[] => {
  let lines = wrapped(text, font, size, room);
  for (let narrower = room - size; narrower > 0; narrower -= size) {
    const tried = wrapped(text, font, size, narrower);
    if (tried.length > lines.length) break;
    lines = tried;
  }
  return lines;
};

/** `ABCD EFGH` */
export const grouped = (code: string): string => code.replace(/[^A-Za-z0-9]/g, '').replace(/(.{4})(?=.)/g, '$1 ');

/** `0912 345 678` */
export const phoneShown = (phone: string): string => phone.replace(/^(\d{4})(\d{3})(\d+)$/, '$1 $2 $3');
