import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MEETING_ALL_LIMIT, MEETING_JS_LIMIT, measureBuild } from './budget.ts';

const routes = [...measureBuild(join(import.meta.dirname, '..'))].filter(([route]) =>
  /^\/\(app\)\/(meetings|me)(\/|$)/.test(route),
);

describe('bytes of a first visit', () => {
  it.each(routes)('stay within what hall Wi-Fi carries: %s', (_, { js, all, files }) => {
    expect(js, JSON.stringify(files.slice(0, 8))).toBeLessThanOrEqual(MEETING_JS_LIMIT);
    expect(all, JSON.stringify(files.slice(0, 8))).toBeLessThanOrEqual(MEETING_ALL_LIMIT);
  });
});
