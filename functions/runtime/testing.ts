import { generateKeyPairSync } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { MemberId, SessionId, UnitId } from '#shared/kernel/ids.ts';
import { type InputOf, type Operation, requestOf } from '#shared/kernel/operation.ts';
import { type Grant, type Role, staffRoles } from '#shared/kernel/permissions.ts';
import { DAY_MS, HOUR_MS, type Instant, instantOf } from '#shared/kernel/time.ts';
import { aTable } from '../../infra/local/testing.ts';
import { identityKeys, writeChain, writePerson } from './identity.ts';
import { signPass } from './pass.ts';
import { openTable } from './table.ts';

/** What every function is told by infra: fresh identity and audit tables, the CDN's secret, the site's address. */
export const aHouse = async (): Promise<void> => {
  await Promise.all([aTable('IDENTITY_TABLE'), aTable('AUDIT_TABLE')]);
  process.env['ORIGIN_SECRET'] = 'known to the edge';
  process.env['SITE_ORIGIN'] = 'https://so-tay.example';
  process.env['COOKIE_SUFFIX'] = '';
};

/** A unit in the tree: `aUnit('chi-bo-1', 'xa-1', 'tinh')` hangs the branch under the commune under the province. */
export const aUnit = async (unitId: string, ...parents: readonly string[]): Promise<void> =>
  writeChain(unitId as UnitId, [unitId, ...parents] as UnitId[], `Đơn vị ${unitId}`);

/** Who a test signs in. A role without its unit stands at the person's own; without its start it began last year. */
export interface Who {
  readonly memberId: string;
  readonly unitId: string;
  readonly grants?: readonly {
    readonly role: Role;
    readonly unitId?: string;
    readonly from?: Instant;
    readonly until?: Instant;
  }[];
  readonly name?: string;
  readonly birthYear?: number;
  /** Binding acts were confirmed a moment ago. */
  readonly stepUp?: true;
  /** Without it: as the roles ask, since roles above a branch count only after a second factor. */
  readonly kind?: 'member' | 'staff';
}

export interface SignedIn {
  readonly memberId: MemberId;
  readonly unitId: UnitId;
  readonly sessionId: SessionId;
  readonly cookies: readonly string[];
}

// one key pair per test process: the functions keep the public half for some minutes
const keyId = 'test';
const keys = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Writes the person with one session (a second call is a second session) and answers the cookies of his browser. */
export const signedIn = async (who: Who): Promise<SignedIn> => {
  const table = openTable('IDENTITY_TABLE');
  const now = Date.now();
  const memberId = who.memberId as MemberId;
  const unitId = who.unitId as UnitId;
  const sessionId = `s-${crypto.randomUUID().slice(0, 13)}` as SessionId;
  const isStaff = (who.grants ?? []).some(({ role }) => staffRoles.includes(role));
  const kind = who.kind ?? (isStaff ? 'staff' : 'member');
  const grants: Grant[] = (who.grants ?? [{ role: 'member' }]).map((grant) => ({
    ...grant,
    unitId: (grant.unitId ?? unitId) as UnitId,
    from: grant.from ?? instantOf(now - 365 * DAY_MS),
  }));
  await writePerson({ memberId, name: who.name ?? 'Nguyễn Văn Nam', birthYear: who.birthYear ?? 1960, unitId, grants });
  await table.change(identityKeys.person(memberId), {
    set: {
      [`sessions.${sessionId}`]: {
        version: 1,
        kind,
        ...(who.stepUp && { stepUpUntil: instantOf(now + HOUR_MS) }),
      },
    },
  });
  await publishTestKey();
  const expires = Math.floor((now + HOUR_MS) / 1000);
  const pass = signPass({ memberId, sessionId, version: 1, kind, expires }, keyId, keys.privateKey);
  return { memberId, unitId, sessionId, cookies: [`__Host-pass${process.env['COOKIE_SUFFIX'] ?? ''}=${pass}`] };
};

/** Adds the test key to those that functions trust; keys that the real issuer published stay. */
const publishTestKey = async (): Promise<void> => {
  const table = openTable('IDENTITY_TABLE');
  const item = await table.get(identityKeys.passKeys());
  const known = (item?.['keys'] ?? {}) as Readonly<Record<string, string>>; // written here or by the issuer
  if (known[keyId] === undefined)
    await table.put({ ...item, ...identityKeys.passKeys(), keys: { ...known, [keyId]: keys.publicKey } });
};

/** What a browser of our own site sends with every request, through the CDN. */
export const browserHeaders = (): Record<string, string> => ({
  'content-type': 'application/json',
  'sec-fetch-site': 'same-origin',
  'user-agent': 'Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile',
  'x-origin-secret': process.env['ORIGIN_SECRET'] ?? '',
});

// middy's handler wants a whole Lambda context; the guard reads one field of it
// biome-ignore lint/suspicious/noExplicitAny: any handler of an HTTP function
type HttpHandler = (event: any, context: any, ...more: any[]) => unknown;

export interface Answered {
  readonly status: number;
  /** The answer's JSON: the output of the contract, or `{ code, requestId }`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
  /** Set-Cookie lines. */
  readonly cookies: readonly string[];
}

/** Sends the request of this operation to the handler, as API Gateway would hand it on. */
export const call = async <Op extends Operation>(
  handler: HttpHandler,
  op: Op,
  input: InputOf<Op>,
  who?: Pick<SignedIn, 'cookies'>,
): Promise<Answered> => send(handler, eventOf(op, input, who));

/** The event of a request, for tests that bend it before sending. */
export const eventOf = <Op extends Operation>(
  op: Op,
  input: InputOf<Op>,
  who?: Pick<SignedIn, 'cookies'>,
): APIGatewayProxyEventV2 => {
  const { path, rest } = requestOf(op, input as Readonly<Record<string, unknown>>); // every input is one object
  const query = Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  const context = path.split('/')[2] ?? '';
  const isGet = op.method === 'GET';
  return {
    version: '2.0',
    routeKey: `ANY /api/${context}/{proxy+}`,
    rawPath: path,
    rawQueryString: isGet ? new URLSearchParams(query).toString() : '',
    cookies: [...(who?.cookies ?? [])],
    headers: browserHeaders(),
    ...(isGet && Object.keys(query).length > 0 && { queryStringParameters: query }),
    pathParameters: { proxy: path.split('/').slice(3).join('/') },
    requestContext: {
      accountId: '111111111111',
      apiId: 'test',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method: op.method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'test' },
      requestId: crypto.randomUUID(),
      routeKey: `ANY /api/${context}/{proxy+}`,
      stage: '$default',
      time: '21/Nov/2026:12:00:00 +0000',
      timeEpoch: Date.now(),
    },
    ...(!isGet && { body: JSON.stringify(rest) }),
    isBase64Encoded: false,
  };
};

export const send = async (handler: HttpHandler, event: APIGatewayProxyEventV2): Promise<Answered> => {
  const answer = (await handler(event, { awsRequestId: event.requestContext.requestId })) as {
    statusCode: number;
    body: string;
    cookies?: readonly string[];
  };
  return { status: answer.statusCode, body: JSON.parse(answer.body), cookies: answer.cookies ?? [] };
};
