import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import {
  closePoll,
  createPoll,
  desk as deskOf,
  goToStep,
  open,
  openPoll,
  publish,
  recordHands,
  recordRoll,
  revise,
} from '#shared/meetings/contract.ts';
import { must, newAction } from '../../infra/load/population.ts';
import { announcedNow, inTheHall } from './hall.ts';
import { accessible, account, bySlip, desk, liveShows, phone, shot, useBrowser } from './journey.ts';
import { legibleFromAfar } from './legible.ts';
import { fits, looking } from './screens.ts';

useBrowser();

/** As televisions and projectors show it. */
const WALLS = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];
/** As long as an item of a real agenda gets. */
const LONG_TITLE =
  'Thảo luận, tự phê bình và phê bình; giải đáp kiến nghị của đảng viên; góp ý dự thảo nghị quyết về xây dựng nông thôn mới';

/** A question that does not fit four lines of the largest letters beside the code: from 8 m in most typefaces, in a wide one from 7 m. */
const LONG_FROM_MM = 7_000;
const LONG_QUESTION = 'Thông qua nghị quyết về đường hoa, giao thông nội đồng và quỹ khuyến học của thôn năm 2027?';
/** As long as a question may be: it stands whole, in letters that are read from 4.5 m, in a wide typeface from 4 m. */
const LONGEST_QUESTION = `${LONG_TITLE}; ${LONG_TITLE.toLowerCase()}; giao chi ủy thực hiện và báo cáo chi bộ hằng tháng?`;
const LONGEST_FROM_MM = 4_000;
/** Beside a result, which is what the hall reads, its question may be small. */
const ABOUT_FROM_MM = 2_500;

/** Every part of the wall that the hall must read, on every wall. */
const readFromAfar = async (
  wall: Page,
  parts: Readonly<Record<string, string>>,
  name: string,
  nearer: Readonly<Record<string, number>> = {},
): Promise<void> => {
  for (const size of WALLS) {
    await wall.setViewportSize(size);
    for (const [what, selector] of Object.entries(parts))
      await legibleFromAfar(wall, selector, `${what} at ${size.width}`, nearer[what]);
    const more = await wall.evaluate('document.querySelector("dialog").scrollHeight > innerHeight + 1');
    expect(more, `the wall scrolls at ${size.width}`).toBe(false);
    await shot(wall, `${name}-${size.width}`);
  }
};

test('the hall reads step, clock, count and code from its wall, and a phone checks in by that code alone', async () => {
  const hall = await inTheHall();
  const wall = await bySlip(await desk(), account('branch_secretary'));
  await wall.goto(`/meetings/${hall.meetingId}/hall`);
  await wall.getByText(/đã bấm/).waitFor();
  await wall.getByRole('button', { name: 'Hiện mã điểm danh' }).click();
  await wall.getByLabel('Mã PIN', { exact: true }).fill(account('branch_secretary').pin ?? '');
  await wall.getByRole('button', { name: 'Xác nhận' }).click();
  const code = wall.getByRole('region', { name: 'Mã điểm danh' });
  await code.waitFor();
  await accessible(wall);
  await shot(wall, 'hall');
  await readFromAfar(
    wall,
    { question: 'h2', turnout: '.turnout', clock: 'time', code: '.digits', heads: '.count strong' },
    'hall-vote',
  );
  await wall.setViewportSize({ width: 1280, height: 800 });
  await looking(wall, { theme: 'dark', text: '200' });
  await accessible(wall);
  await fits(wall, 'with letters of 200 %');
  const digits = /(\d{3}) (\d{3})/.exec((await code.textContent()) ?? '');
  expect(digits).not.toBeNull();

  const member = await bySlip(await phone(), account('scribe'));
  await member.goto(`/meetings/${hall.meetingId}`);
  const field = member.getByLabel('Mã 6 số trên màn hình hội trường');
  // the phone hears by its next look that a code is asked for
  await field.waitFor({ timeout: 60_000 });
  await field.fill('000000');
  await member.getByRole('button', { name: 'Điểm danh' }).click();
  await member.getByText('Mã này không đúng').waitFor();
  await accessible(member);
  await field.fill(`${digits?.[1]} ${digits?.[2]}`);
  await member.getByRole('button', { name: 'Điểm danh' }).click();
  await member.getByText('Đã điểm danh lúc').waitFor();
});

test('the hall reads a long item or question beside the code, and a result, from 8 m, by day and by night', async () => {
  const evening = await announcedNow();
  const { secretary, unitId, meetingId } = evening;
  const one = { unitId, meetingId };
  const { meeting, plan } = await must('the desk', secretary.ask(deskOf, one));
  const [first, second, ...others] = plan.agenda;
  if (!first || !second) throw new Error('the agenda has no second item');
  const agenda = [first, { ...second, title: LONG_TITLE }, ...others];
  await must('revise', secretary.ask(revise, { ...one, version: meeting.version, plan: { ...plan, agenda } }));
  await must('publish', secretary.ask(publish, one));
  await must('open', secretary.ask(open, one));
  await must('the next step', secretary.ask(goToStep, { ...one, stepId: second.id }));

  const wall = await bySlip(await desk(), account('branch_secretary'));
  await liveShows(wall, unitId, `/meetings/${meetingId}`, ({ stepId }) => stepId === second.id);
  await wall.goto(`/meetings/${meetingId}/hall`);
  await wall.getByRole('heading', { name: LONG_TITLE }).waitFor();
  await wall.getByRole('button', { name: 'Hiện mã điểm danh' }).click();
  await wall.getByLabel('Mã PIN', { exact: true }).fill(account('branch_secretary').pin ?? '');
  await wall.getByRole('button', { name: 'Xác nhận' }).click();
  await wall.getByRole('region', { name: 'Mã điểm danh' }).waitFor();
  const parts = { item: 'h2', clock: 'time', code: '.digits', heads: '.count strong' };
  await readFromAfar(wall, parts, 'hall-item');
  await looking(wall, { theme: 'dark', text: '100' });
  await readFromAfar(wall, parts, 'hall-item-dark');

  const there = ['branch_secretary', 'scribe', 'deputy_secretary'].map((role) => account(role).memberId as MemberId);
  // a long question on the phones, then one as long as any may be: each whole beside the code and the count
  const asked = { question: 'h2', turnout: '.turnout', clock: 'time', code: '.digits', heads: '.count strong' };
  for (const [at, question] of [LONG_QUESTION, LONGEST_QUESTION].entries()) {
    expect(question.length).toBeLessThanOrEqual(300);
    const poll = { ...one, actionId: newAction(), decision: 'conclusion' as const, question };
    const { meeting: asking } = await must('a question', secretary.ask(createPoll, poll));
    const { pollId } = (asking.state === 'open' && asking.polls.at(-1)) || {};
    if (!pollId) throw new Error('the question was not put');
    await must('a vote', secretary.ask(openPoll, { ...one, pollId }));
    await liveShows(wall, unitId, `/meetings/${meetingId}`, ({ polls }) => polls.length === at + 1);
    await wall.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await wall.getByRole('heading', { name: question, exact: true }).waitFor();
    await wall.getByText(/đã bấm/).waitFor();
    await readFromAfar(wall, asked, `hall-question-${at + 1}`, { question: at === 0 ? LONG_FROM_MM : LONGEST_FROM_MM });
    await must('no vote', secretary.ask(closePoll, { ...one, pollId }));
  }

  const marks = there.map((memberId) => ({ memberId, status: 'present' as const, was: 'unmarked' as const }));
  await must('the roll', secretary.ask(recordRoll, { ...one, marks }));
  const vote = { decision: 'conclusion' as const, question: `${LONG_TITLE}?`, witnessId: there[1] as MemberId };
  const hands = { agree: 2, disagree: 1, other: 0 };
  await must('a vote by hands', secretary.ask(recordHands, { ...one, ...vote, actionId: newAction(), hands }));
  await liveShows(wall, unitId, `/meetings/${meetingId}`, ({ polls }) => polls.length === 3);
  await wall.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  await wall.getByText('Không được thông qua').waitFor();
  const result = { clock: 'time', code: '.digits', result: 'h2', tally: 'dl dt, dl dd', about: '.question' };
  await readFromAfar(wall, result, 'hall-result', { about: ABOUT_FROM_MM });
  // the hall goes on, and its wall with it
  const third = others[0];
  if (!third) throw new Error('the agenda has no third item');
  await must('the next step', secretary.ask(goToStep, { ...one, stepId: third.id }));
  await liveShows(wall, unitId, `/meetings/${meetingId}`, ({ stepId }) => stepId === third.id);
  await wall.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  await wall.getByRole('heading', { name: third.title }).waitFor();
  expect(await wall.locator('dl').count()).toBe(0);
});
