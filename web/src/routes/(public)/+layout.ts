/** Pages before the sign-in are made at build time, so that their words are there before any script. */
export const ssr = true;
export const prerender = true;
