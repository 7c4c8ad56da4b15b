import { type PDFDocument, type PDFFont, type PDFPage, rgb } from 'pdf-lib';
import type { Face, Line } from './official-lines.ts';
import { layout, textWidth } from './official-paper.ts';

export type Faces = Readonly<Record<Face, PDFFont>>;

interface Word {
  readonly text: string;
  readonly font: PDFFont;
}

/** A paragraph broken into lines of words. `indent` is in points. */
export interface BrokenLine {
  readonly words: readonly Word[];
  readonly width: number;
  readonly indent: number;
  readonly last: boolean;
  readonly of: Line;
}

const POINTS_PER_MM = 72 / 25.4;
const mm = (millimetres: number): number => millimetres * POINTS_PER_MM;
const black = rgb(0, 0, 0);

/** Breaks a paragraph into lines no wider than so many millimetres; a word longer than a line stands alone. */
export const linesOf = (faces: Faces, line: Line, widthMm: number): BrokenLine[] => {
  const points = line.points ?? layout.points;
  const font = faces[line.face ?? 'plain'];
  const split = (text: string, of: PDFFont): Word[] =>
    text
      .normalize('NFC')
      .split(/\s+/)
      .flatMap((word) => (word === '' ? [] : [{ text: word, font: of }]));
  const words = [...(line.before ? split(line.before.text, faces[line.before.face]) : []), ...split(line.text, font)];
  const space = font.widthOfTextAtSize(' ', points);
  const broken: BrokenLine[] = [];
  let taken: Word[] = [];
  let width = 0;
  const put = (last: boolean) => {
    broken.push({ words: taken, width, indent: broken.length === 0 ? mm(line.firstLine ?? 0) : 0, last, of: line });
    [taken, width] = [[], 0];
  };
  for (const word of words) {
    const own = word.font.widthOfTextAtSize(word.text, points);
    const room = mm(widthMm) - (broken.length === 0 ? mm(line.firstLine ?? 0) : 0);
    if (taken.length > 0 && width + space + own > room) put(false);
    width += (taken.length > 0 ? space : 0) + own;
    taken.push(word);
  }
  put(true);
  return broken;
};

/** Sheets of paper filled from top to bottom, numbered from the second on. */
export class Sheets {
  /** Millimetres between a table's line and its words. */
  static readonly CELL_PADDING = 1.4;
  private readonly pdf: PDFDocument;
  private readonly faces: Faces;
  private page: PDFPage;
  private count = 0;
  /** Points from the upper edge. */
  private at = 0;

  constructor(pdf: PDFDocument, faces: Faces) {
    this.pdf = pdf;
    this.faces = faces;
    this.page = this.turn();
  }

  gap(): void {
    this.at += layout.line;
  }

  line(line: Line): void {
    const lines = linesOf(this.faces, line, textWidth);
    if (line.keep) this.need((lines.length + line.keep) * layout.line + (line.after ?? 0));
    for (const broken of lines) {
      this.need(layout.line);
      this.draw(broken, mm(layout.margins.left), mm(textWidth), this.at);
      this.at += layout.line;
    }
    this.at += line.after ?? 0;
  }

  /** Two columns side by side, kept on one sheet. */
  columns(left: readonly Line[], right: readonly Line[]): void {
    const [leftWidth, rightWidth] = [textWidth * layout.left, textWidth * (1 - layout.left)];
    const broken = (lines: readonly Line[], width: number) => lines.flatMap((line) => linesOf(this.faces, line, width));
    const [ofLeft, ofRight] = [broken(left, leftWidth), broken(right, rightWidth)];
    const height = Math.max(ofLeft.length, ofRight.length) * layout.line;
    this.need(height);
    for (const [index, line] of ofLeft.entries())
      this.draw(line, mm(layout.margins.left), mm(leftWidth), this.at + index * layout.line);
    for (const [index, line] of ofRight.entries())
      this.draw(line, mm(layout.margins.left + leftWidth), mm(rightWidth), this.at + index * layout.line);
    this.at += height;
  }

  /** A row with its lines around it; `head` is drawn again when the row begins a sheet. */
  row(cells: readonly (readonly BrokenLine[])[], widths: readonly number[], head?: readonly BrokenLine[][]): void {
    const height = Math.max(...cells.map((lines) => lines.length)) * layout.line + mm(Sheets.CELL_PADDING);
    if (this.need(height) && head) this.row(head, widths);
    let x = mm(layout.margins.left);
    for (const [index, lines] of cells.entries()) {
      const width = mm(widths[index] ?? 0);
      const y = mm(layout.page.height) - this.at - height;
      this.page.drawRectangle({ x, y, width, height, borderWidth: 0.5, borderColor: black });
      const top = this.at + (height - lines.length * layout.line) / 2;
      for (const [row, line] of lines.entries()) {
        const padding = mm(Sheets.CELL_PADDING);
        this.draw(line, x + padding, width - 2 * padding, top + row * layout.line);
      }
      x += width;
    }
    this.at += height;
  }

  /** Turns to a new sheet unless this much room is left; says whether it did. */
  private need(height: number): boolean {
    if (this.at + height <= mm(layout.page.height - layout.margins.bottom)) return false;
    this.page = this.turn();
    return true;
  }

  private turn(): PDFPage {
    const page = this.pdf.addPage([mm(layout.page.width), mm(layout.page.height)]);
    this.count += 1;
    this.at = mm(layout.margins.top);
    if (this.count > 1) {
      const number = String(this.count);
      const width = this.faces.plain.widthOfTextAtSize(number, layout.points);
      const x = mm(layout.margins.left + textWidth / 2) - width / 2;
      const y = mm(layout.page.height - layout.header) - BASELINE;
      page.drawText(number, { x, y, size: layout.points, font: this.faces.plain });
    }
    return page;
  }

  private draw({ words, width, indent, last, of }: BrokenLine, left: number, room: number, at: number): void {
    const points = of.points ?? layout.points;
    const align = of.align ?? 'left';
    const spare = room - indent - width;
    const space = this.faces[of.face ?? 'plain'].widthOfTextAtSize(' ', points);
    const stretch = align === 'both' && !last && words.length > 1 ? spare / (words.length - 1) : 0;
    const y = mm(layout.page.height) - at - BASELINE;
    const start = left + indent + (align === 'centre' ? spare / 2 : 0);
    // words with equal spaces are drawn as one piece, so that a reader who marks or searches finds whole sentences
    const whole = stretch === 0 && words.every(({ font }) => font === words[0]?.font);
    const pieces = whole && words[0] ? [{ text: words.map(({ text }) => text).join(' '), font: words[0].font }] : words;
    let x = start;
    for (const { text, font } of pieces) {
      this.page.drawText(text, { x, y, size: points, font });
      x += font.widthOfTextAtSize(text, points) + space + stretch;
    }
    if (of.underlined && words.length > 0)
      this.page.drawLine({ start: { x: start, y: y - 2 }, end: { x: start + width, y: y - 2 }, thickness: 0.7 });
  }
}

/** Points from the top of a line of 19 to the feet of its letters, as Word sets it: the letters stand low in the line. */
const BASELINE = layout.line * 0.8;
