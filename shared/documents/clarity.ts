/** A photo as seen by the phone that took it: brightness row by row, 0 is black. About 900 pixels on the longer side. */
export interface SmallPhoto {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** Longer side of the copy in which clarity is measured. */
export const CLARITY_SIDE = 900;

/** What would make a page hard to read; said right after the picture was taken, while the paper still lies there. */
export type Clarity = 'clear' | 'blurred' | 'dark';

/** Tiles along each side; letters stand in some of them only, so the sharpest count. */
const TILES = 8;
const SHARPEST = 0.75;
/**
 * How abruptly brightness changes in a tile of letters, against how much it changes at all. Measured on made-up pages of
 * 1,700 pixels: sharp 4.8, blurred by a radius of 1 pixel 2.2, of 2 (still readable) 0.45, of 3 (no longer) 0.10.
 */
const LEAST_SHARP = 0.2;
/** A tile of plain paper says nothing. */
const LEAST_CONTRAST = 60;
/** Paper itself is darker than this. */
const DARK = 85;

/** Whether a photo is worth sending. A page without letters is taken for clear: nothing can be said of it. */
export const clarityOf = (photo: SmallPhoto): Clarity => {
  const bright = Uint8Array.from(photo.pixels).sort()[Math.floor(photo.pixels.length * 0.9)] as number;
  if (bright < DARK) return 'dark';
  const sharpness = sharpnessOf(photo);
  return sharpness !== undefined && sharpness < LEAST_SHARP ? 'blurred' : 'clear';
};

/** Variance of the Laplacian over variance of the brightness, in the sharper tiles; undefined without any letters. */
export const sharpnessOf = ({ width, height, pixels }: SmallPhoto): number | undefined => {
  const tiles: number[] = [];
  for (let row = 0; row < TILES; row += 1) {
    for (let column = 0; column < TILES; column += 1) {
      const left = Math.max(1, Math.floor((column * width) / TILES));
      const right = Math.min(width - 1, Math.floor(((column + 1) * width) / TILES));
      const top = Math.max(1, Math.floor((row * height) / TILES));
      const low = Math.min(height - 1, Math.floor(((row + 1) * height) / TILES));
      const [light, change] = [spread(), spread()];
      for (let y = top; y < low; y += 1) {
        for (let x = left; x < right; x += 1) {
          const at = y * width + x;
          const here = pixels[at] as number;
          light.add(here);
          const around =
            (pixels[at - 1] as number) +
            (pixels[at + 1] as number) +
            (pixels[at - width] as number) +
            (pixels[at + width] as number);
          change.add(4 * here - around);
        }
      }
      if (light.variance() > LEAST_CONTRAST) tiles.push(change.variance() / light.variance());
    }
  }
  tiles.sort((a, b) => a - b);
  return tiles[Math.floor(tiles.length * SHARPEST)];
};

const spread = () => {
  let [count, sum, squares] = [0, 0, 0];
  return {
    add(value: number) {
      count += 1;
      sum += value;
      squares += value * value;
    },
    variance: () => (count === 0 ? 0 : squares / count - (sum / count) ** 2),
  };
};
