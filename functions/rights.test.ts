import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, aHouse, aUnit, eventOf, type SignedIn, send, signedIn } from '#runtime/testing.ts';
import { type Operation, pathFields } from '#shared/kernel/operation.ts';
import { type Permission, permissions, type Role, roles } from '#shared/kernel/permissions.ts';
import { startInvalidations } from '../infra/local/engines/invalidations.ts';
import { aBucket, anEdgeStore, aSecret, aTable, aUserPool } from '../infra/local/testing.ts';

/**
 * Who may do what, said once more by permission and in words, so that a slip of the pen in `rights` is found here.
 * "own" is at the unit of the role alone, "below" also at all under it. Source: domain.md §3.11; access.md §1.
 */
const statements: Readonly<Record<Permission, string>> = {
  'meetings.attend': 'own: member',
  'meetings.run': 'own: deputy_secretary branch_secretary',
  'meetings.oversee': 'below: committee_assistant organisation_officer office_officer inspection_officer',
  'meetings.require': 'below: committee_assistant organisation_officer office_officer',
  'members.read':
    'own: branch_committee_member deputy_secretary branch_secretary · below: committee_assistant organisation_officer system_admin',
  'members.help': 'own: helper deputy_secretary branch_secretary · below: organisation_officer system_admin',
  'members.admit': 'own: deputy_secretary branch_secretary · below: organisation_officer system_admin',
  'members.manage': 'below: organisation_officer system_admin',
  'members.grant': 'own: branch_secretary · below: organisation_officer system_admin',
  'documents.add':
    'own: branch_committee_member deputy_secretary branch_secretary · below: committee_assistant propaganda_editor office_officer',
  'documents.publish':
    'own: deputy_secretary branch_secretary · below: committee_assistant propaganda_editor office_officer',
  'tasks.do': 'own: member',
  'tasks.assign': 'own: branch_committee_member deputy_secretary branch_secretary',
  'points.see': 'own: member',
  'reports.see': 'below: committee_assistant organisation_officer office_officer inspection_officer',
  'reports.issue': 'below: committee_assistant organisation_officer office_officer',
  'operation.watch': 'below: system_admin',
};

/**
 * Operations of signed-in people that name a unit and judge themselves who may. A new one is refused by the test below
 * until it stands here: "content" is for whoever has the unit in his chain and who may add papers there, "tree" for whoever
 * holds any role there or above, "chain" for both the tree and the own chain upwards.
 */
const judged: Readonly<Record<string, 'content' | 'tree' | 'chain'>> = {
  'documents.answerQuestion': 'content',
  'documents.markOpened': 'content',
  'documents.openOriginal': 'content',
  'members.listUnits': 'tree',
  'members.unitOf': 'chain',
};

/** The units as seen from where the role is held. */
const places = { own: 'xa-1', child: 'chi-bo-1', sibling: 'xa-2', parent: 'tinh', other: 'chi-bo-3', none: 'khong-co' };
type Place = keyof typeof places;
const everywhere = Object.keys(places) as Place[];
const reached: Readonly<Record<string, readonly Place[]>> = { own: ['own'], below: ['own', 'child'] };

const holds = (role: Role, permission: Permission): readonly Place[] =>
  statements[permission].split(' · ').flatMap((part) => {
    const [reach = '', held = ''] = part.split(': ');
    return held.split(' ').includes(role) ? (reached[reach] ?? []) : [];
  });

const here = import.meta.dirname;
const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'allow' in value && 'path' in value && 'id' in value;
/** Every operation of every contract, found by its place, so that none can be forgotten. */
const operations: readonly Operation[] = (
  await Promise.all(
    readdirSync(join(here, '../shared'))
      .filter((context) => readdirSync(join(here, '../shared', context)).includes('contract.ts'))
      .map(async (context) => Object.values(await import(join(here, '../shared', context, 'contract.ts')))),
  )
)
  .flat()
  .filter(isOperation);
const isOwn = (op: Operation) => op.allow === 'signed-in' && !pathFields(op.path).includes('unitId');
const isDoor = (op: Operation) => op.allow === 'anyone' || op.allow === 'session';

type Handler = Parameters<typeof send>[0];
const handlers = new Map<string, Handler>();
/** A session of its own each time: more in a breath than one session may ask would be too many. */
const inRole = (role: Role): Promise<SignedIn> =>
  signedIn({ memberId: `nguoi-${role.replaceAll('_', '-')}`, unitId: 'xa-1', grants: [{ role }], stepUp: true });
const news = new Map<Place, string>();

beforeAll(async () => {
  await aHouse();
  const names = [...readFileSync(join(here, 'runtime/env.ts'), 'utf8').matchAll(/'(\w+)_TABLE'/g)].map(
    ([, one]) => one,
  );
  const more = names.filter((one) => one !== 'IDENTITY' && one !== 'AUDIT');
  await Promise.all(more.map((one) => aTable(`${one}_TABLE`)));
  await Promise.all(['CONTENT_BUCKET', 'INBOX_BUCKET', 'SEAL_BUCKET'].map((one) => aBucket(one)));
  await aSecret('KEYS_SECRET', 'a secret of this test and of nothing else at all');
  await aSecret('PUSH_SECRET', 'another secret of this test and of nothing else');
  await anEdgeStore('EDGE_STORE');
  await aUserPool('STAFF_POOL', 'STAFF_CLIENT', { mfa: 'ON', minimumPasswordLength: 12 });
  await aUserPool('MEMBER_POOL', 'MEMBER_CLIENT', { minimumPasswordLength: 12 });
  const edge = await startInvalidations({ invalidate: () => undefined });
  afterAll(() => edge.stop());
  process.env['AWS_ENDPOINT_URL_CLOUDFRONT'] = edge.endpoint;
  process.env['DISTRIBUTION'] = 'EDGE1';
  await aUnit('tinh');
  for (const commune of ['xa-1', 'xa-2']) await aUnit(commune, 'tinh');
  for (const branch of ['chi-bo-1', 'chi-bo-2']) await aUnit(branch, 'xa-1', 'tinh');
  await aUnit('chi-bo-3', 'xa-2', 'tinh');
  for (const context of new Set(operations.map(({ id }) => id.split('.')[0] as string)))
    handlers.set(context, (await import(join(here, context, 'api.ts'))).handler);
  await aPaperEverywhere();
});

const named = (id: string): Operation => operations.find((op) => op.id === id) as Operation;
const doing = (op: Operation, input: Readonly<Record<string, unknown>>, who?: SignedIn): Promise<Answered> =>
  send(handlers.get(op.id.split('.')[0] as string) as Handler, eventOf(op, input, who));

/** A bulletin put out at every unit, so that who may read one can be told from who finds none. */
const aPaperEverywhere = async () => {
  const editor = { memberId: 'bien-tap', unitId: 'tinh', grants: [{ role: 'propaganda_editor' as const }] };
  const who = await signedIn(editor);
  for (const place of everywhere.filter((one) => one !== 'none')) {
    const unitId = places[place];
    const text = { unitId, actionId: crypto.randomUUID(), title: 'Bản tin', text: 'Bản tin của đơn vị.' };
    const { documentId } = (await doing(named('documents.writeNews'), text, who)).body;
    const fields = { type: 'news', abstract: 'Bản tin', bodyName: 'Đảng ủy' };
    const put = await doing(named('documents.publish'), { unitId, documentId, fields }, who);
    if (put.status !== 200) throw new Error(`no paper at ${unitId}: ${JSON.stringify(put.body)}`);
    news.set(place, documentId);
  }
};

/** The path alone, about nobody and nothing: who is let in is told before what was sent is read. */
const pathOf = (op: Operation, place: Place): Record<string, string> => ({
  ...Object.fromEntries(pathFields(op.path).map((field) => [field, 'khong-co'])),
  unitId: places[place],
});

describe('each role at its own unit, below, beside, above and elsewhere, at every operation as it runs', () => {
  test.each(roles)('%s is let in where it is stated and nowhere else', { timeout: 120_000 }, async (role) => {
    const who = new Map<Place, SignedIn>();
    for (const place of everywhere) who.set(place, await inRole(role));
    const asked = operations.filter((op) => permissions.some((one) => one === op.allow));
    const found: string[] = [];
    const stated: string[] = [];
    for (const op of asked) {
      const answers = await Promise.all(everywhere.map((place) => doing(op, pathOf(op, place), who.get(place))));
      everywhere.forEach((place, at) => {
        const { status, body } = answers[at] as Answered;
        const isIn = status < 500 && status !== 401 && body.code !== 'not-allowed';
        const mayBe = holds(role, op.allow as Permission).includes(place);
        // such a row looks a second time whether this member keeps the record
        const isLookedAtAgain = mayBe && op.allow === 'meetings.attend';
        found.push(`${op.id} at ${place}: ${isIn || isLookedAtAgain ? 'in' : 'out'}`);
        stated.push(`${op.id} at ${place}: ${mayBe ? 'in' : 'out'}`);
      });
    }
    expect(found).toEqual(stated);
  });

  test.each(roles)('%s sees papers and organisations where its chain and its roles reach', async (role) => {
    const who = await inRole(role);
    const isOut = ({ status, body }: Answered) => status !== 200 && ['not-allowed', 'not-found'].includes(body.code);
    const inside: Place[] = role === 'member' ? ['own'] : ['own', 'child'];
    const chain: Place[] = ['own', 'parent'];
    const adds = holds(role, 'documents.add');
    for (const place of everywhere) {
      const may = {
        tree: inside.includes(place) && place !== 'none',
        chain: chain.includes(place) || inside.includes(place),
        content: chain.includes(place) || adds.includes(place),
      };
      const paper = { unitId: places[place], documentId: news.get(place) ?? 'khong-co', form: 'original', choice: 0 };
      for (const [id, kind] of Object.entries(judged)) {
        const answer = await doing(named(id), paper, who);
        if (!may[kind]) expect([id, place, isOut(answer)]).toEqual([id, place, true]);
        else expect([id, place, answer.body.code]).not.toEqual([id, place, 'not-allowed']);
      }
      // of the three about papers, this one has nothing else to refuse
      const opened = await doing(named('documents.markOpened'), paper, who);
      expect([place, opened.status]).toEqual([place, may.content ? 200 : 404]);
    }
  });
});

describe('every operation of every contract', () => {
  test('is judged by a permission at a unit, by a named rule of its own, or is about oneself', () => {
    const unjudged = operations.filter(
      (op) => !permissions.some((one) => one === op.allow) && !isOwn(op) && !isDoor(op) && !(op.id in judged),
    );
    expect(unjudged.map(({ id }) => id)).toEqual([]);
    expect(Object.keys(judged).filter((id) => !operations.some((op) => op.id === id))).toEqual([]);
  });

  test('that changes what others are bound by asks for the PIN or stands in the audit log, or both', () => {
    const binding = operations.filter(({ stepUp, audited }) => stepUp && !audited);
    expect(binding.map(({ id }) => id)).toEqual([]);
  });

  test('is refused to who is not signed in, unless it is a door', async () => {
    const answers = await Promise.all(
      operations
        .filter((op) => !isDoor(op))
        .map(async (op) => ({ id: op.id, ...(await doing(op, pathOf(op, 'own'))) })),
    );
    expect(answers.filter(({ status, body }) => status !== 401 || body.code !== 'not-signed-in')).toEqual([]);
  });

  test('of the doors, all are of the access context, but for the box that must not know who comes', () => {
    expect(operations.filter((op) => isDoor(op) && !op.id.startsWith('access.')).map(({ id }) => id)).toEqual([
      'meetings.castBallot',
    ]);
  });
});
