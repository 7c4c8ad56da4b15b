import dns from 'node:dns';

let installed = false;

/**
 * Lets every name under `.localhost` lead to this machine within this thread, as RFC 6761 §6.3 asks for and as not every
 * system does. Called once by whatever runs functions locally, before they make their clients.
 */
export const resolveLocalhost = (): void => {
  if (installed) return;
  installed = true;
  const systemLookup = dns.lookup as (hostname: string, ...rest: readonly unknown[]) => void;
  const lookup = (hostname: string, ...rest: readonly unknown[]) =>
    systemLookup(hostname.endsWith('.localhost') ? '127.0.0.1' : hostname, ...rest);
  // the built-in's many overloads all take the name first
  dns.lookup = lookup as typeof dns.lookup;
};
