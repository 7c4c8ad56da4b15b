import { existsSync } from 'node:fs';

/** Both are the same engine; the shell has none of the browser's own windows and costs half the processor time. */
const PLACES = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Where this machine has a Chromium; without one, `undefined`. */
export const chromiumOf = ({ CHROMIUM }: { readonly CHROMIUM?: string } = process.env): string | undefined =>
  (CHROMIUM ? [CHROMIUM] : PLACES).find((place) => existsSync(place));
