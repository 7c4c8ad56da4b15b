import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject } from 'vitest';

/** One line of `demo-accounts.json`. */
export interface Account {
  readonly role: string;
  readonly memberId: string;
  readonly unitId: string;
  readonly name: string;
  readonly phone: string;
  readonly username?: string;
  readonly password?: string;
  readonly totpSecret?: string;
  readonly slipUrl?: string;
  readonly slipCode?: string;
  readonly birthYear?: number;
  readonly pin?: string;
}

let browser: Browser;
const contexts: BrowserContext[] = [];

/** Opens a real Chromium for the journeys of one file. */
export const useBrowser = (): void => {
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await browser?.close();
  });
};

export const accounts = (): readonly Account[] =>
  JSON.parse(readFileSync(join(inject('dataDir'), 'demo-accounts.json'), 'utf8')) as Account[]; // written by the seed

/** The account of a role that has what the journey needs. */
export const account = (role: string, fits: (account: Account) => boolean = () => true): Account => {
  const found = accounts().find((candidate) => candidate.role === role && fits(candidate));
  if (!found) throw new Error(`no demo account for ${role}`);
  return found;
};

const opened = async (options: Parameters<Browser['newContext']>[0]): Promise<Page> => {
  const context = await browser.newContext({
    locale: 'vi-VN',
    timezoneId: 'Asia/Ho_Chi_Minh',
    baseURL: inject('url'),
    ...options,
  });
  contexts.push(context);
  context.setDefaultTimeout(20_000);
  return context.newPage();
};

/** A phone of 360 × 740, as our elders have. */
export const phone = (): Promise<Page> =>
  opened({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });

/** An office screen of 1280 × 800. */
export const desk = (): Promise<Page> => opened({ viewport: { width: 1280, height: 800 } });

/** axe finds nothing on this screen. */
export const accessible = async (page: Page): Promise<void> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${page.url()} ${id}: ${nodes[0]?.html}`)).toEqual([]);
};

/** Keeps a picture when SHOTS names a folder: for the README and for looking at it. */
export const shot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
};
