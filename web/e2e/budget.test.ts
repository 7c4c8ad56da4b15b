import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesBeforeStart, MEETING_ALL_LIMIT, MEETING_JS_LIMIT, measureBuild } from './budget.ts';

const web = join(import.meta.dirname, '..');
const routes = [...measureBuild(web)].filter(([route]) => /^\/\(app\)\/(meetings|me)(\/|$)/.test(route));

describe('bytes of a first visit', () => {
  it.each(routes)('stay within what hall Wi-Fi carries: %s', (_, { js, all, files }) => {
    expect(js, JSON.stringify(files.slice(0, 8))).toBeLessThanOrEqual(MEETING_JS_LIMIT);
    expect(all, JSON.stringify(files.slice(0, 8))).toBeLessThanOrEqual(MEETING_ALL_LIMIT);
  });
});

it('lets the page say what it was made with before the core runs', () => {
  expect(bytesBeforeStart(web)).toBeLessThan(5_000);
});
