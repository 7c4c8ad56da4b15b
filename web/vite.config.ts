import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

/** Where `npm start` listens unless told otherwise; only `vite dev` asks it. */
const LOCAL_CLOUD = process.env.LOCAL_CLOUD ?? 'http://localhost:4173';

const appPage = readFileSync(new URL('src/app.html', import.meta.url), 'utf8');

/** SvelteKit hashes what it writes into a page itself; this is the hash of what stands in app.html. */
const hashOf = (tag: 'script' | 'style') => {
  const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(appPage) ?? [];
  return `sha256-${createHash('sha256').update(text).digest('base64')}` as const;
};

/**
 * What every screen needs travels as one file: fewer requests over hall Wi-Fi, and it packs better than thirty small ones.
 * Parts for staff (tables, files, long jobs) stay out.
 */
const onEveryScreen = [
  // the entries of SvelteKit itself must stay files of their own
  // what Svelte has for forms and own elements comes with the pages that use it
  /node_modules\/(svelte(?!\/src\/(reactivity\/(map|set|date|url)|internal\/client\/dom\/elements\/(bindings|custom-element)))|@sveltejs\/kit(?!\/src\/runtime\/client\/(entry|client-entry|payload)\.js)|esm-env|clsx|devalue|valibot|idb)\//,
  // practising is for a few, and not in the meeting hour
  /shared\/kernel\/(?!practice|vietnamese)/,
  /src\/lib\/(?!qr|device|practice|opened|download|look)[\w.]+\.ts$/,
  /src\/lib\/ui\/(Button|Card|Empty|Icon|Notice|PageHead)\.svelte/,
  /src\/lib\/ui\/icons\.ts$/,
  // what the first screen and the meeting both read packs better here than as three small files
  /shared\/meetings\/(shown|own-contract|door)\.ts$/,
  /src\/routes\/\(app\)\/meetings\/(meeting-paths|own-record)\.ts$/,
  // what only says how pages are made has no part in them
  /src\/routes\/(TopBar|\+layout|\(app\)\/\+layout|\(app\)\/StateLine)\.svelte/,
  /src\/routes\/\(app\)\/\+layout\.ts/,
];

/** Parts of a page that its address asks for at once; pages of the meeting hour have fewer. */
const MOST_PRELOADED = 11;

export default defineConfig({
  plugins: [
    sveltekit({
      // the edge compresses: packed copies would be made and thrown away
      adapter: adapter({ fallback: '200.html' }),
      // A reload finds a new version by the service worker; phones do not ask for it every hour on prepaid data.
      version: { pollInterval: 0 },
      // The strict half that a page can carry itself. `frame-ancestors` and reporting need response headers.
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['none'],
          'script-src': ['self', hashOf('script')],
          'style-src': ['self', hashOf('style')],
          // SvelteKit's own line for those who listen is hidden by a style attribute
          'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
          // Uploads go straight to the bucket and staff sign in at Cognito: both are https addresses known after deploying.
          'connect-src': ['self', 'https:', 'http://localhost:*', 'http://127.0.0.1:*'],
          'img-src': ['self', 'blob:', 'data:'],
          'media-src': ['self', 'blob:'],
          'font-src': ['self'],
          'manifest-src': ['self'],
          'worker-src': ['self'],
          'base-uri': ['none'],
          'form-action': ['self'],
          'object-src': ['none'],
        },
      },
    }),
  ],
  environments: {
    client: {
      build: {
        // a page of many parts is a desk's: it finds them by itself, and no phone carries their names
        modulePreload: {
          resolveDependencies: (_, parts) =>
            parts.length > MOST_PRELOADED ? parts.filter((part) => part.endsWith('.css')) : parts,
        },
        rolldownOptions: {
          // making a schema or stating an operation does nothing else: what no page names goes, spread or not
          treeshake: { manualPureFunctions: ['v', 'operation'], propertyReadSideEffects: false },
          output: {
            codeSplitting: {
              groups: [
                // what the page was made with is set before the core may run, so what sets it must stand apart
                { name: 'payload', test: /runtime\/client\/payload\.js$/, priority: 1 },
                { name: 'preload', test: /vite\/preload-helper/, priority: 1 },
                { name: 'core', test: (id) => onEveryScreen.some((pattern) => pattern.test(id)) },
              ],
            },
          },
        },
      },
    },
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': LOCAL_CLOUD, '/content': LOCAL_CLOUD },
  },
});
