import { log } from '#runtime/log.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { forgetEnded, publishKeys } from './published-keys.ts';

/** Every night: next week's keys are known before they sign, and the edge's list of ended passes is tidied. */
export const handler = async (): Promise<void> => {
  const now = instantOf(Date.now());
  await publishKeys(now);
  log({ event: 'keys-published', count: await forgetEnded(now) });
};
