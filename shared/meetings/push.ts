import * as v from 'valibot';
import services from './push-services.json' with { type: 'json' };

/** The address at which a browser's own push service takes messages for it. It is a secret of that browser. */
export const PushAddress = v.pipe(v.string(), v.url(), v.maxLength(1000));
export type PushAddress = v.InferOutput<typeof PushAddress>;

/** Hosts of the push services of browsers. Nothing else is ever called: an address comes from outside. */
export const pushHosts: readonly string[] = services.hosts;

/** Whether the address belongs to one of these services (a host, or `*.` and what it ends with), by https and nothing unusual. */
export const isPushAddress = (address: string, hosts: readonly string[] = pushHosts): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username, password } = new URL(address);
  return (
    protocol === 'https:' &&
    port === '' &&
    username === '' &&
    password === '' &&
    hosts.some((host) => (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host))
  );
};
