import { inflateRawSync } from 'node:zlib';

/** Every entry of a zip archive by its name, read by the central directory. */
const entriesOf = (archive: Uint8Array): ReadonlyMap<string, string> => {
  const bytes = Buffer.from(archive);
  const entries = new Map<string, string>();
  let at = bytes.readUInt32LE(bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [name, extra, comment] = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(start, start + bytes.readUInt32LE(at + 20));
    const text = (bytes.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)).toString('utf8');
    entries.set(bytes.toString('utf8', at + 46, at + 46 + name), text);
    at += 46 + name + extra + comment;
  }
  return entries;
};

/** One part of a Word file as the XML it is. */
export const partOf = (file: Uint8Array, name: string): string => {
  const part = entriesOf(file).get(name);
  if (part === undefined) throw new Error(`${name} is not in the file`);
  return part;
};

const withoutMarks = (xml: string): string =>
  xml
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

/** The text of a Word file as a reader sees it, paragraph by paragraph. */
export const linesOf = (file: Uint8Array): readonly string[] =>
  partOf(file, 'word/document.xml')
    .split('</w:p>')
    .map((paragraph) => withoutMarks(paragraph).trim())
    .filter((line) => line !== '');

/** All that stands anywhere in a Word file, also in its properties, notes and comments. */
export const allTextOf = (file: Uint8Array): string =>
  [...entriesOf(file)].map(([name, text]) => `${name} ${text} ${withoutMarks(text)}`).join('\n');
