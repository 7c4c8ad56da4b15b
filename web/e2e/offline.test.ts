import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { desk as deskOf, mine } from '#shared/meetings/contract.ts';
import type { Hall } from '../../infra/load/evening.ts';
import { must } from '../../infra/load/population.ts';
import { MEETING_ALL_LIMIT } from './budget.ts';
import { announcedNow, asPerson, inTheHall } from './hall.ts';
import { type HallNetwork, hallNetwork } from './hall-network.ts';
import {
  type Account,
  accessible,
  account,
  accounts,
  bySlip,
  personBySlip,
  phone,
  shot,
  useBrowser,
} from './journey.ts';

useBrowser();

/** A hall whose network comes and goes. */
let hall: Hall;
let path: string;
const networks: HallNetwork[] = [];
const member = (at: number) => accounts().filter(({ role }) => role === 'member')[at] as Account;

beforeAll(async () => {
  hall = await inTheHall();
  path = `/meetings/${hall.meetingId}`;
});
afterAll(() => {
  for (const network of networks) network.stop();
});

const behind = async (): Promise<[Page, HallNetwork]> => {
  const network = await hallNetwork();
  networks.push(network);
  return [await phone({ proxy: { server: network.server } }), network];
};

/** Opened once as a member does, until the phone has kept what it needs. */
const openedOnce = async (page: Page): Promise<void> => {
  await page.goto(path);
  await page.getByRole('heading', { name: 'Chương trình' }).waitFor();
  await page.evaluate('navigator.serviceWorker.ready');
  await page.reload();
  await page.getByRole('button', { name: 'Đồng ý', exact: true }).waitFor({ timeout: 60_000 });
  await page.waitForLoadState('networkidle');
  // the forms come a few seconds after what is to be read
  const form = () =>
    page.evaluate<number>(`caches.open('shell').then((all) => all.keys()).then((keys) => keys.length)`);
  let kept = 0;
  await expect
    .poll(
      async () => {
        const before = kept;
        kept = await form();
        return kept > 0 && kept === before;
      },
      { timeout: 60_000, interval: 4_000 },
    )
    .toBe(true);
};

/** What the server has of a member at this meeting. */
const recordOf = async ({ memberId }: Account) => {
  const { roll, opinions, turnout } = await must('the desk', hall.secretary.ask(deskOf, hall));
  return {
    marks: roll.filter((mark) => mark.memberId === memberId),
    opinions: opinions.filter((opinion) => opinion.memberId === memberId).map(({ text }) => text),
    voted: turnout[hall.pollId]?.voted,
  };
};

describe('a meeting opened once', () => {
  test('stays readable without a network, keeps what is done over a reload, sends it once, and refuses a vote', async () => {
    const who = member(0);
    const page = await bySlip(await phone(), who);
    await openedOnce(page);
    await page.context().setOffline(true);
    await page.reload();
    await page.getByRole('heading', { name: 'Chương trình' }).waitFor();
    await page.getByText(/chưa có mạng, cập nhật/).waitFor();
    await accessible(page);

    const enter = page.getByRole('button', { name: 'Điểm danh' });
    await enter.dblclick();
    await page.getByText('Lượt điểm danh đã giữ trên máy').waitFor();
    await page.getByRole('button', { name: 'Viết ý kiến' }).click();
    await page.getByLabel('Ý kiến', { exact: true }).fill('Viết khi nhà văn hóa mất mạng.');
    await page.getByRole('button', { name: 'Gửi ý kiến' }).dblclick();
    await page.getByText('Đang chờ mạng, có mạng sẽ tự gửi').waitFor();
    await page.getByText('2 việc đang chờ mạng').waitFor();
    await accessible(page);
    await shot(page, 'offline');

    await page.getByRole('button', { name: 'Đồng ý', exact: true }).click();
    await page.getByRole('button', { name: 'Xác nhận' }).click();
    await page.getByRole('alert').getByText('Chưa có mạng').first().waitFor();
    await shot(page, 'offline-vote');
    expect(await page.getByText('Đồng chí đã chọn').count()).toBe(0);

    await page.reload();
    await page.getByText('Lượt điểm danh đã giữ trên máy').waitFor();
    await page.getByText('Viết khi nhà văn hóa mất mạng.').waitFor();
    expect(await recordOf(who)).toMatchObject({ marks: [], opinions: [] });

    await page.context().setOffline(false);
    await page.getByText('Đã điểm danh lúc').waitFor();
    await page.getByText(/^Đã lưu, /).waitFor();
    expect(await page.getByText('việc đang chờ mạng').count()).toBe(0);
    const { marks, opinions, voted } = await recordOf(who);
    expect([marks.length, marks[0]?.status, opinions, voted]).toEqual([
      1,
      'present',
      ['Viết khi nhà văn hóa mất mạng.'],
      0,
    ]);
  });

  test('loses nothing and doubles nothing when answers are lost on the way', async () => {
    const who = member(1);
    const [page, network] = await behind();
    await bySlip(page, who);
    await openedOnce(page);
    network.losesAnswers = true;
    await page.getByRole('button', { name: 'Điểm danh' }).click();
    await page.getByRole('button', { name: 'Viết ý kiến' }).click();
    await page.getByLabel('Ý kiến', { exact: true }).fill('Câu trả lời của máy chủ bị mất.');
    await page.getByRole('button', { name: 'Gửi ý kiến' }).click();
    await expect.poll(() => network.lost).toBeGreaterThan(0);
    // kept on the phone: only then may it be put away
    await page.getByText('Câu trả lời của máy chủ bị mất.').waitFor();
    network.losesAnswers = false;
    await page.reload();
    await page.getByText('Đã điểm danh lúc').waitFor();
    await page.getByText(/^Đã lưu, /).waitFor();
    const { marks, opinions } = await recordOf(who);
    expect([marks.length, opinions]).toEqual([1, ['Câu trả lời của máy chủ bị mất.']]);

    // a vote whose answer is lost is told to the voter, and pressing again is the same ballot
    network.losesAnswers = true;
    await page.getByRole('button', { name: 'Đồng ý', exact: true }).click();
    await page.getByRole('button', { name: 'Xác nhận' }).click();
    await page.getByRole('alert').first().waitFor({ timeout: 60_000 });
    network.losesAnswers = false;
    await page.getByRole('button', { name: 'Xác nhận' }).dblclick();
    await page.getByText('Đồng chí đã chọn').waitFor();
    const own = await must('my record', (await asPerson(who)).ask(mine, hall));
    expect(own.ballots[hall.pollId]?.choice).toBe('agree');
    expect((await recordOf(who)).voted).toBe(1);
  });
});

/** Compressed bytes of a repeat visit with nothing new. Source: product.md §3.3. */
const REPEAT_VISIT_LIMIT = 5_000;

test('a repeat visit with nothing new costs 5 kB at most', async () => {
  const [page, network] = await behind();
  await bySlip(page, account('scribe'));
  await openedOnce(page);
  const context = page.context();
  await page.close();
  [network.bytes, network.passed.length] = [0, 0];
  const again = await context.newPage();
  await again.goto(path);
  await again.getByRole('heading', { name: 'Chương trình' }).waitFor();
  await again.getByRole('button', { name: 'Điểm danh' }).waitFor();
  await again.waitForLoadState('networkidle');
  console.log(`a repeat visit: ${network.bytes} bytes\n${network.passed.join('\n')}`);
  expect(network.bytes, network.passed.join('\n')).toBeLessThanOrEqual(REPEAT_VISIT_LIMIT);
  // what a later visit carries along opens without a network
  await expect.poll(() => again.evaluate("caches.match('/help').then((kept) => kept !== undefined)")).toBe(true);
  await context.setOffline(true);
  await again.goto('/help');
  await again.waitForLoadState('networkidle');
  await again.getByRole('heading', { name: 'Trợ giúp', exact: true }).waitFor();
});

test('a list of meetings that was looked at in the afternoon brings the evening along, without a function', async () => {
  const [page, network] = await behind();
  await page.clock.install();
  await bySlip(page, account('probationary_member'));
  await page.goto('/meetings');
  await page.getByRole('button', { name: 'Điểm danh' }).waitFor();
  await page.evaluate('navigator.serviceWorker.ready');
  await page.reload();
  await page.getByRole('button', { name: 'Điểm danh' }).waitFor();
  await page.waitForLoadState('networkidle');
  network.passed.length = 0;
  await page.clock.fastForward(60_000);
  let before = 0;
  const allHasCome = (): boolean => {
    const same = before > 0 && before === network.passed.length;
    before = network.passed.length;
    return same;
  };
  await expect.poll(allHasCome, { interval: 2_000 }).toBe(true);
  expect(network.passed.filter((line) => line.includes('/api/'))).toEqual([]);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole('link', { name: 'Xem chương trình, tài liệu' }).click();
  await page.getByRole('heading', { name: 'Chương trình' }).waitFor();
  await page.getByRole('button', { name: 'Viết ý kiến' }).waitFor();
});

/** A phone of a member who is signed in and has nothing of the handbook yet opens this page, and all that comes after it has come. */
const firstVisit = async (to: string): Promise<HallNetwork> => {
  const [page, network] = await behind();
  const domain = new URL(inject('url')).hostname;
  const jar = (await personBySlip(account('scribe'))).jar();
  await page.context().addCookies(jar.map((cookie) => ({ ...cookie, domain, secure: true, httpOnly: true })));
  await page.goto(to);
  await page.getByRole('heading', { name: 'Chương trình' }).waitFor();
  // the form, which comes some seconds later otherwise
  await page.getByRole('button', { name: 'Viết ý kiến' }).click();
  await page.getByLabel('Ý kiến', { exact: true }).waitFor();
  await page.evaluate('navigator.serviceWorker.ready');
  await page.evaluate('new Promise((done) => requestIdleCallback(done))');
  await page.waitForLoadState('networkidle');
  return network;
};

test('a first visit with nothing kept costs 100 kB at most with all that comes after, and asks functions twice', async () => {
  for (const to of [path, `/meetings/${(await announcedNow()).meetingId}`]) {
    const { bodies, passed } = await firstVisit(to);
    console.log(`a first visit: ${bodies} bytes in ${passed.length} answers`);
    expect(bodies, passed.join('\n')).toBeLessThanOrEqual(MEETING_ALL_LIMIT);
    const asked = passed.flatMap((line) => /^(?:GET|POST) (\/api\/\S+)/.exec(line)?.[1] ?? []);
    expect(asked.map((address) => address.split('/').at(-1)).sort()).toEqual(['mine', 'renew']);
  }
});
