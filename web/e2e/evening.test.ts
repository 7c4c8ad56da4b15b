import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { clockOf, dayOf, instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import type { LiveMeeting } from '#shared/meetings/model.ts';
import {
  type Account,
  accessible,
  account,
  accounts,
  asStaff,
  bySlip,
  desk,
  inSteps,
  liveShows,
  type Size,
  settled,
  shot,
  sizes,
  useBrowser,
  withPin,
} from './journey.ts';
import { fits } from './screens.ts';
import { countWork } from './work.ts';

useBrowser();

/**
 * The main story: a branch prepares, holds and closes its meeting. Four people of one branch and one of another, with the
 * secretary's PIN, up to the adopted minutes as a Word file and the evening as the organisation above sees it. Once with
 * phones, once with the screens of an office.
 */
const secretary = () => account('branch_secretary');
const members = () => accounts().filter(({ role }) => role === 'member');
const pin = () => secretary().pin ?? '';

describe.each(Object.keys(sizes) as Size[])('a branch holds its meeting on the handbook: %s', (size) => {
  inSteps();
  const title = `Sinh hoạt chi bộ thử ${size} ${Date.now().toString(36)}`;
  let path = '';
  let secretaryPage: Page;
  let memberPage: Page;
  let scribePage: Page;
  let probationaryPage: Page;

  const enter = async (who: Account): Promise<Page> => bySlip(await sizes[size](), who);
  const picture = (page: Page, name: string) => shot(page, size === 'phone' ? name : `${name}-${size}`);

  beforeAll(async () => {
    secretaryPage = await enter(secretary());
    memberPage = await enter(members()[0] as Account);
    scribePage = await enter(account('scribe'));
    probationaryPage = await enter(account('probationary_member'));
  });

  const shown = (isThere: (live: LiveMeeting) => boolean) => liveShows(memberPage, secretary().unitId, path, isThere);

  test('the secretary prepares from last month and publishes', async () => {
    const page = secretaryPage;
    await page.goto('/meetings');
    const work = await countWork(page);
    await page.getByRole('link', { name: 'Chuẩn bị buổi sinh hoạt' }).click();
    await page.getByRole('button', { name: 'Thường kỳ' }).click();
    await page.waitForURL(/\/prepare$/);
    path = new URL(page.url()).pathname.replace(/\/prepare$/, '');
    const soon = instantOf(Date.now() + 5 * MINUTE_MS);
    await page.getByLabel('Tên buổi sinh hoạt').fill(title);
    await page.getByLabel('Ngày').fill(dayOf(soon));
    await page.getByLabel('Giờ', { exact: true }).fill(clockOf(soon));
    // all else came from the month before
    expect(await page.getByLabel('Địa điểm').inputValue()).toBe('Nhà văn hóa thôn Nam');
    expect(await page.getByLabel('Chủ trì').inputValue()).toBe(secretary().memberId);
    expect(await page.getByLabel('Thư ký').inputValue()).toBe(account('scribe').memberId);
    await accessible(page);
    await picture(page, 'prepare');
    await page.getByRole('button', { name: 'Xem trước, phát hành' }).click();
    await page.getByRole('button', { name: 'Phát hành', exact: true }).click();
    await page.getByRole('link', { name: 'Xem như đảng viên' }).waitFor();
    console.log(`${size}: prepared from last month with ${work.taps} taps, ${work.letters} letters`);
    expect(work.taps).toBeLessThanOrEqual(12);
  });

  test('a member opens the handbook and has checked in with two taps at most', async () => {
    const page = memberPage;
    const link = page.getByRole('link', { name: title });
    const card = page.getByRole('article', { name: title });
    await settled();
    // the edge may serve the branch's list of some seconds ago
    const listed = async () => {
      await page.goto('/meetings');
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      return link.or(card).first().isVisible();
    };
    await expect.poll(listed, { timeout: 60_000, interval: 1_000 }).toBe(true);
    await accessible(page);
    await picture(page, 'home');
    const work = await countWork(page);
    // late in the evening the branch's other meeting of today may still be the next one
    if (await link.isVisible()) {
      await link.click();
      await page.waitForURL(`**${path}`);
    }
    await page.getByRole('button', { name: 'Điểm danh' }).click();
    await page.getByText('Đã điểm danh lúc').waitFor();
    console.log(`${size}: from the link to checked in with ${work.taps} taps`);
    expect(work.taps).toBeLessThanOrEqual(2);
    await page.waitForURL(`**${path}`);
    await page.getByRole('heading', { name: 'Chương trình' }).waitFor();
    await accessible(page);
    await picture(page, 'meeting');
    await page.reload();
    await page.getByText('Đã điểm danh lúc').waitFor();
  });

  test('one who is not invited does not even see it', async () => {
    const page = await enter(account('other_branch_member'));
    await page.goto(path);
    await page.getByRole('alert').waitFor();
    expect(await page.getByText(title).count()).toBe(0);
  });

  test('the secretary opens, the scribe ticks the roll for those without a phone', async () => {
    await secretaryPage.goto(`${path}/run`);
    await secretaryPage.getByRole('button', { name: 'Khai mạc' }).click();
    await secretaryPage.getByRole('button', { name: 'Sang phần sau' }).waitFor();

    const page = scribePage;
    await page.goto(`${path}/run`);
    await page.getByRole('button', { name: 'Còn lại đều có mặt' }).waitFor();
    const elder = account('elder').name;
    const row = page.getByRole('group', { name: new RegExp(elder) });
    await row.getByRole('button', { name: 'Có mặt' }).click();
    await row.getByRole('button', { name: 'Có mặt', pressed: true }).waitFor();
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await row.getByRole('button', { name: 'Có mặt', pressed: false }).waitFor();
    await row.getByRole('button', { name: 'Vắng có lý do' }).click();
    await page.getByRole('button', { name: 'Còn lại đều có mặt' }).click();
    await page.getByRole('button', { name: 'Chưa ghi: 0' }).waitFor();
    await accessible(page);
    await picture(page, 'roll');
  });

  test('a member says what he thinks; the secretary answers; he sees the answer', async () => {
    const page = memberPage;
    await page.getByRole('button', { name: 'Viết ý kiến' }).click();
    const field = page.getByLabel('Ý kiến', { exact: true });
    const said = `Đề nghị sửa đường ra nhà văn hóa trước Tết. https://ban-do.example.vn/${'thon-nam'.repeat(20)}`;
    await field.fill(said);
    // his phone needed its memory for a call
    await page.reload();
    await page.getByRole('button', { name: 'Viết ý kiến' }).click();
    expect(await field.inputValue()).toBe(said);
    await page.getByRole('button', { name: 'Gửi ý kiến' }).click();
    await page.getByText('Đề nghị sửa đường').waitFor();
    await fits(page, 'with a long address in an opinion');

    await secretaryPage.goto(`${path}/run`);
    await secretaryPage.getByRole('tab', { name: /Ý kiến/ }).click();
    await secretaryPage.getByText('Đề nghị sửa đường').waitFor();
    await secretaryPage.getByRole('button', { name: 'Trả lời', exact: true }).click();
    await secretaryPage.getByLabel(/^Trả lời đồng chí/).fill('Đã đưa vào kế hoạch tháng 12.');
    // somebody comes in late: the roll is ticked, and what was typed is still there
    await secretaryPage.getByRole('tab', { name: /Điểm danh/ }).click();
    await secretaryPage.getByRole('tab', { name: /Ý kiến/ }).click();
    await fits(secretaryPage, 'with a long address in an opinion');
    await secretaryPage.getByRole('button', { name: 'Lưu trả lời' }).click();
    await secretaryPage.getByText('Đã đưa vào kế hoạch tháng 12.').waitFor();
    await page.reload();
    await page.getByText('Đã đưa vào kế hoạch tháng 12.').waitFor();
  });

  test('the vote: base by rule, three taps, nothing shown before it is closed, hands added, the result for all', async () => {
    const page = secretaryPage;
    await page.getByRole('tab', { name: /Biểu quyết/ }).click();
    await page.getByLabel('Câu hỏi', { exact: true }).fill('Thông qua nghị quyết tháng mười?');
    await page.getByRole('button', { name: 'Thêm câu hỏi' }).click();
    // the wrong month: nobody could vote on it yet
    await page.getByRole('button', { name: 'Bỏ câu hỏi này' }).click();
    await page.getByText('tháng mười').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Thêm câu hỏi' }).click();
    await page.getByText(/Tính trên \d+ đảng viên/).waitFor();
    const opens = page.getByRole('button', { name: 'Mở biểu quyết' });
    await withPin(page, pin(), () => opens.click(), page.getByRole('button', { name: 'Đóng biểu quyết' }));

    const source = await sourceOf(memberPage, path);
    // phones look every 20 seconds until a vote is open: none is made to wait for the next look here
    await shown(({ polls }) => polls.some(({ state }) => state === 'open'));
    await memberPage.goto(path);
    const work = await countWork(memberPage);
    await memberPage.getByRole('button', { name: 'Đồng ý', exact: true }).click({ timeout: 60_000 });
    await accessible(memberPage);
    await picture(memberPage, 'vote');
    await memberPage.getByRole('button', { name: 'Xác nhận' }).click();
    await memberPage.getByText('Đồng chí đã chọn').waitFor();
    expect(work.taps).toBeLessThanOrEqual(3);
    expect(await memberPage.getByText('Được thông qua').count()).toBe(0);
    // no page and no kept file tells more with a ballot cast than without one, whoever looks
    expect(await sourceOf(memberPage, path)).toBe(source);
    for (const looker of [secretaryPage, memberPage, scribePage]) expect(await keptResults(looker, path)).toEqual([]);

    await probationaryPage.goto(path);
    await probationaryPage.getByRole('button', { name: 'Đồng ý', exact: true }).click();
    await probationaryPage.getByRole('button', { name: 'Xác nhận' }).click();
    await probationaryPage.getByRole('alert').waitFor();
    expect(await probationaryPage.getByText('Đồng chí đã chọn').count()).toBe(0);

    await page.getByRole('button', { name: 'Đóng biểu quyết' }).click();
    await page.getByRole('button', { name: 'Công bố kết quả' }).waitFor();
    // the one ballot of a phone is counted first: who pressed a key raises no hand
    await page.getByText('Trên điện thoại có 1 phiếu').waitFor();
    const counted = await page.getByText(/nhiều nhất \d+/).textContent();
    const left = Number((counted ?? '').match(/nhiều nhất (\d+)/)?.[1]);
    expect(left).toBeGreaterThan(0);
    await page.getByLabel(/^Đồng ý/).fill(String(left));
    await accessible(page);
    await picture(page, 'hands');
    await page.getByRole('button', { name: 'Công bố kết quả' }).click();
    await page.getByText('Được thông qua').first().waitFor();
    await shown(({ polls }) => polls.every(({ state }) => state === 'published'));
    await memberPage.reload();
    await memberPage.getByText('Được thông qua').waitFor({ timeout: 60_000 });
    // what was looked for stands there now
    expect(await keptResults(memberPage, path)).not.toEqual([]);
  });

  test('the end: conclusion, task, rating, closing, minutes adopted and read as a Word file', async () => {
    const page = secretaryPage;
    await page.goto(`${path}/run`);
    const work = await countWork(page);
    await page.getByRole('link', { name: 'Kết thúc' }).click();
    await pasting(page, 'chữ '.repeat(1_100));
    await page.getByLabel('Kết luận', { exact: true }).press('ControlOrMeta+v');
    await page.getByText('Còn 400 chữ cái cuối chưa vào.').waitFor();
    await page.getByLabel('Kết quả tháng trước').fill('Chi bộ hoàn thành 9 trên 10 việc của tháng 10.');
    await page.getByLabel('Phương hướng, nhiệm vụ tháng tới').fill('Chuẩn bị tổng kết năm, sửa đường ra nhà văn hóa.');
    await page.getByLabel('Kết luận', { exact: true }).fill('Thống nhất các nội dung đã thảo luận.');
    await page.getByLabel('Thông tin thời sự, định hướng tư tưởng').fill('Bản tin sinh hoạt chi bộ tháng 11.');
    await page.getByRole('button', { name: 'Lưu, sang phân công' }).click();

    await page.getByLabel('Việc cần làm').fill('Vận động các hộ hai bên đường hiến đất');
    await page.getByLabel('Người làm').selectOption({ label: (members()[0] as Account).name });
    await page.getByLabel('Hạn hoàn thành').fill(dayOf(instantOf(Date.now() + 20 * 24 * 60 * MINUTE_MS)));
    await page.getByRole('button', { name: 'Giao việc' }).click();
    await page.getByText('Vận động các hộ').first().waitFor();
    await page.getByRole('button', { name: 'Sang đánh giá' }).click();

    await page.getByRole('heading', { name: 'Đánh giá chất lượng' }).waitFor();
    await picture(page, 'rating');
    for (const field of await page.getByLabel(/^\d(\.\d)?\. /).all()) {
      const criterion = (await field.inputValue()) === '' && (await labelOf(field)).split('. ')[0];
      if (criterion) await page.getByRole('button', { name: new RegExp(`điểm cho tiêu chí ${criterion}$`) }).click();
    }
    await page.getByRole('button', { name: 'Lưu, sang bế mạc' }).click();
    await page.getByRole('button', { name: 'Bế mạc', exact: true }).click();
    await page.getByRole('button', { name: 'Thông qua biên bản' }).waitFor();
    await accessible(page);
    await page.getByRole('button', { name: 'Thông qua biên bản' }).click();
    const word = page.getByRole('link', { name: 'Tải biên bản (Word)' });
    await word.waitFor({ timeout: 60_000 });
    console.log(`${size}: from the end to the adopted minutes with ${work.taps} taps, ${work.letters} letters`);
    expect(work.taps).toBeLessThanOrEqual(25);
    await picture(page, 'minutes');
    const answer = await page.request.get((await word.getAttribute('href')) ?? '');
    expect(answer.status()).toBe(200);
    expect((await answer.body()).subarray(0, 2).toString()).toBe('PK');
  });

  test('the member finds his task, and points for coming and speaking', async () => {
    await settled();
    await memberPage.goto('/tasks');
    await memberPage.getByText('Vận động các hộ').first().waitFor();
    await accessible(memberPage);
    await picture(memberPage, 'tasks');
    await memberPage.goto('/points');
    await memberPage
      .getByText(/Dự sinh hoạt|sinh hoạt/i)
      .first()
      .waitFor();
    await accessible(memberPage);
    await picture(memberPage, 'points');
  });
});

test('the organisation above sees the same evening, and makes its progress report', async () => {
  const page = await asStaff(await desk(), account('committee_assistant'));
  await page.goto('/reports');
  await page.getByText('Chi bộ thôn Nam').first().waitFor();
  await accessible(page);
  await shot(page, 'evening-above');
  await page.goto('/reports/progress');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await accessible(page);
  await shot(page, 'progress-report');
});

/** What the next paste puts in. */
const pasting = async (page: Page, text: string): Promise<void> => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
};

const labelOf = (field: Locator): Promise<string> =>
  field.evaluate((input) => (input as unknown as { labels: { textContent: string }[] }).labels[0]?.textContent ?? '');

/** The page as the edge hands it out. */
const sourceOf = async (page: Page, path: string): Promise<string> => (await page.request.get(path)).text();

/** Where on this phone a result of a vote of this meeting is kept: its files and its own databases. */
const keptResults = (page: Page, path: string): Promise<readonly string[]> =>
  // as text: what a browser offers is not known here
  page.evaluate<string[]>(`(async () => {
    const kept = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) kept.push([request.url, await (await cache.match(request)).text()]);
    }
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames)
        for (const row of await done(database.transaction(store).objectStore(store).getAll()))
          kept.push([name + '/' + store, JSON.stringify(row)]);
      database.close();
    }
    const ofIt = ([where, text]) => (where + text).includes(${JSON.stringify(path.split('/').at(-1))});
    return kept.filter(ofIt).flatMap(([where, text]) => (/"(result|tally)":\\{/.test(text) ? [where] : []));
  })()`);
