import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, expect, inject } from 'vitest';
import { exchangeSlip, issueSlips } from '#shared/access/contract.ts';
import type { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { LiveMeeting } from '#shared/meetings/model.ts';
import { listMembers, type MemberRow } from '#shared/members/contract.ts';
import { type Cookie, Person } from '../../infra/load/person.ts';
import { launchChromium } from '../src/lib/chromium.testing.ts';

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

/** One for all files that a worker plays after each other; it ends with the worker. */
let browser: Browser | undefined;
const contexts: BrowserContext[] = [];

/** Opens a real Chromium for the journeys of one file; what it opened is closed after it. */
export const useBrowser = (): void => {
  beforeAll(async () => {
    if (browser?.isConnected()) return;
    browser = await launchChromium();
    process.once('SIGTERM', () => void browser?.close().finally(() => process.exit()));
  });
  afterAll(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
};

/**
 * The tests of a story build on each other: after one that failed the next ones say so at once, and none waits for what
 * cannot come any more.
 */
export const inSteps = (): void => {
  beforeEach(({ task }) => {
    const broken = (task.suite ?? task.file).tasks.find(({ result }) => result?.state === 'fail');
    if (broken) throw new Error(`not tried, as "${broken.name}" failed before it`);
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
  if (!browser) throw new Error('useBrowser was not called');
  const context = await browser.newContext({
    locale: 'vi-VN',
    timezoneId: 'Asia/Ho_Chi_Minh',
    baseURL: inject('url'),
    ...options,
  });
  contexts.push(context);
  context.setDefaultTimeout(60_000);
  return context.newPage();
};

/** Four pixels for one are drawn only for a picture: what stands where is the same. */
const deviceScaleFactor = process.env.SHOTS ? 2 : 1;

/** A phone of 360 × 740, as our elders have. */
export const phone = (more: Parameters<Browser['newContext']>[0] = {}): Promise<Page> =>
  opened({ viewport: { width: 360, height: 740 }, deviceScaleFactor, hasTouch: true, isMobile: true, ...more });

/** An office screen of 1280 × 800. */
export const desk = (): Promise<Page> => opened({ viewport: { width: 1280, height: 800 } });

/** The two sizes every journey of the branch is played at. */
export const sizes = { phone, desk } as const;
export type Size = keyof typeof sizes;

/** The organisation officer: he gives everybody of the journeys a slip of his own. */
export const organisationOfficer = (): Person =>
  new Person(inject('url')).withJar(inject('staff')[account('organisation_officer').username ?? ''] ?? []);

/**
 * A member of tonight's branch whom no other journey plays: whose devices are signed out must not be reading elsewhere, and
 * a slip that is typed slowly must not be followed by a newer one.
 * Counted from the end of the roll.
 */
export const memberOfItsOwn = async (fromEnd: 1 | 2 | 3): Promise<Account> => {
  const unitId = account('branch_secretary').unitId as UnitId;
  const { members } = (await organisationOfficer().ask(listMembers, { unitId })).body;
  const played = accounts().map(({ memberId }) => memberId as MemberId);
  const isPlain = ({ memberId, name, state, roles }: MemberRow) =>
    state === 'official' &&
    roles.every((role) => role === 'member') &&
    !played.includes(memberId) &&
    members.filter((other) => other.name.includes(name)).length === 1;
  const found = members.filter(isPlain).at(-fromEnd);
  if (!found) throw new Error('the branch has nobody whom no journey plays');
  const birthYear = Number(found.birthDate.slice(0, 4));
  return { role: 'member', memberId: found.memberId, unitId, name: found.name, phone: '', birthYear };
};

/** A fresh slip for a member, so that journeys do not use up each other's. */
export const slipFor = async ({ memberId, unitId }: Pick<Account, 'memberId' | 'unitId'>) => {
  const actionId = crypto.randomUUID() as ActionId;
  const input = { unitId: unitId as UnitId, memberIds: [memberId as MemberId], actionId };
  const { body } = await organisationOfficer().ask(issueSlips, input);
  const [slip] = body.slips ?? [];
  if (!slip) throw new Error(`no slip for ${memberId}: ${body.code}`);
  return slip;
};

/** A member without a screen, let in by a fresh slip. */
export const personBySlip = async (who: Pick<Account, 'memberId' | 'unitId'>): Promise<Person> => {
  const person = new Person(inject('url'));
  // a journey beside this one may give him a newer slip meanwhile, and that ends the older one
  for (let tries = 0; tries < 5; tries++) {
    const code = (await slipFor(who)).url.split('#')[1] ?? '';
    const nonce = randomBytes(16).toString('hex');
    const { status } = await person.ask(exchangeSlip, { way: 'scanned', code, nonce });
    if (status === 200) return person;
  }
  throw new Error(`no slip lets ${who.memberId} in`);
};

/** The page of a browser that has been signed in as this person is. */
const signedIn = async (page: Page, jar: readonly Cookie[]): Promise<Page> => {
  const domain = new URL(inject('url')).hostname;
  await page
    .context()
    .addCookies(jar.map((cookie) => ({ ...cookie, domain, secure: true, httpOnly: true, sameSite: 'Lax' as const })));
  await page.goto('/');
  await page.waitForURL((url) => url.pathname !== '/');
  return page;
};

/** Lets a member in on this page: how a slip is taken on the screen is a journey of its own. */
export const bySlip = async (page: Page, who: Account): Promise<Page> =>
  signedIn(page, (await personBySlip(who)).jar());

/** Lets staff in on this page, signed in since the beginning: how they sign in is a journey of its own. */
export const asStaff = (page: Page, { username = '' }: Account): Promise<Page> =>
  signedIn(page, inject('staff')[username] ?? []);

/** Does a binding act: where the PIN is asked for, it is given. `after` is what stands there when the act is done. */
export const withPin = async (page: Page, pin: string, act: () => Promise<void>, after: Locator): Promise<void> => {
  await act();
  const question = page.getByLabel('Mã PIN', { exact: true });
  await question.or(after).first().waitFor();
  if (!(await question.isVisible())) return;
  await question.fill(pin);
  await page.getByRole('button', { name: 'Xác nhận' }).click();
  await after.first().waitFor();
};

/**
 * Until what follows from the acts so far by streams and queues is done: the live file is then what phones will fetch.
 * What journeys beside this one do meanwhile is not waited for, nor the reading of pages: a screen shows when it is over.
 */
export const settled = async (seconds = 60): Promise<void> => {
  const answer = await fetch(`${inject('url')}/_local/followed?within=${seconds}&but=DocumentsOnPageDue`);
  expect(await answer.json(), `what follows from the acts so far is not done after ${seconds} s`).toEqual({
    followed: true,
  });
};

/** Until whoever looks now is shown this of a meeting: the edge may serve a copy of some seconds ago. */
export const liveShows = async (
  page: Page,
  unitId: string,
  path: string,
  isThere: (live: LiveMeeting) => boolean,
): Promise<void> => {
  await settled();
  const file = `/content/live/${unitId}/${path.split('/').at(-1)}.json`;
  const look = async () => isThere(v.parse(LiveMeeting, await (await page.request.get(file)).json()));
  await expect.poll(look, { timeout: 60_000 }).toBe(true);
};

/** axe finds nothing on this screen. Its script comes once to a page, and tells what is wrong alone: both are half of its time. */
export const accessible = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe.source);
  const found = await page.evaluate<string[]>(`(async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'], iframes: false });
    return violations.map(({ id, nodes }) => location.href + ' ' + id + ': ' + nodes[0]?.html);
  })()`);
  expect(found).toEqual([]);
};

/** Keeps a picture when SHOTS names a folder: for the README and for looking at it. */
export const shot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
};

/** Keeps the sheets that this screen becomes on paper when SHOTS names a folder. */
export const printed = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.SHOTS;
  if (folder) await page.pdf({ path: join(folder, `${name}.pdf`), preferCSSPageSize: true });
};

/** Gives full marks wherever nothing stands yet. */
export const markRest = async (page: Page): Promise<void> => {
  const sheet = page.getByRole('button', { name: /điểm cho tiêu chí/ });
  await sheet.first().waitFor();
  while (await sheet.first().isVisible()) await sheet.first().click();
};
