import { openEdgeStore } from '#runtime/edge-store.ts';
import { env } from '#runtime/env.ts';
import { weekOf, weeksKnown } from '#shared/access/rules.ts';
import { HOUR_MS, type Instant, millisecondsOf } from '#shared/kernel/time.ts';
import { contentKeyId, contentKeyOf, passKeyId, passKeyOf } from './keys.ts';
import { publishedPassKeys, publishPassKeys } from './store.ts';

const edgeStore = openEdgeStore('EDGE_STORE');

/** Where the edge function looks for its keys, and under which head it finds passes that were ended. */
export const CONTENT_SETTINGS = 'content';
export const ENDED = 'ended/';

/**
 * Publishes what is needed to check the passes and content cookies of last week, this week and the next. The edge first:
 * once the functions know a week's key, cookies are made with it. Repeating it changes nothing.
 */
export const publishKeys = async (now: Instant): Promise<void> => {
  const weeks = weeksKnown(now);
  const content = await Promise.all(weeks.map(async (week) => [contentKeyId(week), await contentKeyOf(week)] as const));
  const settings = { suffix: env('COOKIE_SUFFIX'), keys: Object.fromEntries(content) };
  await edgeStore.change({ [CONTENT_SETTINGS]: JSON.stringify(settings) });
  const open = await Promise.all(weeks.map(async (week) => [passKeyId(week), (await passKeyOf(week)).open] as const));
  await publishPassKeys(Object.fromEntries(open));
};

let seen: { week: number; at: number } | undefined;

/** Publishes the keys when this week's are not there yet: at the very first sign-in, or after a schedule that failed. */
export const ensureKeys = async (now: Instant): Promise<void> => {
  const week = weekOf(now);
  const at = millisecondsOf(now);
  if (seen?.week === week && Math.abs(at - seen.at) < HOUR_MS) return;
  const published = await publishedPassKeys();
  if (published[passKeyId(week)] !== (await passKeyOf(week)).open) await publishKeys(now);
  seen = { week, at };
};

/** Tells the edge which passes open nothing any more, until the second after which they are moot. */
export const tellEnded = async (ended: readonly { pass: string; expiresAt: number }[]): Promise<void> =>
  edgeStore.change(Object.fromEntries(ended.map(({ pass, expiresAt }) => [`${ENDED}${pass}`, String(expiresAt)])));

/** Takes out of the edge's list what has expired by itself. Answers how many. */
export const forgetEnded = async (now: Instant): Promise<number> => {
  const entries = Object.entries(await edgeStore.list());
  const moot = entries.filter(([key, until]) => key.startsWith(ENDED) && Number(until) * 1000 < millisecondsOf(now));
  await edgeStore.change(
    {},
    moot.map(([key]) => key),
  );
  return moot.length;
};
