import { type Browser, chromium } from 'playwright-core';
import { chromiumOf } from '../../../infra/local/chromium.ts';

/** The real Chromium of this machine, without what a person at it would want and a test pays for. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumOf() ?? 'chromium',
    // a bare environment has no language, and Chromium then drops the accents of a download's name with the name
    env: { ...process.env, LANG: 'C.UTF-8' },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // each phone is a profile of its own: for none is a second process kept ready that no page ever uses
      '--disable-site-isolation-trials',
    ],
  });
