import { encode } from '../signature.ts';

/** An element, its text or its children; a list repeats the element, `undefined` leaves it out. */
export type XmlValue = string | number | boolean | undefined | XmlElement | readonly XmlValue[];
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

/** Writes a document with this root, in the name space of S3. */
export const xmlDocument = (root: string, content: XmlElement): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${children(content)}</${root}>`;

const children = (content: XmlElement): string =>
  Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join('');

const element = (name: string, value: XmlValue): string => {
  if (value === undefined) return '';
  if (isList(value)) return value.map((one) => element(name, one)).join('');
  return `<${name}>${typeof value === 'object' ? children(value) : escapeXml(String(value))}</${name}>`;
};

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

/** Signs that XML cannot hold at all are left to `encoding-type=url`, as in S3 itself. */
export const escapeXml = (text: string): string => text.replace(/[&<>"\r\n\t]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Contents of every `<name>…</name>`, from a document whose form is known. */
export const xmlBlocks = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    (match) => match[1] as string,
  );

/** Text of the first `<name>`, unescaped. */
export const xmlText = (text: string, name: string): string | undefined => {
  const [block] = xmlBlocks(text, name);
  return block === undefined ? undefined : unescapeXml(block);
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return entities[name ?? ''] ?? whole;
  });

/** A key or prefix in a listing, percent-encoded when the client asked for it. */
export const listed = (text: string, encoding: string | undefined): string =>
  encoding === 'url' ? encode(text).replaceAll('%2F', '/') : text;
