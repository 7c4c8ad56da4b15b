import type { Corners, Point } from '#shared/documents/model.ts';
import type { Grey } from './page-images.ts';

/** Cuts of brightness at which a sheet is looked for: one of them parts paper and table, whatever the light. */
const CUTS = 14;
/** The sheet takes at least this part of the photo, and at most so much that it is not simply all of it. */
const LEAST_PART = 0.22;
const MOST_PART = 0.97;
/** So much of the four sides must be an edge from bright paper to a darker table. */
const LEAST_EDGE = 0.62;
/** By so many grey levels the paper is brighter than what it lies on. */
const STEP = 14;
/** So much of the four corners' area is paper: a hand or a shadow may bite off the rest. */
const LEAST_FILLED = 0.86;

/**
 * The four corners of a sheet of paper in a photo (upper left, upper right, lower right, lower left, in parts of the
 * picture), or undefined: the picture is all paper (a flatbed scan), or no four straight sides stand out from the table.
 * `picture` is small, about 320 pixels high: exact to a few thousandths, which reading forgives (product.md §5.1).
 */
export const findSheet = (picture: Grey): Corners | undefined => {
  const soft = softened(picture);
  let best: { readonly quad: Quad; readonly score: number } | undefined;
  for (const cut of cutsOf(soft)) {
    const blob = largestBright(soft, cut);
    if (blob.size < soft.pixels.length * LEAST_PART) continue;
    const quad = quadAround(outlineOf(blob, soft.width));
    if (!quad || !isSheet(quad, blob.size, soft)) continue;
    const score = edgeSupport(quad, soft);
    if (score >= LEAST_EDGE && score > (best?.score ?? 0)) best = { quad, score };
  }
  if (!best) return undefined;
  const { width, height } = soft;
  return best.quad.map(([x, y]) => [within(x / width), within(y / height)]) as unknown as Corners; // four as the quad
};

type Quad = readonly [Point, Point, Point, Point];
const within = (part: number): number => Math.min(1, Math.max(0, part));

/** Twice the mean of nine: letters melt into the paper, sides stay. */
const softened = (grey: Grey): Grey => meanOfNine(meanOfNine(grey));

const meanOfNine = ({ width, height, pixels }: Grey): Grey => {
  const out = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let down = -1; down <= 1; down += 1) {
        const row = Math.min(height - 1, Math.max(0, y + down)) * width;
        for (let across = -1; across <= 1; across += 1)
          sum += pixels[row + Math.min(width - 1, Math.max(0, x + across))] as number;
      }
      out[y * width + x] = sum / 9;
    }
  }
  return { width, height, pixels: out };
};

/** Brightnesses between the darkest and the brightest part, evenly by how many pixels are darker. */
const cutsOf = ({ pixels }: Grey): readonly number[] => {
  const sorted = Uint8Array.from(pixels).sort();
  const cuts = Array.from(
    { length: CUTS },
    (_, at) => sorted[Math.floor(((at + 1) / (CUTS + 2)) * sorted.length)] as number,
  );
  return [...new Set(cuts)];
};

interface Blob {
  readonly size: number;
  /** For each row its first and last pixel; -1 for a row without any. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** The largest patch of pixels brighter than the cut that hang together. */
const largestBright = ({ width, height, pixels }: Grey, cut: number): Blob => {
  const seen = new Uint8Array(pixels.length);
  const stack = new Int32Array(pixels.length);
  let best: Blob = { size: 0, first: new Int32Array(height).fill(-1), last: new Int32Array(height).fill(-1) };
  for (let start = 0; start < pixels.length; start += 1) {
    if (seen[start] || (pixels[start] as number) <= cut) continue;
    const first = new Int32Array(height).fill(-1);
    const last = new Int32Array(height).fill(-1);
    let size = 0;
    let depth = 0;
    const visit = (at: number) => {
      if (seen[at] || (pixels[at] as number) <= cut) return;
      seen[at] = 1;
      stack[depth] = at;
      depth += 1;
    };
    visit(start);
    while (depth > 0) {
      depth -= 1;
      const at = stack[depth] as number;
      const x = at % width;
      const y = (at - x) / width;
      size += 1;
      if (first[y] === -1 || x < (first[y] as number)) first[y] = x;
      if (x > (last[y] as number)) last[y] = x;
      if (x > 0) visit(at - 1);
      if (x < width - 1) visit(at + 1);
      if (y > 0) visit(at - width);
      if (y < height - 1) visit(at + width);
    }
    if (size > best.size) best = { size, first, last };
  }
  return best;
};

/** The convex outline of a patch, clockwise on the screen. */
const outlineOf = ({ first, last }: Blob, width: number): readonly Point[] => {
  const points: Point[] = [];
  for (let y = 0; y < first.length; y += 1) {
    if (first[y] === -1) continue;
    points.push([first[y] as number, y], [Math.min(width, (last[y] as number) + 1), y]);
  }
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list: readonly Point[]) => {
    const out: Point[] = [];
    for (const point of list) {
      while (out.length > 1 && turn(out.at(-2) as Point, out.at(-1) as Point, point) <= 0) out.pop();
      out.push(point);
    }
    out.pop();
    return out;
  };
  return [...half(points), ...half(points.toReversed())];
};

const turn = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/**
 * Four sides around an outline: the sides that are left out, one by one, are those whose absence adds least area, the
 * neighbours meeting beyond. What remains are the corners a bent or torn sheet would have.
 */
const quadAround = (outline: readonly Point[]): Quad | undefined => {
  let points = [...outline];
  while (points.length > 4) {
    let best: { at: number; meeting: Point; added: number } | undefined;
    for (let at = 0; at < points.length; at += 1) {
      const [before, from, to, after] = [-1, 0, 1, 2].map((by) => points.at((at + by) % points.length)) as [
        Point,
        Point,
        Point,
        Point,
      ];
      const meeting = crossing(before, from, to, after);
      if (!meeting) continue;
      const added = Math.abs(turn(from, meeting, to));
      if (!best || added < best.added) best = { at, meeting, added };
    }
    if (!best) return undefined;
    const { at, meeting } = best;
    const next = (at + 1) % points.length;
    points = points.flatMap((point, index) => (index === at ? [meeting] : index === next ? [] : [point]));
  }
  return points.length === 4 ? inOrder(points) : undefined;
};

/** Where two sides meet beyond the one between them; undefined if they run apart. */
const crossing = (a: Point, b: Point, c: Point, d: Point): Point | undefined => {
  const [ux, uy, vx, vy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const cross = ux * vy - uy * vx;
  if (Math.abs(cross) < 1e-6) return undefined;
  const along = ((c[0] - a[0]) * vy - (c[1] - a[1]) * vx) / cross;
  const back = ((c[0] - a[0]) * uy - (c[1] - a[1]) * ux) / cross;
  return along >= 1 && back <= 0 ? [a[0] + along * ux, a[1] + along * uy] : undefined;
};

/** Upper left first, clockwise. */
const inOrder = (points: readonly Point[]): Quad => {
  const by = (key: (point: Point) => number) => points.reduce((low, point) => (key(point) < key(low) ? point : low));
  return [by(([x, y]) => x + y), by(([x, y]) => y - x), by(([x, y]) => -x - y), by(([x, y]) => x - y)];
};

/** Whether four corners can be a sheet seen from above: convex, no corner too sharp, filled, neither speck nor everything. */
const isSheet = (quad: Quad, size: number, { width, height, pixels }: Grey): boolean => {
  const area = areaOf(quad);
  const outside = quad.some(
    ([x, y]) => x < -width * 0.03 || y < -height * 0.03 || x > width * 1.03 || y > height * 1.03,
  );
  if (outside || area < pixels.length * LEAST_PART || area > pixels.length * MOST_PART) return false;
  if (size < area * LEAST_FILLED) return false;
  return quad.every((corner, at) => {
    const [before, after] = [quad[(at + 3) % 4] as Point, quad[(at + 1) % 4] as Point];
    const [ax, ay] = [before[0] - corner[0], before[1] - corner[1]];
    const [bx, by] = [after[0] - corner[0], after[1] - corner[1]];
    const cosine = (ax * bx + ay * by) / (Math.hypot(ax, ay) * Math.hypot(bx, by));
    return Math.abs(cosine) < 0.6;
  });
};

const areaOf = (quad: Quad): number =>
  Math.abs(
    quad.reduce((sum, [x, y], at) => {
      const [nextX, nextY] = quad[(at + 1) % 4] as Point;
      return sum + x * nextY - nextX * y;
    }, 0),
  ) / 2;

/** Steps along a side, and how far inside and outside of it brightness is compared, in pixels of the small picture. */
const STEPS = 40;
const REACH = 4;

/** Part of the four sides along which paper is brighter than what lies beyond; a side at the picture's own edge counts half. */
const edgeSupport = (quad: Quad, grey: Grey): number => {
  const middle: Point = [quad.reduce((sum, [x]) => sum + x, 0) / 4, quad.reduce((sum, [, y]) => sum + y, 0) / 4];
  let support = 0;
  for (let side = 0; side < 4; side += 1) {
    const [from, to] = [quad[side] as Point, quad[(side + 1) % 4] as Point];
    for (let step = 0; step < STEPS; step += 1) {
      const part = 0.05 + (0.9 * step) / (STEPS - 1);
      const at: Point = [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
      const far = Math.hypot(at[0] - middle[0], at[1] - middle[1]) || 1;
      const [dx, dy] = [((at[0] - middle[0]) / far) * REACH, ((at[1] - middle[1]) / far) * REACH];
      const inside = valueAt(grey, at[0] - dx, at[1] - dy);
      const outside = valueAt(grey, at[0] + dx, at[1] + dy);
      // a line printed around the text has paper behind it, a table does not
      const behind = valueAt(grey, at[0] + 3 * dx, at[1] + 3 * dy) ?? outside;
      if (inside === undefined) continue;
      if (outside === undefined || behind === undefined) support += 0.5;
      else if (inside - Math.max(outside, behind) >= STEP) support += 1;
    }
  }
  return support / (4 * STEPS);
};

const valueAt = ({ width, height, pixels }: Grey, x: number, y: number): number | undefined => {
  const [column, row] = [Math.round(x), Math.round(y)];
  return column < 0 || row < 0 || column >= width || row >= height ? undefined : pixels[row * width + column];
};
