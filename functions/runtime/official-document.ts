import {
  AlignmentType,
  BorderStyle,
  Document,
  type FileChild,
  Header,
  LineRuleType,
  Packer,
  PageNumber,
  Paragraph,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  UnderlineType,
  VerticalAlign,
  WidthType,
} from 'docx';
import { bodyLine, endOf, type Face, headOf, type Line, type TwoColumns, titleOf } from './official-lines.ts';
import { type Block, columnWidths, endedBody, layout, type OfficialPaper, textWidth } from './official-paper.ts';

/**
 * A Word file in the layout of a party document: A4, margins 20/20/30/15 mm, Times New Roman 14, lines of exactly 19 pt,
 * first lines 10 mm in, head in two columns, signature right and recipients left.
 * Source: domain.md §3.12 [D1], guide 05-HD/VPTW to 399-QĐ/TW.
 */
export const officialDocument = async (paper: OfficialPaper): Promise<Uint8Array> => {
  const { signed, below } = endOf(paper);
  const file = new Document({
    creator: paper.issuer,
    title: paper.abstract,
    styles: {
      default: {
        document: { run: { font: layout.font, size: halfPoints(layout.points), language: { value: 'vi-VN' } } },
      },
    },
    sections: [
      {
        properties: { page, titlePage: true },
        headers: { default: new Header({ children: [pageNumber()] }), first: new Header({ children: [] }) },
        children: [
          columns(headOf(paper)),
          gap(),
          ...titleOf(paper).map((line) => paragraph(line)),
          gap(),
          ...endedBody(paper).flatMap((block, at) => blockOf(block, at === paper.body.length - 1)),
          paragraph({ text: '', keep: 1 }),
          columns(signed),
          ...(below.length > 0 ? [gap(), ...below.map((line) => paragraph(line))] : []),
        ],
      },
    ],
  });
  return new Uint8Array(await Packer.toArrayBuffer(file));
};

/** A twip is a twentieth of a point. */
const twips = (millimetres: number): number => Math.round((millimetres / 25.4) * 1440);

const halfPoints = (points: number): number => points * 2;
const LINE_TWIPS = layout.line * 20;
const TEXT_TWIPS = twips(textWidth);
const LEFT_TWIPS = Math.round(TEXT_TWIPS * layout.left);

const page = {
  size: { width: twips(layout.page.width), height: twips(layout.page.height) },
  margin: {
    top: twips(layout.margins.top),
    bottom: twips(layout.margins.bottom),
    left: twips(layout.margins.left),
    right: twips(layout.margins.right),
    header: twips(layout.header),
    footer: twips(layout.header),
  },
};

const exactly = { line: LINE_TWIPS, lineRule: LineRuleType.EXACT };

const run = (text: string, face: Face = 'plain', more: Pick<Line, 'underlined' | 'points'> = {}): TextRun =>
  new TextRun({
    text: text.normalize('NFC'),
    ...(face === 'bold' && { bold: true }),
    ...(face === 'italic' && { italics: true }),
    ...(more.underlined && { underline: { type: UnderlineType.SINGLE } }),
    ...(more.points !== undefined && { size: halfPoints(more.points) }),
  });

const ALIGNED = { centre: AlignmentType.CENTER, both: AlignmentType.JUSTIFIED, left: undefined } as const;

const paragraph = (line: Line): Paragraph => {
  const alignment = ALIGNED[line.align ?? 'left'];
  return new Paragraph({
    spacing: { ...exactly, ...(line.after !== undefined && { after: line.after * 20 }) },
    ...(alignment && { alignment }),
    ...(line.firstLine !== undefined && { indent: { firstLine: twips(line.firstLine) } }),
    ...(line.keep && { keepNext: true }),
    children: [...(line.before ? [run(line.before.text, line.before.face)] : []), run(line.text, line.face, line)],
  });
};

const gap = (): Paragraph => paragraph({ text: '' });

const pageNumber = (): Paragraph =>
  new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ children: [PageNumber.CURRENT] })] });

/** The last piece stays with the signature: nobody signs an empty sheet. */
const blockOf = (block: Block, last: boolean): FileChild[] =>
  block.kind === 'table' ? [grid(block), gap()] : [paragraph({ ...bodyLine(block), ...(last && { keep: 1 }) })];

const grid = (table: Extract<Block, { kind: 'table' }>): Table => {
  const widths = columnWidths(table, TEXT_TWIPS);
  const row = (cells: readonly string[], isHead: boolean) =>
    new TableRow({
      ...(isHead && { tableHeader: true }),
      cantSplit: true,
      children: widths.map(
        (width, at) =>
          new TableCell({
            width: { size: width, type: WidthType.DXA },
            verticalAlign: VerticalAlign.CENTER,
            margins: { left: 80, right: 80, top: 40, bottom: 40 },
            children: [paragraph({ text: cells[at] ?? '', ...(isHead && { align: 'centre', face: 'bold' }) })],
          }),
      ),
    });
  return new Table({
    width: { size: TEXT_TWIPS, type: WidthType.DXA },
    columnWidths: widths,
    layout: TableLayoutType.FIXED,
    rows: [row(table.head, true), ...table.rows.map((cells) => row(cells, false))],
  });
};

const none = { style: BorderStyle.NONE, size: 0, color: 'auto' };

/** Two columns side by side without lines: the head, and the end of the document. */
const columns = ([left, right]: TwoColumns): Table => {
  const two = [LEFT_TWIPS, TEXT_TWIPS - LEFT_TWIPS];
  // Word wants a paragraph in every cell
  const cell = (lines: readonly Line[], size: number) =>
    new TableCell({
      children: lines.length > 0 ? lines.map(paragraph) : [gap()],
      width: { size, type: WidthType.DXA },
      margins: { left: 0, right: 0 },
    });
  return new Table({
    width: { size: TEXT_TWIPS, type: WidthType.DXA },
    columnWidths: two,
    layout: TableLayoutType.FIXED,
    borders: { top: none, bottom: none, left: none, right: none, insideHorizontal: none, insideVertical: none },
    rows: [
      new TableRow({
        cantSplit: true,
        children: [cell(left, two[0] as number), cell(right, two[1] as number)],
      }),
    ],
  });
};
