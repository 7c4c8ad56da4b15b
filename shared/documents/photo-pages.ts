/** One photographed page: a JPEG as the phone made it, and its size in pixels. */
export interface PhotoPage {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A4 in points. */
const A4 = { short: 595.28, long: 841.89 };

/**
 * Several photographed pages as one PDF, so that a paper is one file with one hash. Each JPEG goes in byte for byte; the
 * page takes its shape within A4. Small enough for a phone, where a PDF library is not.
 */
export const pdfOfPhotos = (photos: readonly PhotoPage[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let length = 0;
  const write = (part: string | Uint8Array) => {
    const bytes = typeof part === 'string' ? latin1(part) : part;
    parts.push(bytes);
    length += bytes.length;
  };
  const object = (number: number, content: string, stream?: Uint8Array) => {
    starts[number] = length;
    write(`${number} 0 obj\n${content}\n`);
    if (stream) {
      write('stream\n');
      write(stream);
      write('\nendstream\n');
    }
    write('endobj\n');
  };

  write('%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n');
  object(1, '<< /Type /Catalog /Pages 2 0 R >>');
  const kids = photos.map((_, at) => `${pageAt(at)} 0 R`).join(' ');
  object(2, `<< /Type /Pages /Count ${photos.length} /Kids [${kids}] >>`);
  for (const [at, { jpeg, width, height }] of photos.entries()) {
    const wide = width > height;
    const scale = Math.min((wide ? A4.long : A4.short) / width, (wide ? A4.short : A4.long) / height);
    const [w, h] = [(width * scale).toFixed(2), (height * scale).toFixed(2)];
    const page = pageAt(at);
    const drawing = latin1(`q ${w} 0 0 ${h} 0 0 cm /P Do Q`);
    object(
      page,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${w} ${h}] /Resources << /XObject << /P ${page + 2} 0 R >> >> /Contents ${page + 1} 0 R >>`,
    );
    object(page + 1, `<< /Length ${drawing.length} >>`, drawing);
    object(
      page + 2,
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`,
      jpeg,
    );
  }
  const count = 3 + photos.length * OBJECTS_A_PAGE;
  const table = length;
  write(`xref\n0 ${count}\n0000000000 65535 f \n`);
  for (let number = 1; number < count; number += 1) write(`${String(starts[number]).padStart(10, '0')} 00000 n \n`);
  write(`trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);

  const file = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
};

/** Page, its drawing and its picture. */
const OBJECTS_A_PAGE = 3;
const pageAt = (at: number): number => 3 + at * OBJECTS_A_PAGE;

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
