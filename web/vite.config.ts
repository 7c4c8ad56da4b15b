import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

/** Where `npm start` listens unless told otherwise; only `vite dev` asks it. */
const LOCAL_CLOUD = process.env.LOCAL_CLOUD ?? 'http://localhost:4173';

/** SvelteKit hashes its own inline script; this is the hash of ours, which stands in app.html. */
const lookScript =
  readFileSync(new URL('src/app.html', import.meta.url), 'utf8').match(/<script>([\s\S]*?)<\/script>/)?.[1] ?? '';
const lookHash = `sha256-${createHash('sha256').update(lookScript).digest('base64')}` as const;

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ fallback: '200.html', precompress: true }),
      // A reload finds a new version by the service worker; phones do not ask for it every hour on prepaid data.
      version: { pollInterval: 0 },
      // The strict half that a page can carry itself. `frame-ancestors` and reporting need response headers.
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['none'],
          'script-src': ['self', lookHash],
          'style-src': ['self'],
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
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': LOCAL_CLOUD, '/content': LOCAL_CLOUD },
  },
});
