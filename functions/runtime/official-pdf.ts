import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import fontkit from '@pdf-lib/fontkit';
import { PDFDocument, type PDFFont } from 'pdf-lib';
import { fontFor } from './font-subset.ts';
import { bodyLine, endOf, headOf, titleOf, upper } from './official-lines.ts';
import { type Block, columnWidths, endedBody, type OfficialPaper, textWidth } from './official-paper.ts';
import { type Faces, linesOf, Sheets } from './pdf-sheets.ts';

/**
 * The same paper as a PDF, in the same layout as its Word file. Tinos stands for Times New Roman: its letters have the same
 * widths and it holds every Vietnamese one. The same paper gives the same bytes.
 */
export const officialPdf = async (paper: OfficialPaper): Promise<Uint8Array> => {
  const pdf = await PDFDocument.create();
  pdf.registerFontkit(fontkit);
  const faces = await facesFor(pdf, paper);
  const written = new Date(`${paper.day}T00:00:00.000Z`);
  pdf.setTitle(paper.abstract, { showInWindowTitleBar: true });
  pdf.setAuthor(paper.issuer);
  pdf.setLanguage('vi-VN');
  pdf.setCreationDate(written);
  pdf.setModificationDate(written);
  const sheets = new Sheets(pdf, faces);
  sheets.columns(...headOf(paper));
  sheets.gap();
  for (const line of titleOf(paper)) sheets.line(line);
  sheets.gap();
  const { signed, below } = endOf(paper);
  const body = endedBody(paper);
  for (const [at, block] of body.entries()) {
    const ending = linesKept(faces, body, at, 1 + Math.max(signed[0].length, signed[1].length));
    drawBlock(sheets, faces, block, ending);
  }
  sheets.gap();
  sheets.columns(...signed);
  if (below.length > 0) {
    sheets.gap();
    sheets.columns(below, []);
  }
  return pdf.save({ useObjectStreams: true });
};

const facesFor = async (pdf: PDFDocument, paper: OfficialPaper): Promise<Faces> => {
  const text = lettersOf(paper);
  const face = async (name: keyof typeof FILES): Promise<PDFFont> =>
    pdf.embedFont(fontFor(await fontFile(name), text), { customName: `Tinos-${name}` });
  return { plain: await face('plain'), bold: await face('bold'), italic: await face('italic') };
};

const FILES = {
  plain: '400Regular/Tinos_400Regular.ttf',
  bold: '700Bold/Tinos_700Bold.ttf',
  italic: '400Regular_Italic/Tinos_400Regular_Italic.ttf',
} as const;

const files = new Map<string, Promise<Uint8Array>>();
/** Read once: three files of half a megabyte, which never change while a function lives. */
const fontFile = (name: keyof typeof FILES): Promise<Uint8Array> => {
  const kept =
    files.get(name) ??
    readFile(createRequire(import.meta.url).resolve(`@expo-google-fonts/tinos/${FILES[name]}`)).then(
      (file) => new Uint8Array(file),
    );
  files.set(name, kept);
  return kept;
};

/** What the layout itself prints, beside what the paper says. */
const OWN_LETTERS = 'ĐẢNG CỘNG SẢN VIỆT NAM Số Nơi nhận: Kính gửi: ngày tháng năm …*-./,0123456789';
const lettersOf = (paper: OfficialPaper): string => {
  const said = JSON.stringify(paper).normalize('NFC');
  return `${OWN_LETTERS}${said}${upper(said)}`;
};

/**
 * Lines below a piece that stand on its sheet: the last piece stays with the signature, for nobody signs an empty sheet, and
 * a heading stays with the last piece.
 */
const linesKept = (faces: Faces, body: readonly Block[], at: number, signed: number): number => {
  const last = body[body.length - 1];
  if (at === body.length - 1) return signed;
  if (at !== body.length - 2 || body[at]?.kind !== 'heading' || !last || last.kind === 'table') return 0;
  // one line more for the room after the two pieces
  return linesOf(faces, bodyLine(last), textWidth).length + 1 + signed;
};

/** `keep`: lines that follow and must stand on the same sheet. */
const drawBlock = (sheets: Sheets, faces: Faces, block: Block, keep: number): void => {
  if (block.kind === 'table') {
    drawTable(sheets, faces, block);
    sheets.gap();
  } else sheets.line({ ...bodyLine(block), ...(keep > 0 && { keep }) });
};

/** A row stays together; on a new sheet the head of the table stands again. */
const drawTable = (sheets: Sheets, faces: Faces, table: Extract<Block, { kind: 'table' }>): void => {
  const widths = columnWidths(table, textWidth * 1000).map((width) => width / 1000);
  const rowOf = (cells: readonly string[], isHead: boolean) =>
    widths.map((width, at) =>
      linesOf(
        faces,
        { text: cells[at] ?? '', ...(isHead && { face: 'bold' as const, align: 'centre' as const }) },
        width - 2 * Sheets.CELL_PADDING,
      ),
    );
  const head = rowOf(table.head, true);
  sheets.row(head, widths);
  for (const cells of table.rows) sheets.row(rowOf(cells, false), widths, head);
};
