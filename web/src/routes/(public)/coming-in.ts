import { itemsToCorrect } from '#lib/nine-items.ts';
import { keepWho } from '#lib/session.svelte.ts';
import type { Own } from '#shared/access/model.ts';
import { goto } from '$app/navigation';

const NONCE_UNDER = 'coming-in';

/**
 * The nonce of this phone for a code: the same one as long as the code has not let it in, so that an answer lost on the
 * way can be asked for again. Source: access.md §2.
 */
export const nonceFor = (code: string): string => {
  const [known, nonce] = (localStorage.getItem(NONCE_UNDER) ?? '').split(' ');
  if (known === code && nonce) return nonce;
  const fresh = newNonce();
  localStorage.setItem(NONCE_UNDER, `${code} ${fresh}`);
  return fresh;
};

export const newNonce = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Remembers who came in and opens the page he wanted; first his record, where he said at the door that something is wrong. */
export const comeIn = async (own: Own, wanted: string | null = null): Promise<void> => {
  localStorage.removeItem(NONCE_UNDER);
  keepWho(own);
  const page = itemsToCorrect().length > 0 ? '/members/record' : ownPage(wanted);
  await goto(page, { replaceState: true });
};

/** Only addresses of this site: `next` may have been written by anyone. */
export const ownPage = (wanted: string | null): string => {
  if (!wanted?.startsWith('/') || /^\/[/\\]/.test(wanted)) return '/';
  return wanted.startsWith('/sign-in') || wanted.startsWith('/slip') ? '/' : wanted;
};
