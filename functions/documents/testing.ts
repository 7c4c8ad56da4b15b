import { createRequire } from 'node:module';
import { type Canvas, createCanvas, GlobalFonts } from '@napi-rs/canvas';
import type { Corners } from '#shared/documents/model.ts';

/** A seeded stream of numbers in [0, 1): the same scan every time, another one for another seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const between = (random: () => number, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

/** A paper made up from a seed: what is printed in its head, and its lines. */
export interface MadeUpPaper {
  readonly number: string;
  readonly day: string;
  readonly type: { readonly id: string; readonly title: string };
  readonly issuer: string;
  readonly abstract: string;
  readonly place: string;
  readonly body: readonly string[];
}

const titles = [
  { id: 'resolution', code: 'NQ', title: 'NGHỊ QUYẾT' },
  { id: 'plan', code: 'KH', title: 'KẾ HOẠCH' },
  { id: 'notice', code: 'TB', title: 'THÔNG BÁO' },
  { id: 'report', code: 'BC', title: 'BÁO CÁO' },
  { id: 'conclusion', code: 'KL', title: 'KẾT LUẬN' },
];
const places = ['Công Hải', 'Yên Bình', 'Thái Thụy', 'Hòa Phú', 'Mỹ Lộc'];
const subjects = ['về xây dựng đường hoa nông thôn', 'về nâng cao chất lượng sinh hoạt', 'về ủng hộ đồng bào vùng lũ'];
const phrases = [
  'Chi bộ lãnh đạo nhân dân thực hiện tốt nghĩa vụ',
  'vận động ủng hộ quỹ khuyến học của xã',
  'giữ gìn vệ sinh môi trường, trồng cây xanh',
  'quán triệt chủ trương của cấp ủy cấp trên',
  'phân công đảng viên theo dõi từng hộ gia đình',
  'kiểm tra, giám sát việc chấp hành Điều lệ Đảng',
  'báo cáo kết quả trước kỳ sinh hoạt tháng sau',
];

export const madeUpPaper = (seed: number): MadeUpPaper => {
  const random = seeded(seed);
  const type = pick(random, titles);
  const place = pick(random, places);
  const month = String(between(random, 1, 10)).padStart(2, '0');
  const day = `2026-${month}-${String(between(random, 1, 28)).padStart(2, '0')}`;
  const lines = Array.from({ length: 12 }, () => `${pick(random, phrases)}, ${pick(random, phrases).toLowerCase()}`);
  return {
    number: `${String(between(random, 1, 320)).padStart(2, '0')}-${type.code}/ĐU`,
    day,
    type,
    issuer: `ĐẢNG ỦY XÃ ${place.toUpperCase()}`,
    abstract: pick(random, subjects),
    place,
    body: lines,
  };
};

/** Dots per inch and A4 size of a scan as an office machine makes it. */
const WIDTH = 1654;
const HEIGHT = 2339;

export interface Scan {
  /** Degrees by which the sheet lay askew. */
  readonly turn?: number;
  /** Spread of the noise, in grey levels. */
  readonly noise?: number;
  readonly seal?: boolean;
  /** The light falls off towards one corner to this part. */
  readonly shade?: number;
  readonly seed?: number;
}

/** The paper drawn in the official layout, then spoilt as a scanner or a phone would. */
export const drawn = (
  paper: MadeUpPaper,
  { turn = 0, noise = 0, seal = false, shade = 1, seed = 1 }: Scan = {},
): Canvas => {
  const require = createRequire(import.meta.url);
  for (const face of ['DejaVuSerif', 'DejaVuSerif-Bold', 'DejaVuSerif-Italic'])
    GlobalFonts.registerFromPath(require.resolve(`dejavu-fonts-ttf/ttf/${face}.ttf`), face);
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fbfbf8';
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.translate(WIDTH / 2, HEIGHT / 2);
  context.rotate((turn * Math.PI) / 180);
  context.translate(-WIDTH / 2, -HEIGHT / 2);
  context.fillStyle = '#1c1c1c';
  const write = (text: string, x: number, y: number, face = 'DejaVuSerif', size = 33, centre = true) => {
    context.font = `${size}px ${face}`;
    context.textAlign = centre ? 'center' : 'left';
    context.fillText(text, x, y);
  };
  const [year, month, date] = paper.day.split('-') as [string, string, string];
  const shownMonth = Number(month) <= 2 ? month : String(Number(month));
  write(paper.issuer, 480, 180, 'DejaVuSerif-Bold');
  write('*', 480, 225);
  write(`Số ${paper.number}`, 480, 270);
  write('ĐẢNG CỘNG SẢN VIỆT NAM', 1180, 180, 'DejaVuSerif-Bold');
  write(`${paper.place}, ngày ${date} tháng ${shownMonth} năm ${year}`, 1180, 270, 'DejaVuSerif-Italic');
  write(paper.type.title, WIDTH / 2, 390, 'DejaVuSerif-Bold', 40);
  write(paper.abstract, WIDTH / 2, 445, 'DejaVuSerif-Bold');
  write('-----', WIDTH / 2, 490);
  let y = 570;
  for (const line of paper.body) {
    for (const part of folded(line, 58)) {
      write(part, 240, y, 'DejaVuSerif', 31, false);
      y += 54;
    }
  }
  if (seal) {
    context.strokeStyle = '#e01828';
    context.lineWidth = 9;
    context.beginPath();
    context.arc(470, 260, 120, 0, 2 * Math.PI);
    context.stroke();
  }
  spoil(canvas, noise, shade, seeded(seed));
  return canvas;
};

const folded = (line: string, width: number): readonly string[] => {
  const parts: string[] = [];
  for (const word of line.split(' ')) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + word.length < width) parts[parts.length - 1] = `${last} ${word}`;
    else parts.push(word);
  }
  return parts;
};

/** Gaussian noise on every pixel, and light that falls off. */
const spoil = (canvas: Canvas, noise: number, shade: number, random: () => number): void => {
  if (noise === 0 && shade === 1) return;
  const context = canvas.getContext('2d');
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data, width, height } = image;
  // drawing from a table is ten times faster than four million logarithms
  const grains = Float64Array.from(
    { length: 65_521 },
    () => noise * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
  let grain = 0;
  for (let y = 0; y < height; y += 1) {
    grain = Math.floor(random() * grains.length);
    for (let x = 0; x < width; x += 1) {
      const light = 1 - (1 - shade) * (x / width / 2 + y / height / 2);
      grain = grain + 1 === grains.length ? 0 : grain + 1;
      const at = (y * width + x) * 4;
      const add = grains[grain] as number;
      data[at] = (data[at] as number) * light + add;
      data[at + 1] = (data[at + 1] as number) * light + add;
      data[at + 2] = (data[at + 2] as number) * light + add;
    }
  }
  context.putImageData(image, 0, 0);
};

/** How a phone saw a sheet on a table. */
export interface Snapshot {
  /** Pixels of the photo's shorter side. */
  readonly width?: number;
  /** Where the sheet's corners lie in the photo: upper left, upper right, lower right, lower left, in parts. */
  readonly corners: Corners;
  /** The table beneath: dark wood, or a light one that hardly differs from paper. */
  readonly table?: 'wood' | 'light';
  /** The light falls off towards the lower right to this part. */
  readonly shade?: number;
  readonly noise?: number;
  readonly seed?: number;
}

/** The sheet on a table, taken from above at a slant, in the light of one lamp. */
export const photographed = (
  sheet: Canvas,
  { width = 1700, corners, table = 'wood', shade = 0.55, noise = 6, seed = 1 }: Snapshot,
): Canvas => {
  const height = Math.round((width * 4) / 3);
  const photo = createCanvas(width, height);
  const context = photo.getContext('2d');
  const image = context.createImageData(width, height);
  // the canvas computes its size anew each time it is asked for
  const { width: wide, height: high } = sheet;
  const from = sheet.getContext('2d').getImageData(0, 0, wide, high);
  const toSheet = inverseOf(corners.map(([x, y]) => [x * width, y * height]) as unknown as Corners);
  const [red, green, blue] = table === 'wood' ? [112, 78, 52] : [206, 204, 198];
  const random = seeded(seed);
  for (let y = 0, at = 0; y < height; y += 1) {
    const grain = 14 * Math.sin(y / 9) + 8 * Math.sin(y / 23);
    for (let x = 0; x < width; x += 1, at += 4) {
      const [u, v] = toSheet(x + 0.5, y + 0.5);
      const column = Math.floor(u * wide);
      const row = Math.floor(v * high);
      const on = u >= 0 && v >= 0 && u < 1 && v < 1;
      const source = (row * wide + column) * 4;
      const light = 1 - (1 - shade) * (x / width / 2 + y / height / 2);
      const add = noise * (random() + random() + random() - 1.5);
      const wood = grain + 10 * Math.sin((x + y) / 40);
      image.data[at] = (on ? (from.data[source] as number) : red + wood) * light + add;
      image.data[at + 1] = (on ? (from.data[source + 1] as number) : green + wood) * light + add;
      image.data[at + 2] = (on ? (from.data[source + 2] as number) : blue + wood) * light + add;
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return photo;
};

/** From a pixel of the photo to its place on the sheet (0 to 1), by the inverse of the mapping of the four corners. */
const inverseOf = ([tl, tr, br, bl]: Corners): ((x: number, y: number) => readonly [number, number]) => {
  const [sx, sy] = [tl[0] - tr[0] + br[0] - bl[0], tl[1] - tr[1] + br[1] - bl[1]];
  const [p, q, r, s] = [tr[0] - br[0], bl[0] - br[0], tr[1] - br[1], bl[1] - br[1]];
  const whole = p * s - q * r;
  const [g, h] = [(sx * s - q * sy) / whole, (p * sy - sx * r) / whole];
  const [a, b, c] = [tr[0] - tl[0] + g * tr[0], bl[0] - tl[0] + h * bl[0], tl[0]];
  const [d, e, f] = [tr[1] - tl[1] + g * tr[1], bl[1] - tl[1] + h * bl[1], tl[1]];
  return (x, y) => {
    // two lines through the point: (a - gx)u + (b - hx)v = x - c, (d - gy)u + (e - hy)v = y - f
    const [k, l, m, n] = [a - g * x, b - h * x, d - g * y, e - h * y];
    const area = k * n - l * m;
    return [((x - c) * n - l * (y - f)) / area, (k * (y - f) - m * (x - c)) / area];
  };
};

/** A PDF that asks for a password before it can be read: its keys fit no empty password. */
export const anEncryptedPdf = (): Uint8Array => {
  const key = '5a'.repeat(32);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    `<< /Filter /Standard /V 1 /R 2 /O <${key}> /U <${key}> /P -44 >>`,
  ];
  let file = '%PDF-1.4\n';
  const starts = objects.map((content, at) => {
    const start = file.length;
    file += `${at + 1} 0 obj\n${content}\nendobj\n`;
    return `${String(start).padStart(10, '0')} 00000 n \n`;
  });
  const id = '0123456789abcdef0123456789abcdef';
  const table = file.length;
  file += `xref\n0 5\n0000000000 65535 f \n${starts.join('')}`;
  file += `trailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<${id}> <${id}>] >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
};
