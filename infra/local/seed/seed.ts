import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { changeMember, grantRole, importRows, importUnits } from '#shared/members/contract.ts';
import type { CitizenId, Summary } from '#shared/members/model.ts';
import type { SentRow, Verdict } from '#shared/members/roll.ts';
import { foundProvince } from '../../../functions/members/founding.ts';
import { Person } from '../../load/person.ts';
import type { Cloud } from '../cloud.ts';
import { functionsOf } from '../template-resources.ts';
import { seedAccesses } from './accesses.ts';
import { seedMeetings } from './meetings.ts';
import { seedPapers } from './papers.ts';
import { FIRST_BRANCH, inventProvince, PROVINCE } from './people.ts';
import { printSlips } from './slips.ts';
import { DEMO_PASSWORD, firstSignIn, openStaffAccounts } from './staff.ts';
import {
  type Account,
  type Imported,
  must,
  type SeededBranch,
  type SeededMember,
  seededMember,
  signedInBySlip,
  TERM_FROM,
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
const chapters: readonly ((world: World) => Promise<void>)[] = [seedMeetings, seedPapers, seedAccesses];

const administrator = {
  name: 'Phan Văn Quản',
  birthDate: '1984-08-12' as Day,
  sex: 'male',
  admissionDate: '2009-05-19' as Day,
  officialDate: '2010-05-19' as Day,
  citizenId: '035084000001' as CitizenId,
  phone: '0912000001' as NonNullable<Summary['phone']>,
} satisfies Summary;
/**
 * Fills a new copy with an invented province: the first administrator as after a deployment, all others through the
 * product's own doors. A seed that broke off may begin again.
 */
export const seed = async ({ cloud, dataDir, kind, tell = () => {} }: SeedSettings): Promise<void> => {
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
    const imported = await bringIn({ cloud, now, rootId, admin, tell });
    const editor = new Person(cloud.url);
    accounts.push(...(await openStaffAccounts(imported, accounts, editor)));
    const world: World = { ...imported, editor };
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
}): Promise<Imported> => {
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
