import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS } from '#shared/kernel/time.ts';
import { desk as deskOf } from '#shared/meetings/contract.ts';
import { must } from '../../infra/load/population.ts';
import { type Announced, announcedNow } from './hall.ts';
import {
  type Account,
  accessible,
  account,
  accounts,
  bySlip,
  desk,
  inSteps,
  phone,
  settled,
  shot,
  useBrowser,
  withPin,
} from './journey.ts';

useBrowser();

/**
 * One evening on six screens at once: the secretary, the scribe, three members and the wall of the hall. One member has no
 * network in the middle of it, one reloads, one has a phone whose clock is two days ahead. At the end everybody's acts are stored
 * once and everybody sees the same.
 */
const secretSaid = 'Chọn làm đường trước, nhà văn hóa sau?';
const namedSaid = 'Thông qua nghị quyết sửa đường?';
let evening: Announced;
let path: string;
let people: { readonly away: Account; readonly reloading: Account; readonly ahead: Account };
let pages: Record<'secretary' | 'scribe' | 'away' | 'reloading' | 'ahead' | 'wall', Page>;
const members = () => [pages.away, pages.reloading, pages.ahead] as const;

/** A phone whose owner set the date two days ahead. */
const TWO_DAYS_AHEAD = `{
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given) { given.length === 0 ? super(Right.now() + ${2 * DAY_MS}) : super(...given); }
    static now() { return Right.now() + ${2 * DAY_MS}; }
  };
}`;

/** Somebody looks at the screen until this stands there: phones look by themselves only every some seconds. */
const sees = async (page: Page, what: Locator): Promise<void> => {
  const looked = async () => {
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    return what.first().isVisible();
  };
  await expect.poll(looked, { timeout: 60_000, interval: 1_000 }).toBe(true);
};
const cardOf = (page: Page, question: string) => page.getByRole('article', { name: question });
/** Who has no phone with him tonight. */
const ticked = () => [account('deputy_secretary'), account('scribe')];
const pin = () => account('branch_secretary').pin ?? '';

beforeAll(async () => {
  const [first, second] = accounts().filter(({ role }) => role === 'member') as [Account, Account];
  const third = account('elder');
  people = { away: first, reloading: second, ahead: third };
  evening = await announcedNow();
  path = `/meetings/${evening.meetingId}`;
  const [secretary, scribe, away, reloading] = await Promise.all([
    bySlip(await desk(), account('branch_secretary')),
    bySlip(await phone(), account('scribe')),
    bySlip(await phone(), first),
    bySlip(await phone(), second),
  ]);
  // the same person's second slip: it voids an earlier one that is still out
  const wall = await bySlip(await desk(), account('branch_secretary'));
  const late = await phone();
  await late.addInitScript(TWO_DAYS_AHEAD);
  pages = { secretary, scribe, away, reloading, ahead: await bySlip(late, third), wall };
});

describe('an evening on six screens', () => {
  inSteps();
  test('the wall shows the code, and members check in by it: with a network, without one, with a wrong clock', async () => {
    const { secretary, scribe, away, reloading, ahead, wall } = pages;
    await Promise.all([
      ...members().map((page) => page.goto(path)),
      secretary.goto(`${path}/run`),
      scribe.goto(`${path}/run`),
      wall.goto(`${path}/hall`),
    ]);
    const code = wall.getByRole('region', { name: 'Mã điểm danh' });
    const show = wall.getByRole('button', { name: 'Hiện mã điểm danh' });
    await withPin(wall, pin(), () => show.click(), code);
    await secretary.getByRole('button', { name: 'Khai mạc' }).click();
    await settled();
    const field = (page: Page) => page.getByLabel('Mã 6 số trên màn hình hội trường');
    await Promise.all(members().map((page) => sees(page, field(page))));

    await away.context().setOffline(true);
    const digits =
      /(\d{3}) (\d{3})/
        .exec((await code.textContent()) ?? '')
        ?.slice(1)
        .join('') ?? '';
    await Promise.all(
      members().map(async (page) => {
        await field(page).fill(digits);
        await page.getByRole('button', { name: 'Điểm danh' }).click();
      }),
    );
    await away.getByText('Lượt điểm danh đã giữ trên máy').waitFor();
    await away.getByRole('button', { name: 'Viết ý kiến' }).click();
    // spoken with the phone's own keyboard: it is told that Vietnamese sentences come
    const words = away.getByLabel('Ý kiến', { exact: true });
    const told = ['lang', 'inputmode', 'autocapitalize', 'enterkeyhint'].map((name) => words.getAttribute(name));
    expect(await Promise.all(told)).toEqual(['vi', 'text', 'sentences', 'enter']);
    await words.fill('Viết khi máy mất mạng.');
    await away.getByRole('button', { name: 'Gửi ý kiến' }).click();
    await away.getByText('Đang chờ mạng, có mạng sẽ tự gửi').waitFor();
    await Promise.all([reloading, ahead].map((page) => page.getByText('Đã điểm danh lúc').waitFor()));
    await reloading.reload();
    await reloading.getByText('Đã điểm danh lúc').waitFor();

    for (const { name } of ticked()) {
      const row = scribe.getByRole('group', { name: `Điểm danh ${name}` });
      await row.getByRole('button', { name: 'Có mặt' }).click();
      await row.getByRole('button', { name: 'Có mặt', pressed: true }).waitFor();
    }
  });

  test('a secret vote: four words on each phone, nothing before it is closed, papers of the hall with a witness', async () => {
    const { secretary, scribe, away } = pages;
    await secretary.getByRole('tab', { name: /Biểu quyết/ }).click();
    await secretary.getByLabel('Việc biểu quyết').selectOption('conclusion');
    await secretary.getByLabel('Bỏ phiếu kín').check();
    await secretary.getByRole('textbox', { name: 'Câu hỏi' }).fill(secretSaid);
    await secretary.getByRole('button', { name: 'Thêm câu hỏi' }).click();
    await secretary.getByText('Ít người, khó giữ kín').waitFor();
    await accessible(secretary);
    await shot(secretary, 'secret-few');
    const opens = secretary.getByRole('button', { name: 'Mở biểu quyết' });
    await withPin(secretary, pin(), () => opens.click(), secretary.getByRole('button', { name: 'Đóng biểu quyết' }));
    await settled();

    await away.context().setOffline(false);
    await away.evaluate(`window.dispatchEvent(new Event('online'))`);
    await away.getByText('Đã điểm danh lúc').waitFor();
    await Promise.all(
      members().map(async (page, at) => {
        const card = cardOf(page, secretSaid);
        await sees(page, card);
        if (at === 0) await shot(page, 'secret-call');
        await card.getByRole('button', { name: 'Đồng ý', exact: true }).click();
        await card.getByRole('button', { name: 'Bỏ phiếu kín' }).click();
        await card.getByText('Phiếu kín của đồng chí đã vào hòm.').waitFor();
        await page.evaluate('window.scrollTo(0, 0)');
        expect(await page.getByText('mời đồng chí chọn').count()).toBe(0);
        expect(await card.getByText('Đồng ý').count()).toBe(0);
      }),
    );
    await cardOf(away, secretSaid).scrollIntoViewIfNeeded();
    await accessible(away);
    await shot(away, 'secret-receipt');

    await sees(secretary, secretary.getByText('3/5 phiếu đã vào hòm'));
    await secretary.getByRole('button', { name: 'Đóng biểu quyết' }).click();
    await secretary.getByText('Mọi phiếu giống nhau').waitFor();
    await secretary.getByLabel('Phiếu giấy: không đồng ý').fill('1');
    await secretary.getByText('Mọi phiếu giống nhau').waitFor({ state: 'detached' });
    const witness = secretary.getByLabel('Người chứng kiến kiểm đếm');
    expect(await witness.inputValue()).toBe(account('scribe').memberId);
    await accessible(secretary);
    await shot(secretary, 'secret-papers');
    await secretary.getByRole('button', { name: 'Công bố kết quả' }).click();
    await secretary.getByText('Điện thoại 3, giơ tay 0, phiếu giấy 1.').waitFor();

    await scribe.getByRole('tab', { name: /Biểu quyết/ }).click();
    const confirms = scribe.getByRole('button', { name: 'Tôi chứng kiến, số đếm đúng' });
    await sees(scribe, confirms);
    await shot(scribe, 'secret-witness');
    await confirms.click();
    await scribe.getByText(/Chứng kiến: .*, đã xác nhận/).waitFor();
  });

  test('a vote by name right after it, the end, and the same on all six screens', async () => {
    const { secretary, scribe, wall } = pages;
    await secretary.getByRole('button', { name: 'Thêm câu hỏi khác' }).click();
    await secretary.getByLabel('Việc biểu quyết').selectOption('resolution');
    await secretary.getByRole('textbox', { name: 'Câu hỏi' }).fill(namedSaid);
    await secretary.getByRole('button', { name: 'Thêm câu hỏi', exact: true }).click();
    await secretary.getByRole('button', { name: 'Mở biểu quyết' }).click();
    await secretary.getByRole('button', { name: 'Đóng biểu quyết' }).waitFor();
    await settled();
    await Promise.all(
      members().map(async (page, at) => {
        const card = cardOf(page, namedSaid);
        await sees(page, card);
        await card.getByRole('button', { name: at === 2 ? 'Không đồng ý' : 'Đồng ý', exact: true }).click();
        await card.getByRole('button', { name: 'Xác nhận' }).click();
        await card.getByText('Đồng chí đã chọn').waitFor();
      }),
    );
    await secretary.getByRole('button', { name: 'Đóng biểu quyết' }).click();
    await secretary.getByLabel(/^Đồng ý/).fill('2');
    await secretary.getByRole('button', { name: 'Công bố kết quả' }).click();
    await secretary.getByText('Điện thoại 3, giơ tay 2').waitFor();
    await secretary.goto(`${path}/end?at=closing`);
    await secretary.getByRole('button', { name: 'Bế mạc', exact: true }).click();
    await secretary.getByRole('button', { name: 'Thông qua biên bản' }).waitFor();
    await settled();

    await sees(wall, wall.getByRole('heading', { name: 'Buổi sinh hoạt đã kết thúc' }));
    await shot(wall, 'hall-closed');
    const shown = await Promise.all(
      members().map(async (page) => {
        await sees(page, page.getByText(/Đã kết thúc/));
        const secret = cardOf(page, secretSaid);
        await secret.getByRole('button', { name: 'Xem danh sách phiếu' }).click();
        await secret.getByText('3 phiếu trong hòm, xếp theo vần:').waitFor();
        const list = await secret.getByRole('listitem').allTextContents();
        expect(list.filter((line) => line.includes('(của đồng chí)'))).toHaveLength(1);
        const results = await Promise.all(
          [secretSaid, namedSaid].map((question) => cardOf(page, question).getByRole('definition').allTextContents()),
        );
        const there = await page.getByText(/^.*Có mặt \d+\/\d+ đảng viên/).textContent();
        return JSON.stringify([list.map((line) => line.replace(' (của đồng chí)', '')), results, there?.trim()]);
      }),
    );
    await shot(pages.ahead, 'secret-list');
    expect(new Set(shown).size).toBe(1);
    expect(shown[0]).toContain('Có mặt 5/');
    await scribe.getByText('Buổi sinh hoạt đã kết thúc').waitFor();

    const { roll, opinions, turnout, meeting } = await must('the desk', evening.secretary.ask(deskOf, evening));
    const present = [people.away, people.reloading, people.ahead, ...ticked()];
    expect(
      roll
        .filter(({ status }) => status === 'present')
        .map(({ memberId }) => memberId)
        .toSorted(),
    ).toEqual(present.map(({ memberId }) => memberId).toSorted());
    expect(opinions.map(({ memberId, text }) => [memberId, text])).toEqual([
      [people.away.memberId, 'Viết khi máy mất mạng.'],
    ]);
    if (meeting.state !== 'closed') throw new Error('the meeting is not closed');
    const [secret, named] = meeting.polls;
    if (!secret || !named) throw new Error('a vote is missing');
    expect([turnout[secret.pollId]?.voted, turnout[named.pollId]?.voted]).toEqual([3, 3]);
    expect(secret).toMatchObject({
      result: { phones: { agree: 3 }, papers: { disagree: 1 }, witness: { confirmedAt: expect.any(String) } },
    });
    expect(named).toMatchObject({ result: { phones: { agree: 2, disagree: 1 }, hands: { agree: 2 } } });
  });
});
