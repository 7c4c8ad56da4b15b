/** Made on the phone: few come here, so no phone carries it along. */
export const ssr = false;
export const prerender = false;
