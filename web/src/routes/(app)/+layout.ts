import { error, redirect } from '@sveltejs/kit';
import { Outbox } from '#lib/outbox.svelte.ts';
import { Session } from '#lib/session.svelte.ts';
import type { LayoutLoad } from './$types';

/** Everything behind the sign-in. Pages below take `session` and `outbox` from `await parent()` in their `load`. */
export const load: LayoutLoad = async () => {
  const session = new Session();
  await session.open();
  if (session.state === 'unknown') error(503, 'offline');
  if (session.state !== 'in') redirect(307, `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  const outbox = new Outbox(session.me.memberId);
  await outbox.open();
  if (sessionStorage.length > 0) (await import('#lib/practice.ts')).resumePractice(session);
  return { session, outbox };
};
