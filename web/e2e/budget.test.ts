import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesBeforeStart, MEETING_ALL_LIMIT, MEETING_JS_LIMIT, measureBuild } from './budget.ts';

const web = join(import.meta.dirname, '..');
const routes = [...measureBuild(web)];
/** What a member opens at the meeting hour, and what only a secretary or scribe opens there. */
const members = routes.filter(([route]) => /^\/\(app\)\/(meetings|meetings\/\[meetingId\]|me)$/.test(route));
const secretarys = routes.filter(([route]) => /^\/\(app\)\/meetings\/(all|\[meetingId\]\/.+)$/.test(route));

describe('bytes of a first visit', () => {
  it.each(members)('stay within what hall Wi-Fi carries: %s', (_, { js, all, files }) => {
    expect(js, JSON.stringify(files.slice(0, 8))).toBeLessThanOrEqual(MEETING_JS_LIMIT);
    expect(all, JSON.stringify(files.slice(0, 8))).toBeLessThanOrEqual(MEETING_ALL_LIMIT);
  });

  it.each(secretarys)('stay within it for the one who keeps the record too: %s', (_, { all, files }) => {
    expect(all, JSON.stringify(files.slice(0, 8))).toBeLessThanOrEqual(MEETING_ALL_LIMIT);
  });

  it('are told for the screens they are promised for', () => {
    expect([members.length, secretarys.length]).toEqual([3, 6]);
  });
});

it('lets the page say what it was made with before the core runs', () => {
  expect(bytesBeforeStart(web)).toBeLessThan(5_000);
});
