/** One sheet to be written: a heading line and the lines below it. A text stays text, so that no zero is lost. */
export interface SheetToWrite {
  readonly name: string;
  readonly lines: readonly (readonly (string | number)[])[];
}

/** An .xlsx file with one sheet, made by hand: a library for it would weigh more than all of the page. */
export const xlsxOf = ({ name, lines }: SheetToWrite): Uint8Array => {
  const rows = lines
    .map((line, row) => {
      const cells = line
        .map((text, column) => {
          const at = `${letters(column)}${row + 1}`;
          if (typeof text === 'number') return `<c r="${at}"><v>${text}</v></c>`;
          return text === ''
            ? ''
            : `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
        })
        .join('');
      return `<row r="${row + 1}">${cells}</row>`;
    })
    .join('');
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const officeDocument = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const content = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const type = (part: string, kind: string) => `<Override PartName="${part}" ContentType="${content}.${kind}+xml"/>`;
  return zipOf({
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${type('/xl/workbook.xml', 'sheet.main')}${type('/xl/worksheets/sheet1.xml', 'worksheet')}</Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${officeDocument}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${officeDocument}"><sheets><sheet name="${escaped(sheetName(name))}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${officeDocument}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`,
  });
};

/** Excel opens no file whose sheet has a longer name or one of these signs in it. */
const sheetName = (name: string): string => name.replace(/[[\]:*?/\\]/g, '-').slice(0, 31);

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const letters = (column: number): string =>
  column < 26 ? String.fromCharCode(65 + column) : letters(Math.floor(column / 26) - 1) + letters(column % 26);

const escaped = (text: string): string =>
  text
    // XML 1.0 has no place for these, not even escaped
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);

/** A zip whose files are stored as they are. Source: PKWARE APPNOTE 6.3.10, §4.3. */
const zipOf = (files: Readonly<Record<string, string>>): Uint8Array => {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = encoder.encode(path);
    const data = encoder.encode(text);
    const common = [20, 0x0800, 0, 0, DAY_ONE, crc32(data), data.length, data.length, name.length, 0];
    const header = fields([0x04034b50, ...common], [4, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2]);
    parts.push(header, name, data);
    const entry = fields(
      [0x02014b50, 20, ...common, 0, 0, 0, 0, offset],
      [4, 2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4],
    );
    directory.push(entry, name);
    offset += header.length + name.length + data.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = Object.keys(files).length;
  const end = fields([0x06054b50, 0, 0, count, count, size, offset, 0], [4, 2, 2, 2, 2, 4, 4, 2]);
  return joined([...parts, ...directory, end]);
};

/** 1/1/1980, the first day a zip can name: the file says nothing about when it was made. */
const DAY_ONE = 0x21;

const fields = (values: readonly number[], widths: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(widths.reduce((sum, width) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [index, width] of widths.entries()) {
    const value = values[index] ?? 0;
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const crc32 = (data: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
};
