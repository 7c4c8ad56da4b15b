import { expect, test, vi } from 'vitest';

vi.mock('$app/navigation', () => ({ goto: async () => undefined }));
const { ownPage } = await import('./coming-in.ts');

test.each([
  ['/meetings/cb/m1?tab=2', '/meetings/cb/m1?tab=2'],
  [null, '/'],
  ['', '/'],
  ['https://elsewhere.example/', '/'],
  ['//elsewhere.example/', '/'],
  ['/\\elsewhere.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in/staff', '/'],
  ['/slip', '/'],
])('after the sign-in %s leads to %s', (wanted, page) => {
  expect(ownPage(wanted)).toBe(page);
});
