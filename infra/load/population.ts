import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exchangeSlip, issueSlips, setPin } from '#shared/access/contract.ts';
import type { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { createUnit, grantRole, importRows } from '#shared/members/contract.ts';
import type { UnitKind } from '#shared/members/model.ts';
import { ROWS_AT_ONCE, type SentRow } from '#shared/members/roll.ts';
import { followed } from './own-copy.ts';
import { type Answer, Person } from './person.ts';
import { signInStaff } from './staff-sign-in.ts';

/** One branch that meets: its members in order, the first of them its secretary, all signed in. */
export interface Branch {
  readonly unitId: UnitId;
  readonly name: string;
  readonly secretary: Person;
  readonly secretaryId: MemberId;
  readonly members: readonly { readonly memberId: MemberId; readonly person: Person }[];
}

/** Branches that are brought in at once. */
const AT_ONCE = 4;

/** Branches of one commune: a province of 2,000 has some 50 to 100 communes, and no organisation has 2,000 right below it. */
const PER_COMMUNE = 40;

/** Branches after which the engine begins anew. */
const BEFORE_FORGETTING = 100;

/**
 * The engine keeps each transaction's token for ten minutes and looks through all of them at each next transaction (dynoxide
 * 1.2.1): half its time once 10,000 members have come in within ten minutes, which no province does. Begun anew it has none.
 */
const forget = async (url: string): Promise<void> => {
  await followed(url, 120);
  await fetch(`${url}/_local/kill/engine`, { method: 'POST' });
};

export const newAction = (): ActionId => randomUUID() as ActionId;

/** The answer's body, or an end of the run: setting up is not what is being measured. */
export const must = async <T>(what: string, asked: Promise<Answer<T & { code?: string }>>): Promise<T> => {
  const answer = await asked;
  if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${answer.body?.code ?? ''}`);
  return answer.body;
};

/** A copy that is busy says so; whoever sets up a province waits then and asks again. Any other refusal ends the run. */
const BUSY: readonly number[] = [429, 503];
const MOST_TRIES = 30;

/** The same of a request that is sent again, the same, for as long as the copy is busy. */
export const patiently = async <T>(what: string, send: () => Promise<Answer<T & { code?: string }>>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    const answer = await send();
    if (!BUSY.includes(answer.status) || tries === MOST_TRIES) return must(what, Promise.resolve(answer));
    await pause((answer.retryAfterSeconds ?? 1) * 1_000);
  }
};

/** Signed in as the province administrator of the seed. */
export const administrator = async (url: string, dataDir: string): Promise<{ person: Person; unitId: UnitId }> => {
  const accounts = JSON.parse(readFileSync(join(dataDir, 'demo-accounts.json'), 'utf8')) as {
    role: string;
    unitId: UnitId;
    username: string;
    password: string;
    totpSecret: string;
  }[];
  const account = accounts.find(({ role }) => role === 'system_admin');
  if (!account) throw new Error('the seed has no administrator');
  const person = new Person(url);
  await signInStaff(person, account, Date.now());
  return { person, unitId: account.unitId };
};

/**
 * Brings `count` members in branches of `perBranch` through the product's own doors: organisations, an import, slips, and
 * one sign-in each, as in the weeks before a first meeting.
 */
export const populate = async (
  url: string,
  dataDir: string,
  { count, perBranch, tell }: { count: number; perBranch: number; tell: (line: string) => void },
): Promise<readonly Branch[]> => {
  const { person: admin, unitId: root } = await administrator(url, dataDir);
  const branches: Branch[] = [];
  const stamp = randomBytes(3).toString('hex');
  const starts = Array.from({ length: Math.ceil(count / perBranch) }, (_, index) => index * perBranch);
  const communes: Promise<UnitId>[] = [];
  const found = async (kind: UnitKind, name: string, above: UnitId): Promise<UnitId> => {
    const asked = { unitId: above, actionId: newAction(), kind, name };
    return (await patiently(name, () => admin.ask(createUnit, asked))).unit.unitId;
  };
  let brought = 0;
  const bring = async (first: number): Promise<void> => {
    const size = Math.min(perBranch, count - first);
    const index = first / perBranch;
    const commune = Math.floor(index / PER_COMMUNE);
    communes[commune] ??= found('upper_party_body', `Đảng bộ xã thử tải ${stamp} số ${commune + 1}`, root);
    const name = `Chi bộ thử tải ${stamp} số ${index + 1}`;
    const unitId = await found('branch', name, await communes[commune]);
    const ids = await bringIn(admin, unitId, name, first, size, stamp);
    const secretaryId = ids[0] as MemberId;
    await patiently('a secretary', () =>
      admin.ask(grantRole, { unitId, memberId: secretaryId, role: 'branch_secretary' }),
    );
    const members = await signInAll(url, admin, unitId, ids);
    const secretary = members[0]?.person as Person;
    await patiently('a PIN', () => secretary.ask(setPin, { pin: '482913' }));
    branches[index] = { unitId, name, secretary, secretaryId, members };
    brought += size;
    if ((index + 1) % 20 === 0) tell(`${brought} of ${count} members signed in`);
  };
  for (let from = 0; from < starts.length; from += BEFORE_FORGETTING) {
    if (from > 0) await forget(url);
    const next = starts.slice(from, from + BEFORE_FORGETTING).values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const first of next) await bring(first);
      }),
    );
  }
  // the rosters of meetings follow from the members' facts by streams and queues
  await followed(url, 300);
  return branches;
};

const bringIn = async (
  admin: Person,
  unitId: UnitId,
  branch: string,
  first: number,
  size: number,
  stamp: string,
): Promise<MemberId[]> => {
  const rows: SentRow[] = Array.from({ length: size }, (_, index) => ({
    line: index + 2,
    cells: {
      name: `Nguyễn Văn ${letters(first + index)}`,
      birthDate: `0${1 + (index % 9)}/0${1 + (index % 8)}/19${60 + (index % 30)}`,
      sex: index % 2 === 0 ? 'Nam' : 'Nữ',
      admissionDate: '03/02/2015',
      officialDate: '03/02/2016',
      cardNumber: `${Number.parseInt(stamp, 16) % 10_000}`.padStart(4, '0') + String(10_000_000 + first + index),
      branch,
    },
  }));
  const ids: MemberId[] = [];
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const sent = { unitId, rows: rows.slice(from, from + ROWS_AT_ONCE) };
    const { lines } = await patiently('an import', () => admin.ask(importRows, sent));
    for (const { memberId, verdict, issues } of lines) {
      // unchanged is what a line is whose import was broken off after it; card numbers are new with each run
      if (memberId === undefined || !['new', 'unchanged'].includes(verdict))
        throw new Error(`a line was not taken: ${JSON.stringify(issues)}`);
      ids.push(memberId);
    }
  }
  if (new Set(ids).size !== size) throw new Error('two lines of an import became one member');
  return ids;
};

/** A name no two members share, of letters only: names hold no digits. */
const letters = (number: number): string =>
  [...String(number)]
    .map((digit) => 'ABCDEGHIKL'[Number(digit)])
    .join('')
    .toLowerCase()
    .replace(/^./, (first) => first.toUpperCase());

const signInAll = async (
  url: string,
  admin: Person,
  unitId: UnitId,
  ids: readonly MemberId[],
): Promise<{ memberId: MemberId; person: Person }[]> => {
  const asked = { unitId, actionId: newAction(), memberIds: [...ids] };
  const { slips } = await patiently('slips', () => admin.ask(issueSlips, asked));
  return Promise.all(
    slips.map(async ({ memberId, url: slipUrl }) => {
      const person = new Person(url);
      const code = slipUrl.split('#')[1] ?? '';
      const nonce = randomBytes(16).toString('hex');
      await patiently('a sign-in', () => person.ask(exchangeSlip, { way: 'scanned', code, nonce }));
      return { memberId, person };
    }),
  );
};
