import { randomBytes } from 'node:crypto';
import { writePerson } from '#runtime/identity.ts';
import { type Answered, aHouse } from '#runtime/testing.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Role } from '#shared/kernel/permissions.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { anEdgeStore, aSecret } from '../../infra/local/testing.ts';

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
