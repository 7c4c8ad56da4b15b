import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { exchangeSlip, issueSlips, setPin } from '#shared/access/contract.ts';
import type { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import type { Answer } from '../../load/person.ts';
import { Person } from '../../load/person.ts';
import type { Invented, Part } from './people.ts';

/** A branch of the demonstration with its people; the secretary is the first of them. */
export interface SeededBranch {
  readonly unitId: UnitId;
  readonly name: string;
  readonly people: readonly SeededMember[];
  readonly secretaryId: MemberId;
}
export interface SeededMember {
  readonly memberId: MemberId;
  readonly unitId: UnitId;
  readonly name: string;
  readonly birthYear: number;
  readonly phone: string;
  readonly part?: Part;
  readonly exempt?: true;
  readonly probationary: boolean;
}

/**
 * What each chapter of the seed builds on: the province as it was imported. A chapter acts through the product's own
 * doors, `as` somebody; it uses a store only where a past date must be written.
 */
export interface World {
  readonly url: string;
  readonly now: Instant;
  readonly rootId: UnitId;
  readonly admin: Person;
  /** Of the province: adds and publishes papers and news. */
  readonly editor: Person;
  readonly branches: readonly SeededBranch[];
  /** The branch that meets tonight. */
  readonly tonight: SeededBranch;
  /** Signed in as this member on a phone of his own, with his PIN set: binding acts are allowed. */
  readonly as: (member: SeededMember) => Promise<Person>;
  readonly tell: (line: string) => void;
}

/** The province before its staff have accounts. */
export type Imported = Omit<World, 'editor'>;

/** One line of `demo-accounts.json`. */
export interface Account {
  readonly role: string;
  readonly memberId: MemberId;
  readonly unitId: UnitId;
  readonly unitName: string;
  readonly name: string;
  readonly phone: string;
  readonly username?: string;
  readonly password?: string;
  readonly totpSecret?: string;
  readonly slipUrl?: string;
  readonly slipCode?: string;
  /** Of the secretary, who has already published tonight's meeting. */
  readonly pin?: string;
  readonly birthYear?: number;
}

/** Branch congresses of the term were held by then. */
export const TERM_FROM = '2025-07-01' as Day;

/** PIN of everybody the seed signs in. */
export const SEED_PIN = '482913';

/** The id of an act, the same when a broken-off seed begins again. */
export const actOf = (what: string): ActionId => {
  const hex = createHash('sha256').update(`seed ${what}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  ) as ActionId;
};

/** The answer's body; anything but 200 ends the seed with what was asked. */
export const must = async <T>(what: string, asked: Promise<Answer<T & { code?: string }>>): Promise<T> => {
  const answer = await asked;
  if (answer.status !== 200) throw new Error(`seed, ${what}: ${answer.status} ${answer.body?.code ?? ''}`);
  return answer.body;
};

/** A person signed in by a slip of his own, once for the whole seed. */
export const signedInBySlip = (url: string, admin: Person): World['as'] => {
  const known = new Map<MemberId, Promise<Person>>();
  const signIn = async (member: SeededMember): Promise<Person> => {
    const { slips } = await must(
      `slip of ${member.name}`,
      admin.ask(issueSlips, {
        unitId: member.unitId,
        actionId: randomUUID() as ActionId,
        memberIds: [member.memberId],
      }),
    );
    const person = new Person(url);
    const code = slips[0]?.url.split('#')[1] ?? '';
    const nonce = randomBytes(16).toString('hex');
    await must(`sign-in of ${member.name}`, person.ask(exchangeSlip, { way: 'scanned', code, nonce }));
    await must(`PIN of ${member.name}`, person.ask(setPin, { pin: SEED_PIN }));
    return person;
  };
  return (member) => {
    const begun = known.get(member.memberId) ?? signIn(member);
    known.set(member.memberId, begun);
    return begun;
  };
};

export const seededMember = (invented: Invented, memberId: MemberId, unitId: UnitId): SeededMember => ({
  memberId,
  unitId,
  name: invented.name,
  birthYear: invented.birthYear,
  phone: invented.phone,
  probationary: invented.row.cells.officialDate === undefined,
  ...(invented.part && { part: invented.part }),
  ...(invented.exempt && { exempt: true }),
});
