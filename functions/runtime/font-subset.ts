import fontkit from '@pdf-lib/fontkit';

/** Tables of a TrueType font that a PDF needs; what shapes text (ligatures, kerning) is left out, so letters stay letters. */
const KEPT = ['OS/2', 'cvt ', 'fpgm', 'head', 'hhea', 'hmtx', 'maxp', 'name', 'prep'];

/**
 * The font with the letters of this text only, every glyph under its own number. The library's own subset writes glyphs at
 * odd places and loses most Vietnamese letters (measured with Tinos, Liberation and DejaVu Serif), so we keep the numbers,
 * empty the glyphs that are not used and put each at a multiple of four.
 */
export const fontFor = (whole: Uint8Array, text: string): Uint8Array => {
  const font = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  const tables = tablesOf(font);
  const letters = [...new Set(text.normalize('NFC'))].map((letter) => letter.codePointAt(0) as number);
  const numbered = fontkit.create(whole);
  const glyphs = letters
    .map((code) => [code, numbered.glyphForCodePoint(code).id] as const)
    .filter(([, glyph]) => glyph > 0)
    .sort(([a], [b]) => a - b);
  const { glyf, loca } = glyphTables(
    tables,
    glyphs.map(([, glyph]) => glyph),
  );
  const head = Buffer.from(tables.get('head') as Buffer);
  head.writeInt16BE(1, 50);
  const kept = KEPT.flatMap((tag): [string, Buffer][] => {
    const table = tables.get(tag);
    return table ? [[tag, tag === 'head' ? head : table]] : [];
  });
  const post = Buffer.alloc(32);
  (tables.get('post') as Buffer).copy(post, 0, 0, 32);
  post.writeUInt32BE(0x00030000, 0);
  return assembled([...kept, ['cmap', cmapOf(glyphs)], ['glyf', glyf], ['loca', loca], ['post', post]]);
};

const tablesOf = (font: Buffer): Map<string, Buffer> => {
  const tables = new Map<string, Buffer>();
  for (let at = 12, left = font.readUInt16BE(4); left > 0; left -= 1, at += 16) {
    const start = font.readUInt32BE(at + 8);
    tables.set(font.toString('latin1', at, at + 4), font.subarray(start, start + font.readUInt32BE(at + 12)));
  }
  return tables;
};

/** Glyph data of these glyphs and of those they are put together from; all others are empty. */
const glyphTables = (tables: ReadonlyMap<string, Buffer>, wanted: readonly number[]) => {
  const [glyf, loca, head, maxp] = ['glyf', 'loca', 'head', 'maxp'].map((tag) => tables.get(tag) as Buffer) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const long = head.readInt16BE(50) === 1;
  const placeOf = (glyph: number) => (long ? loca.readUInt32BE(glyph * 4) : loca.readUInt16BE(glyph * 2) * 2);
  const dataOf = (glyph: number) => glyf.subarray(placeOf(glyph), placeOf(glyph + 1));
  const used = new Set<number>();
  const take = (glyph: number): void => {
    if (used.has(glyph)) return;
    used.add(glyph);
    for (const part of partsOf(dataOf(glyph))) take(part);
  };
  for (const glyph of [0, ...wanted]) take(glyph);
  const count = maxp.readUInt16BE(4);
  const places = Buffer.alloc((count + 1) * 4);
  const data: Buffer[] = [];
  let length = 0;
  for (let glyph = 0; glyph < count; glyph += 1) {
    places.writeUInt32BE(length, glyph * 4);
    if (!used.has(glyph)) continue;
    const padded = toFour(dataOf(glyph));
    data.push(padded);
    length += padded.length;
  }
  places.writeUInt32BE(length, count * 4);
  return { glyf: Buffer.concat(data), loca: places };
};

const [WORDS, SCALE, MORE, TWO_SCALES, MATRIX] = [0x1, 0x8, 0x20, 0x40, 0x80];

/** The glyphs that a composite glyph is put together from: `Ậ` is `A`, the circumflex and the dot below. */
const partsOf = (glyph: Buffer): number[] => {
  const parts: number[] = [];
  if (glyph.length === 0 || glyph.readInt16BE(0) >= 0) return parts;
  for (let at = 10, more = true; more; ) {
    const flags = glyph.readUInt16BE(at);
    parts.push(glyph.readUInt16BE(at + 2));
    at += 4 + (flags & WORDS ? 4 : 2) + (flags & SCALE ? 2 : flags & TWO_SCALES ? 4 : flags & MATRIX ? 8 : 0);
    more = (flags & MORE) !== 0;
  }
  return parts;
};

/** Letter by letter, format 12. */
const cmapOf = (glyphs: readonly (readonly [code: number, glyph: number])[]): Buffer => {
  const cmap = Buffer.alloc(12 + 16 + glyphs.length * 12);
  cmap.writeUInt16BE(1, 2);
  cmap.writeUInt16BE(3, 4);
  cmap.writeUInt16BE(10, 6);
  cmap.writeUInt32BE(12, 8);
  cmap.writeUInt16BE(12, 12);
  cmap.writeUInt32BE(16 + glyphs.length * 12, 16);
  cmap.writeUInt32BE(glyphs.length, 24);
  for (const [at, [code, glyph]] of glyphs.entries()) {
    cmap.writeUInt32BE(code, 28 + at * 12);
    cmap.writeUInt32BE(code, 32 + at * 12);
    cmap.writeUInt32BE(glyph, 36 + at * 12);
  }
  return cmap;
};

const toFour = (data: Buffer): Buffer => Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);

const assembled = (tables: readonly (readonly [tag: string, data: Buffer])[]): Uint8Array => {
  const sorted = tables.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const power = Math.floor(Math.log2(sorted.length));
  const directory = Buffer.alloc(12 + sorted.length * 16);
  directory.writeUInt32BE(0x00010000, 0);
  directory.writeUInt16BE(sorted.length, 4);
  directory.writeUInt16BE(2 ** power * 16, 6);
  directory.writeUInt16BE(power, 8);
  directory.writeUInt16BE((sorted.length - 2 ** power) * 16, 10);
  const bodies: Buffer[] = [];
  let place = directory.length;
  for (const [at, [tag, data]] of sorted.entries()) {
    const padded = toFour(data);
    directory.write(tag, 12 + at * 16, 'latin1');
    directory.writeUInt32BE(checksumOf(padded), 16 + at * 16);
    directory.writeUInt32BE(place, 20 + at * 16);
    directory.writeUInt32BE(data.length, 24 + at * 16);
    bodies.push(padded);
    place += padded.length;
  }
  return new Uint8Array(Buffer.concat([directory, ...bodies]));
};

const checksumOf = (data: Buffer): number => {
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum = (sum + data.readUInt32BE(at)) >>> 0;
  return sum;
};
