import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { documentType } from '#shared/documents/model.ts';
import type { Day } from '#shared/kernel/time.ts';
import type { MadeUpPaper } from '../../functions/documents/testing.ts';
import { dayInFull } from '../src/lib/format.ts';

/** Some pages, on a machine that reads them one by one. */
export const reading = { timeout: 90_000 };

/** Where a file is chosen, beside the camera. */
export const chooser = (page: Page) => page.locator('input[type=file]:not([capture])');

/** Each field is right, or the page says to look; then it is made right. */
export const correctFields = async (page: Page, paper: MadeUpPaper): Promise<void> => {
  const fields = [
    { label: 'Số, ký hiệu', printed: paper.number },
    { label: 'Ngày ban hành', printed: paper.day },
  ];
  for (const { label, printed } of fields) {
    const field = page.getByLabel(label);
    const read = await field.inputValue();
    const hint = await page.locator(`#${await field.getAttribute('aria-describedby')}`).textContent();
    if (read !== printed) expect(hint, `${label}: ${read} for ${printed}`).toMatch(/chưa chắc|không thấy/);
    await field.fill(printed);
  }
  // a browser in English shows the month first: the day stands below in our own words
  await page.getByText(dayInFull(paper.day as Day), { exact: true }).waitFor();
  await page.getByLabel('Loại văn bản').selectOption(paper.type.id);
  await page.getByLabel('Nơi ban hành').fill(paper.issuer);
  await page.getByLabel('Trích yếu').fill(paper.abstract);
};

/** Sends the paper out that is looked through on this page. */
export const publish = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Phát hành', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Phát hành', exact: true }).click();
  await page.getByText('Đã phát hành').first().waitFor();
};

/** How a paper is called on its page. */
export const headOf = ({ type, number }: MadeUpPaper): string => `${documentType(type.id as 'plan').name} ${number}`;
