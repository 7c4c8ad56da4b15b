import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import { ConsoleLogger } from 'aws-amplify/utils';
import { exchangeToken, signInSettings } from '#shared/access/contract.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Role } from '#shared/kernel/permissions.ts';
import { createStaffAccount, grantRole, resetStaffPassword, unitOf } from '#shared/members/contract.ts';
import { Person } from '../../load/person.ts';
import { totp } from '../../load/totp.ts';
import { type Part, PROVINCE } from './people.ts';
import { type Account, type Imported, must, TERM_FROM } from './world.ts';

/**
 * First sign-in of a staff account, as the sign-in page leads through it: the first password, one of one's own, an
 * authenticator app, and the exchange for a session. Answers the secret of the authenticator.
 */
export const firstSignIn = async (
  person: Person,
  account: { readonly username: string; readonly first: string; readonly password: string },
): Promise<string> => {
  const { body: pool } = await person.ask(signInSettings, {});
  // it warns of every address that is not AWS's own
  ConsoleLogger.LOG_LEVEL = 'ERROR';
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: pool.staffPool,
        userPoolClientId: pool.staffClient,
        ...(pool.endpoint !== undefined && { userPoolEndpoint: pool.endpoint }),
      },
    },
  });
  await signOut();
  const begun = await signIn({ username: account.username, password: account.first });
  const renewed =
    begun.nextStep.signInStep === 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED'
      ? await confirmSignIn({ challengeResponse: account.password })
      : begun;
  if (renewed.nextStep.signInStep !== 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP')
    throw new Error(`the staff pool asks ${account.username} for ${renewed.nextStep.signInStep}`);
  const secret = renewed.nextStep.totpSetupDetails.sharedSecret;
  await confirmSignIn({ challengeResponse: totp(secret, Date.now()) });
  const { tokens } = await fetchAuthSession();
  const exchanged = await person.ask(exchangeToken, { idToken: String(tokens?.idToken) });
  await signOut();
  if (exchanged.status !== 200)
    throw new Error(`the exchange of ${account.username} was refused: ${exchanged.body.code}`);
  return secret;
};

/** For a machine of one's own only: it answers on its own address and holds nobody real. */
export const DEMO_PASSWORD = 'so tay an hai 2026';

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

/** The editor stays signed in: the papers of the demonstration are his. */
export const openStaffAccounts = async (
  world: Imported,
  known: readonly Account[],
  editor: Person,
): Promise<Account[]> => {
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
    const person = role === 'propaganda_editor' ? editor : new Person(world.url);
    const totpSecret = await firstSignIn(person, { username, first, password: DEMO_PASSWORD });
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
  { admin }: Imported,
  account: { readonly unitId: UnitId; readonly memberId: MemberId; readonly staffName: string },
): Promise<string> => {
  const opened = await admin.ask(createStaffAccount, account);
  const answer = opened.body.code === 'has-account' ? admin.ask(resetStaffPassword, account) : opened;
  return (await must(`account ${account.staffName}`, Promise.resolve(answer))).password;
};

const communeOf = async (world: Imported): Promise<{ readonly unitId: UnitId; readonly name: string }> => {
  const { above } = await must('commune', world.admin.ask(unitOf, { unitId: world.tonight.unitId }));
  const commune = above[0];
  if (!commune) throw new Error('seed: tonight’s branch stands below nothing');
  return commune;
};
