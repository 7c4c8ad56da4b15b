import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** A file of the built site as it lies in the site's bucket. */
export interface SiteFile {
  readonly key: string;
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.xml': 'application/xml',
};

/** Files whose name changes with their content. */
const immutable = 'public, max-age=31536000, immutable';

/** The others: a browser asks each time, the edge within a minute; so a deployment needs no invalidation. */
const revalidated = 'public, max-age=0, s-maxage=60, must-revalidate';

/** Every file of a built site with its type and how long it may be kept. Hidden files stay out. */
export const siteFiles = (folder: string): readonly SiteFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const key = relative(folder, path).split(sep).join('/');
      return {
        key,
        path,
        contentType: types[extname(name)] ?? 'application/octet-stream',
        cacheControl: key.startsWith('_app/immutable/') ? immutable : revalidated,
      };
    });

export const contentOf = (file: SiteFile): Buffer => readFileSync(file.path);
