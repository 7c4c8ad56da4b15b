import { randomBytes } from 'node:crypto';
import { vi } from 'vitest';
import { writePerson } from '#runtime/identity.ts';
import { type Answered, aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import { exchangeSlip, issueSlips } from '#shared/access/contract.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Role } from '#shared/kernel/permissions.ts';
import { instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import { anEdgeStore, aSecret } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { ensureKeys } from './published-keys.ts';

/** Everything that the access functions are told by infra, on engines of this test file. */
export const anAccessHouse = async () => {
  await Promise.all([aHouse(), aSecret('KEYS_SECRET', randomBytes(48).toString('base64url'))]);
  process.env['STAFF_POOL'] = 'ap-southeast-1_Pool00001';
  process.env['STAFF_CLIENT'] = 'web-client';
  process.env['MEMBER_POOL'] = 'ap-southeast-1_Pool00002';
  process.env['MEMBER_CLIENT'] = 'member-client';
  return { edgeStore: await anEdgeStore('EDGE_STORE') };
};

export const aPerson = async (memberId: string, unitId: string, ...roles: readonly Role[]): Promise<void> =>
  writePerson({
    memberId: memberId as MemberId,
    name: `Đồng chí ${memberId}`,
    birthYear: 1956,
    unitId: unitId as UnitId,
    grants: (roles.length > 0 ? roles : (['member'] as const)).map((role) => ({
      role,
      unitId: unitId as UnitId,
      from: instantOf(0),
    })),
  });

export const branch = 'chi-bo-1' as UnitId;

/** The house with a commune of two branches, and the secretary of the first, stepped up. */
export const aBranchWithSecretary = async (): Promise<SignedIn> => {
  await anAccessHouse();
  await ensureKeys(instantOf(Date.now()));
  await Promise.all([
    aUnit('chi-bo-1', 'xa-1', 'tinh'),
    aUnit('chi-bo-2', 'xa-1', 'tinh'),
    aUnit('xa-1', 'tinh'),
    aUnit('tinh'),
  ]);
  const grants = [{ role: 'member' as const }, { role: 'branch_secretary' as const }];
  secretary = await signedIn({ memberId: 'bi-thu', unitId: branch, grants, stepUp: true });
  return secretary;
};
let secretary: SignedIn;

/** Minutes go by; what takes days is written into the record instead, since the engines check the clock of a request. */
export const minutesLater = (minutes: number): void => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + minutes * MINUTE_MS);
};

export const memberOf = (id: string): MemberId => id as MemberId;

/** A fresh member of the branch with a slip on paper. */
export const slipFor = async (memberId: string) => {
  await aPerson(memberId, branch);
  const actionId = crypto.randomUUID();
  const memberIds = [memberOf(memberId)];
  const issued = await call(handler, issueSlips, { unitId: branch, actionId, memberIds } as never, secretary);
  const [slip] = issued.body.slips;
  return { typed: slip.code as string, scanned: (slip.url as string).split('#')[1] as string, actionId, slip };
};
export const scanned = (code: string, nonce: string) => ({ way: 'scanned' as const, code, nonce });
export const typed = (code: string, nonce: string, birthYear = 1956) => ({
  way: 'typed' as const,
  code,
  nonce,
  birthYear,
});
export const exchange = (shown: ReturnType<typeof scanned> | ReturnType<typeof typed>) =>
  call(handler, exchangeSlip, shown);

/** A member who came in by a slip, with what his browser holds. */
export const newcomer = async (memberId: string) => {
  const { scanned: code } = await slipFor(memberId);
  const answer = await exchange(scanned(code, aNonce()));
  if (answer.status !== 200) throw new Error(`${memberId} did not come in: ${answer.body.code}`);
  return { browser: new Browser().take(answer), own: answer.body };
};
/** What his browser sends with an operation of this context. */
export const as = (browser: Browser) => browser.to('/api/access/');

/** A nonce as a phone makes it. */
export const aNonce = (): string => randomBytes(16).toString('hex');

/** The cookies a browser holds after these answers, by path: those it would send to an address. */
export class Browser {
  private readonly jar = new Map<string, { value: string; path: string; line: string }>();

  /** Takes over what an answer sets and clears. */
  take(answer: Pick<Answered, 'cookies'>): this {
    for (const line of answer.cookies) {
      const [pair = '', ...attributes] = line.split('; ');
      const at = pair.indexOf('=');
      const path = attributes.find((one) => one.startsWith('Path='))?.slice(5) ?? '/';
      const name = pair.slice(0, at);
      if (attributes.includes('Max-Age=0')) this.jar.delete(name);
      else this.jar.set(name, { value: pair.slice(at + 1), path, line });
    }
    return this;
  }

  /** What it sends to an address, as `call` wants it. */
  to(path: string): { cookies: string[] } {
    const sent = [...this.jar].filter(([, cookie]) => path.startsWith(cookie.path));
    return { cookies: sent.map(([name, { value }]) => `${name}=${value}`) };
  }

  /** Cookie lines as they were set. */
  get lines(): readonly string[] {
    return [...this.jar.values()].map(({ line }) => line);
  }

  value(name: string): string {
    return this.jar.get(name)?.value ?? '';
  }
}
