import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { accessible, account, asStaff, bySlip, desk, settled, shot, useBrowser, withPin } from './journey.ts';
import { aPaper } from './paper.ts';
import { allRoutes, fits, looking, pressable } from './screens.ts';

useBrowser();

type Who = 'nobody' | 'member' | 'secretary' | 'office' | 'admin';
/** What the addresses of some screens are made of. */
interface Seen {
  readonly tonight: string;
  readonly lastMonth: string;
  readonly news: string;
  readonly scan: string;
}

/** Who looks at which screen, and where. Every route of the site must stand here. */
const screens: Readonly<Record<string, readonly [Who, (seen: Seen) => string]>> = {
  '/': ['nobody', () => '/'],
  '/(public)/help': ['nobody', () => '/help'],
  '/(public)/sign-in': ['nobody', () => '/sign-in'],
  '/(public)/sign-in/password': ['nobody', () => '/sign-in/password'],
  '/(public)/sign-in/reopen': ['nobody', () => '/sign-in/reopen'],
  '/(public)/sign-in/staff': ['nobody', () => '/sign-in/staff'],
  '/(public)/slip': ['nobody', () => '/slip'],
  '/(app)/documents': ['member', () => '/documents'],
  '/(app)/documents/read/[unitId]/[documentId]': ['member', ({ news }) => news],
  '/(app)/me': ['member', () => '/me'],
  '/(app)/me/devices': ['member', () => '/me/devices'],
  '/(app)/meetings': ['member', () => '/meetings'],
  '/(app)/meetings/[meetingId]': ['member', ({ tonight }) => tonight],
  '/(app)/members/record': ['member', () => '/members/record'],
  '/(app)/points': ['member', () => '/points'],
  '/(app)/practice': ['member', () => '/practice'],
  '/(app)/tasks': ['member', () => '/tasks'],
  '/(app)/access/reopen': ['secretary', () => '/access/reopen'],
  '/(app)/documents/add': ['secretary', () => '/documents/add'],
  '/(app)/documents/news': ['secretary', () => '/documents/news'],
  '/(app)/documents/review': ['secretary', () => '/documents/review'],
  '/(app)/documents/review/[documentId]': ['secretary', ({ scan }) => scan],
  '/(app)/meetings/[meetingId]/end': ['secretary', ({ lastMonth }) => `${lastMonth}/end?at=rating`],
  '/(app)/meetings/[meetingId]/hall': ['secretary', ({ tonight }) => `${tonight}/hall`],
  '/(app)/meetings/[meetingId]/prepare': ['secretary', ({ tonight }) => `${tonight}/prepare`],
  '/(app)/meetings/[meetingId]/run': ['secretary', ({ tonight }) => `${tonight}/run`],
  '/(app)/meetings/[meetingId]/rating': ['secretary', ({ lastMonth }) => `${lastMonth}/rating`],
  '/(app)/meetings/above': ['office', () => '/meetings/above'],
  '/(app)/meetings/handover': ['secretary', () => '/meetings/handover'],
  '/(app)/meetings/all': ['secretary', () => '/meetings/all'],
  '/(app)/meetings/received': ['office', () => '/meetings/received'],
  '/(app)/meetings/year': ['secretary', () => '/meetings/year'],
  '/(app)/meetings/year/above': ['office', () => '/meetings/year/above'],
  '/(app)/tasks/above': ['office', () => '/tasks/above'],
  '/(app)/tasks/branch': ['secretary', () => '/tasks/branch'],
  '/(app)/tasks/branch/new': ['secretary', () => '/tasks/branch/new'],
  '/(app)/operation': ['admin', () => '/operation'],
  '/(app)/reports': ['office', () => '/reports'],
  '/(app)/reports/progress': ['office', () => '/reports/progress'],
  '/(app)/members': ['admin', () => '/members'],
  '/(app)/members/corrections': ['admin', () => '/members/corrections'],
  '/(app)/members/import': ['admin', () => '/members/import'],
  '/(app)/members/log': ['admin', () => '/members/log'],
  '/(app)/members/roles': ['admin', () => '/members/roles'],
  '/(app)/members/slips': ['secretary', () => '/members/slips'],
};

const pages = {} as Record<Who, Page>;
const seen = {} as { -readonly [Key in keyof Seen]: string };

beforeAll(async () => {
  pages.nobody = await desk();
  const secretary = account('branch_secretary');
  pages.member = await bySlip(
    await desk(),
    account('member', ({ unitId }) => unitId === secretary.unitId),
  );
  pages.secretary = await bySlip(await desk(), secretary);
  pages.office = await asStaff(await desk(), account('office_officer'));
  pages.admin = await asStaff(await desk(), account('system_admin'));
  await findMeetings(pages.secretary, secretary.unitId);
  seen.news = await publishNews(pages.secretary, secretary.pin ?? '');
  seen.scan = await addPaper(pages.secretary);
  await settled();
});

const findMeetings = async (page: Page, unitId: string): Promise<void> => {
  const list = await page.request.get(`/content/live/${unitId}/branch.json`);
  const { meetings } = (await list.json()) as { meetings: { meetingId: string; state: string }[] };
  const pathOf = (state: RegExp) => `/meetings/${meetings.find((one) => state.test(one.state))?.meetingId}`;
  seen.tonight = pathOf(/published|open/);
  seen.lastMonth = pathOf(/closed/);
};

/** A bulletin of the branch; answers where members read it. */
const publishNews = async (page: Page, pin: string): Promise<string> => {
  await page.goto('/documents/news');
  // pressed too early it leads to what is missing
  await page.getByRole('button', { name: 'Xem lại và phát hành' }).click();
  await page.locator(':focus').and(page.getByLabel('Tiêu đề')).waitFor();
  await page.getByLabel('Tiêu đề').fill('Bản tin xem các màn hình');
  await page.getByLabel('Nội dung').fill('Chi bộ hoàn thành việc của tháng.\nĐường ra nhà văn hóa đã sửa xong.');
  await page.getByRole('button', { name: 'Xem lại và phát hành' }).click();
  await page.getByRole('button', { name: 'Phát hành', exact: true }).click();
  const link = page.getByRole('link', { name: 'Xem tài liệu' });
  const sure = page.getByRole('dialog').getByRole('button', { name: 'Phát hành' });
  await withPin(page, pin, () => sure.click(), link);
  return (await link.getAttribute('href')) ?? '';
};

/** A paper that has been read and waits to be looked through. */
const addPaper = async (page: Page): Promise<string> => {
  await page.goto('/documents/add');
  const input = page.locator('input[type=file]').last();
  await input.setInputFiles({ name: 'nghi-quyet.pdf', mimeType: 'application/pdf', buffer: await aPaper() });
  await page.waitForURL(/\/documents\/review\/./);
  await page.getByRole('button', { name: 'Lưu, phát hành sau' }).waitFor({ timeout: 60_000 });
  return new URL(page.url()).pathname;
};

it('knows who looks at every screen of the site', () => {
  expect(Object.keys(screens).toSorted()).toEqual(allRoutes());
});

/** Each size with one theme and each theme with one size: what axe finds depends on the one or the other. */
const looks = [
  { width: 360, height: 740, theme: 'light' },
  { width: 1280, height: 800, theme: 'dark' },
] as const;

describe('a screen of the site: axe finds nothing in light and dark, nothing scrolls sideways, all can be pressed', () => {
  it.each(Object.entries(screens))('%s', async (route, [who, addressOf]) => {
    const page = pages[who];
    await page.goto(addressOf(seen));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Đang mở…').waitFor({ state: 'hidden' });
    const name = route.replace(/\W+/g, '-');
    for (const { width, height, theme } of looks) {
      await page.setViewportSize({ width, height });
      await looking(page, { theme, text: '100' });
      await accessible(page);
      await fits(page, `at ${width}`);
      await pressable(page);
      await shot(page, `screen${name}-${width}-${theme}`);
      await looking(page, { theme, text: '200' });
      await fits(page, `at ${width} with letters of 200 %`);
      await shot(page, `screen${name}-${width}-200`);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await looking(page, { theme: 'light', text: '100' });
    await fits(page, 'at 320');
  });
});
