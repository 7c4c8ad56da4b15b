/** One page for every address of the app; the few public pages say otherwise themselves. */
export const ssr = false;
export const prerender = false;
