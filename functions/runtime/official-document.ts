import {
  AlignmentType,
  BorderStyle,
  Document,
  type FileChild,
  Header,
  type IParagraphOptions,
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
import {
  type Block,
  columnWidths,
  endedBody,
  isLetter,
  layout,
  type OfficialPaper,
  officialDate,
  recipientLines,
  type Signature,
  textWidth,
  upper,
} from './official-paper.ts';

/**
 * A Word file in the layout of a party document: A4, margins 20/20/30/15 mm, Times New Roman 14, lines of exactly 19 pt,
 * first lines 10 mm in, head in two columns, signature right and recipients left.
 * Source: domain.md §3.12 [D1], guide 05-HD/VPTW to 399-QĐ/TW.
 */
export const officialDocument = async (paper: OfficialPaper): Promise<Uint8Array> => {
  const letter = isLetter(paper);
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
          head(paper, letter),
          gap(),
          ...(letter ? addressee(paper) : title(paper)),
          ...endedBody(paper).flatMap((block, at) => blockOf(block, at === paper.body.length - 1)),
          paragraph('', {}, { keepNext: true }),
          ...end(paper),
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
const FIRST_LINE_TWIPS = twips(layout.firstLine);
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

interface Style {
  readonly bold?: boolean;
  readonly italics?: boolean;
  readonly underline?: boolean;
  readonly size?: number;
}

const exactly = { line: LINE_TWIPS, lineRule: LineRuleType.EXACT };

const run = (text: string, style: Style = {}): TextRun =>
  new TextRun({
    text: text.normalize('NFC'),
    ...(style.bold && { bold: true }),
    ...(style.italics && { italics: true }),
    ...(style.underline && { underline: { type: UnderlineType.SINGLE } }),
    ...(style.size !== undefined && { size: style.size }),
  });

const paragraph = (text: string, style: Style = {}, options: IParagraphOptions = {}): Paragraph =>
  new Paragraph({ spacing: exactly, ...options, children: [run(text, style)] });

const centred = (text: string, style: Style = {}): Paragraph =>
  paragraph(text, style, { alignment: AlignmentType.CENTER });

const gap = (): Paragraph => paragraph('');

const pageNumber = (): Paragraph =>
  new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ children: [PageNumber.CURRENT] })] });

const head = (paper: OfficialPaper, letter: boolean): Table => {
  const left = [
    ...(paper.superior === undefined ? [] : [centred(upper(paper.superior))]),
    centred(upper(paper.issuer), { bold: true }),
    centred('*'),
    centred(`Số ${paper.number ?? '……'}`),
    ...(letter ? [centred(paper.abstract, { italics: true, size: halfPoints(layout.smallPoints) })] : []),
  ];
  const right = [
    centred('ĐẢNG CỘNG SẢN VIỆT NAM', { bold: true, underline: true }),
    gap(),
    centred(officialDate(paper.place, paper.day), { italics: true }),
  ];
  return columns(left, right);
};

const title = (paper: OfficialPaper): Paragraph[] => [
  centred(upper(paper.type), { bold: true, size: halfPoints(layout.titlePoints) }),
  centred(paper.abstract, { bold: true }),
  centred('-----'),
  gap(),
];

const addressee = (paper: OfficialPaper): Paragraph[] =>
  paper.addressee === undefined
    ? [gap()]
    : [
        new Paragraph({
          spacing: exactly,
          alignment: AlignmentType.CENTER,
          children: [run('Kính gửi: ', { italics: true }), run(paper.addressee)],
        }),
        gap(),
      ];

/** The last piece stays with the signature: nobody signs an empty sheet. */
const blockOf = (block: Block, last: boolean): FileChild[] => {
  const body = { alignment: AlignmentType.JUSTIFIED, indent: { firstLine: FIRST_LINE_TWIPS } };
  const spaced = { ...body, spacing: { ...exactly, after: layout.after * 20 }, ...(last && { keepNext: true }) };
  switch (block.kind) {
    case 'heading':
      return [paragraph(block.text, { bold: true }, { ...spaced, keepNext: true })];
    case 'paragraph':
      return [paragraph(block.text, { bold: block.bold === true, italics: block.italic === true }, spaced)];
    case 'item':
      return [paragraph(`- ${block.text}`, {}, spaced)];
    case 'table':
      return [grid(block), gap()];
  }
};

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
            children: [isHead ? centred(cells[at] ?? '', { bold: true }) : paragraph(cells[at] ?? '')],
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

const end = ({ signatures, recipients }: OfficialPaper): FileChild[] => {
  const [first, second] = signatures;
  if (second === undefined) return [columns(receivers(recipients), signature(first, first.power !== undefined))];
  const below = recipients.length === 0 ? [] : [gap(), ...receivers(recipients)];
  const powers = first.power !== undefined || second.power !== undefined;
  return [columns(signature(first, powers), signature(second, powers)), ...below];
};

const receivers = (recipients: readonly string[]): Paragraph[] => [
  paragraph(recipients.length === 0 ? '' : 'Nơi nhận:', { underline: true, size: halfPoints(layout.smallPoints) }),
  ...recipientLines(recipients).map((line) => paragraph(line, { size: halfPoints(layout.smallPoints) })),
];

/** `withPower` keeps the line of a power free where only the other one signs by it, so that both names stand level. */
const signature = ({ power, title: office, name }: Signature, withPower: boolean): Paragraph[] => [
  ...(withPower ? [centred(upper(power ?? ''), { bold: true })] : []),
  centred(upper(office)),
  gap(),
  gap(),
  gap(),
  centred(name, { bold: true }),
];

const none = { style: BorderStyle.NONE, size: 0, color: 'auto' };

/** Two columns side by side without lines: the head, and the end of the document. */
const columns = (left: Paragraph[], right: Paragraph[]): Table => {
  const two = [LEFT_TWIPS, TEXT_TWIPS - LEFT_TWIPS];
  const cell = (children: Paragraph[], size: number) =>
    new TableCell({ children, width: { size, type: WidthType.DXA }, margins: { left: 0, right: 0 } });
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
