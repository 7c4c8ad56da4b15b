import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueSlips } from '#shared/access/contract.ts';
import type { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Role } from '#shared/kernel/permissions.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import {
  changeMember,
  createStaffAccount,
  grantRole,
  importRows,
  importUnits,
  resetStaffPassword,
  unitOf,
} from '#shared/members/contract.ts';
import type { CitizenId, Summary } from '#shared/members/model.ts';
import type { SentRow, Verdict } from '#shared/members/roll.ts';
import { foundProvince } from '../../../functions/members/founding.ts';
import { Person } from '../../load/person.ts';
import type { Cloud } from '../cloud.ts';
import { functionsOf } from '../template-resources.ts';
import { seedAccesses } from './accesses.ts';
import { seedMeetings } from './meetings.ts';
import { FIRST_BRANCH, inventProvince, type Part, PROVINCE } from './people.ts';
import { firstSignIn } from './staff.ts';
import {
  must,
  SEED_PIN,
  type SeededBranch,
  type SeededMember,
  seededMember,
  signedInBySlip,
  type World,
} from './world.ts';

/** What runs while the seed fills it. */
export type SeededCloud = Pick<Cloud, 'url' | 'environment' | 'template'>;

export interface SeedSettings {
  readonly cloud: SeededCloud;
  readonly dataDir: string;
  /** `empty`: the province and its first administrator, nothing else. */
  readonly kind: 'demo' | 'empty';
  readonly tell?: (line: string) => void;
}

/** What other contexts add to the demonstration, in order. Each is one file beside this one. */
const chapters: readonly ((world: World) => Promise<void>)[] = [seedMeetings, seedAccesses];

/** One line of `demo-accounts.json`. */
interface Account {
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

const administrator = {
  name: 'Phan Văn Quản',
  birthDate: '1984-08-12' as Day,
  sex: 'male',
  admissionDate: '2009-05-19' as Day,
  officialDate: '2010-05-19' as Day,
  citizenId: '035084000001' as CitizenId,
  phone: '0912000001' as NonNullable<Summary['phone']>,
} satisfies Summary;
/** For a machine of one's own only: it answers on its own address and holds nobody real. */
const DEMO_PASSWORD = 'so tay an hai 2026';

/** Staff of the demonstration: where the role stands and the name to sign in with. */
const staff: readonly {
  readonly part: Part;
  readonly role: Role;
  readonly at: 'root' | 'commune';
  readonly username: string;
}[] = [
  { part: 'organisation_officer', role: 'organisation_officer', at: 'root', username: 'tochuc' },
  { part: 'propaganda_editor', role: 'propaganda_editor', at: 'root', username: 'tuyengiao' },
  { part: 'committee_assistant', role: 'committee_assistant', at: 'commune', username: 'giupviec.donghai' },
  { part: 'office_officer', role: 'office_officer', at: 'commune', username: 'vanphong.donghai' },
];

/**
 * Fills a new copy with an invented province: the first administrator as after a deployment, all others through the
 * product's own doors. A seed that broke off may begin again.
 */
export const seed = async ({ cloud, dataDir, kind, tell = () => {} }: SeedSettings): Promise<void> => {
  // the founding writes to the tables themselves, so this process is told what a function would be
  // the founding and past meetings are written to the tables themselves, so this process is told what a function would be
  Object.assign(process.env, cloud.environment, ...functionsOf(cloud.template).map(({ environment }) => environment));
  const now = instantOf(Date.now());
  const accounts: Account[] = [];
  const {
    rootId,
    memberId,
    password: first,
  } = await foundProvince(
    {
      province: PROVINCE,
      partyBody: 'Đảng bộ Các cơ quan Đảng tỉnh',
      branch: FIRST_BRANCH,
      administrator,
      staffName: 'quantri',
    },
    now,
  );
  const admin = new Person(cloud.url);
  const totpSecret = await firstSignIn(admin, { username: 'quantri', first, password: DEMO_PASSWORD });
  accounts.push({
    role: 'system_admin',
    memberId,
    unitId: rootId,
    unitName: PROVINCE,
    name: administrator.name,
    phone: administrator.phone,
    username: 'quantri',
    password: DEMO_PASSWORD,
    totpSecret,
  });
  if (kind === 'demo') {
    const world = await bringIn({ cloud, now, rootId, admin, tell });
    accounts.push(...(await openStaffAccounts(world, accounts)));
    for (const chapter of chapters) await chapter(world);
    accounts.push(...(await printSlips(world)));
  }
  const file = join(dataDir, 'demo-accounts.json');
  writeFileSync(`${file}.part`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.part`, file);
};

/** Organisations and members by two imports, then roles and conditions. */
const bringIn = async ({
  cloud,
  now,
  rootId,
  admin,
  tell,
}: {
  cloud: SeededCloud;
  now: World['now'];
  rootId: UnitId;
  admin: Person;
  tell: World['tell'];
}): Promise<World> => {
  const today = dayOf(now);
  const province = inventProvince(today);
  const { lines: units } = await must(
    'organisations',
    admin.ask(importUnits, { unitId: rootId, rows: [...province.units] }),
  );
  refuseNothing('organisation', units);
  tell(`${units.length} organisations`);

  const taken = new Map<number, Verdict>();
  for (let from = 0; from < province.people.length; from += ROWS_A_TIME) {
    const rows: SentRow[] = province.people.slice(from, from + ROWS_A_TIME).map(({ row }) => row);
    const { lines } = await must('members', admin.ask(importRows, { unitId: rootId, rows }));
    refuseNothing('member', lines);
    for (const line of lines) taken.set(line.line, line);
    tell(`${taken.size} of ${province.people.length} members`);
  }
  const branches = new Map<UnitId, { name: string; at: string; people: SeededMember[] }>();
  for (const invented of province.people) {
    const verdict = taken.get(invented.row.line);
    const [id, unitId] = [verdict?.memberId, verdict?.unitId];
    if (id === undefined || unitId === undefined) throw new Error(`seed: line ${invented.row.line} was not taken`);
    const branch = branches.get(unitId) ?? { name: invented.branch, at: invented.partyBody, people: [] };
    branch.people.push(seededMember(invented, id, unitId));
    branches.set(unitId, branch);
  }
  const seeded = [...branches].map(([unitId, { name, people }]): SeededBranch => {
    const secretary = people[0] as SeededMember; // at least nine in each
    return { unitId, name, people, secretaryId: secretary.memberId };
  });
  const tonightAt = [...branches].findIndex(
    ([, { name, at }]) => name === province.tonight.branch && at === province.tonight.partyBody,
  );
  await giveBranchRoles(admin, seeded);
  await beginConditions(admin, seeded, today);
  tell(`${seeded.length} branches with their committees`);
  return {
    url: cloud.url,
    now,
    rootId,
    admin,
    branches: seeded,
    tonight: seeded[tonightAt] as SeededBranch,
    as: signedInBySlip(cloud.url, admin),
    tell,
  };
};

/** Lines of one request: small enough to answer in time on the smallest machine. */
const ROWS_A_TIME = 150;

const refuseNothing = (what: string, lines: readonly Verdict[]): void => {
  const refused = lines.find(({ verdict }) => verdict === 'refused');
  if (refused) throw new Error(`seed: ${what} in line ${refused.line} was refused: ${JSON.stringify(refused.issues)}`);
};

const giveBranchRoles = async (admin: Person, branches: readonly SeededBranch[]): Promise<void> => {
  for (const { unitId, people } of branches) {
    for (const [role, holder] of [
      ['branch_secretary', people[0]],
      ['deputy_secretary', people[1]],
    ] as const)
      if (holder)
        await must(
          `${role} of ${unitId}`,
          admin.ask(grantRole, { unitId, memberId: holder.memberId, role, from: TERM_FROM }),
        );
  }
};
/** Branch congresses of the term were held by then. */
const TERM_FROM = '2025-07-01' as Day;

/** The oldest are exempt; one in a few branches is on temporary transfer in the next; one is suspended. */
const beginConditions = async (admin: Person, branches: readonly SeededBranch[], today: Day): Promise<void> => {
  const begin = (member: SeededMember, condition: object) =>
    must(
      `condition of ${member.name}`,
      admin.ask(changeMember, {
        unitId: member.unitId,
        memberId: member.memberId,
        version: 1,
        change: { change: 'begin', condition: condition as never },
      }),
    );
  for (const [index, branch] of branches.entries()) {
    for (const member of branch.people)
      if (member.exempt) await begin(member, { kind: 'exempt', from: addDays(today, -400) });
    const ordinary = branch.people.filter((member) => !member.part && !member.exempt && !member.probationary);
    const host = branches[(index + 1) % branches.length];
    if (index % 8 === 3 && ordinary[0] && host)
      await begin(ordinary[0], {
        kind: 'elsewhere',
        from: addDays(today, -60),
        until: addDays(today, 200),
        hostUnitId: host.unitId,
      });
    if (index === 5 && ordinary[1]) await begin(ordinary[1], { kind: 'suspended', from: addDays(today, -20) });
  }
};

const openStaffAccounts = async (world: World, known: readonly Account[]): Promise<Account[]> => {
  const opened: Account[] = [];
  const everybody = world.branches.flatMap(({ people }) => people);
  const commune = await communeOf(world);
  for (const { part, role, at, username } of staff) {
    const member = everybody.find((one) => one.part === part);
    if (!member) throw new Error(`seed: nobody is ${part}`);
    const unitId = at === 'root' ? world.rootId : commune.unitId;
    const { memberId } = member;
    await must(`role ${role}`, world.admin.ask(grantRole, { unitId, memberId, role, from: TERM_FROM }));
    const first = await firstPasswordOf(world, { unitId, memberId, staffName: username });
    const totpSecret = await firstSignIn(new Person(world.url), { username, first, password: DEMO_PASSWORD });
    opened.push({
      role,
      memberId,
      unitId,
      unitName: at === 'root' ? PROVINCE : commune.name,
      name: member.name,
      phone: member.phone,
      username,
      password: DEMO_PASSWORD,
      totpSecret,
    });
  }
  world.tell(`${known.length + opened.length} staff accounts`);
  return opened;
};

/** Opens the account; one that a broken-off seed has opened gets a new first password. */
const firstPasswordOf = async (
  { admin }: World,
  account: { readonly unitId: UnitId; readonly memberId: MemberId; readonly staffName: string },
): Promise<string> => {
  const opened = await admin.ask(createStaffAccount, account);
  const answer = opened.body.code === 'has-account' ? admin.ask(resetStaffPassword, account) : opened;
  return (await must(`account ${account.staffName}`, Promise.resolve(answer))).password;
};

const communeOf = async (world: World): Promise<{ readonly unitId: UnitId; readonly name: string }> => {
  const { above } = await must('commune', world.admin.ask(unitOf, { unitId: world.tonight.unitId }));
  const commune = above[0];
  if (!commune) throw new Error('seed: tonight’s branch stands below nothing');
  return commune;
};

/** Who of the demonstration has a slip of paper, and what he is called in the list of accounts. */
const withSlips: Readonly<Partial<Record<Part, string>>> = {
  branch_secretary: 'branch_secretary',
  deputy_secretary: 'deputy_secretary',
  scribe: 'scribe',
  member: 'member',
  second_member: 'member',
  probationary: 'probationary_member',
  elder_without_phone: 'elder',
  member_of_another_branch: 'other_branch_member',
};

const printSlips = async (world: World): Promise<Account[]> => {
  const { unitId: besideId } = beside(world);
  const wanted = world.branches
    .filter(({ unitId }) => unitId === world.tonight.unitId || unitId === besideId)
    .flatMap(({ people, unitId, name }) =>
      people.flatMap((member) => {
        const role = member.part && withSlips[member.part];
        return role && (unitId === world.tonight.unitId || member.part === 'member_of_another_branch')
          ? [{ member, role, branchName: name }]
          : [];
      }),
    );
  const accounts: Account[] = [];
  for (const { member, role, branchName } of wanted) {
    const { memberId, unitId, name, phone, birthYear } = member;
    const { slips } = await must(
      `slip of ${name}`,
      world.admin.ask(issueSlips, { unitId, actionId: randomUUID() as ActionId, memberIds: [memberId] }),
    );
    const slip = slips[0];
    if (!slip) throw new Error(`seed: no slip for ${name}`);
    accounts.push({
      role,
      memberId,
      unitId,
      unitName: branchName,
      name,
      phone,
      slipUrl: slip.url,
      slipCode: slip.code,
      ...(role === 'branch_secretary' && { pin: SEED_PIN }),
      birthYear,
    });
  }
  return accounts;
};

const beside = (world: World): SeededBranch => {
  const found = world.branches.find(({ people }) => people.some(({ part }) => part === 'member_of_another_branch'));
  if (!found) throw new Error('seed: nobody of another branch');
  return found;
};
