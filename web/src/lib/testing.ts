import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';
import type { Browser, BrowserContext } from 'playwright-core';
import { compileModule } from 'svelte/compiler';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchChromium } from './chromium.testing.ts';

/** Modules with runes, as the browser runs them. */
const runes: Plugin = {
  name: 'runes',
  setup: (esbuild) =>
    esbuild.onLoad({ filter: /\.svelte\.ts$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'ts', target: 'esnext' });
      const { js } = compileModule(code, { filename: path, generate: 'client' });
      return { contents: js.code, loader: 'js', resolveDir: join(path, '..') };
    }),
};

/** One script out of the words of a test, which may import what stands beside it. */
export const scriptOf = async (
  contents: string,
  resolveDir: string,
  plugins: readonly Plugin[] = [],
): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    conditions: ['browser', 'svelte'],
    plugins: [runes, ...plugins],
  });
  return outputFiles[0]?.text ?? '';
};

/** A real Chromium with a fresh context for each test, in front of a server of the test's own. */
export const useBrowser = (
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): { readonly origin: string; readonly context: BrowserContext } => {
  const here = {} as { origin: string; context: BrowserContext }; // filled before each test runs
  const server = createServer(answer);
  let browser: Browser;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    here.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(async () => {
    here.context = await browser.newContext();
  });
  afterEach(() => here.context.close());
  return here;
};

/** A server of the test's own behind `fetch`: a browser knows its origin, Node does not. Gone when `end` is called. */
export const useServer = (
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): { readonly end: () => Promise<void> } => {
  const ownFetch = globalThis.fetch;
  let server: Server;
  const end = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  beforeEach(async () => {
    server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    globalThis.fetch = (input, init) => ownFetch(new URL(String(input), origin), init);
  });
  afterEach(async () => {
    globalThis.fetch = ownFetch;
    await end();
  });
  return { end };
};
