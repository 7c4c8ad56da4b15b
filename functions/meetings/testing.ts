import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SQSBatchResponse, SQSEvent, SQSHandler } from 'aws-lambda';
import { openBucket } from '#runtime/files.ts';
import { openTable } from '#runtime/table.ts';
import { type Answered, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { ActionId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Day, instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { Plan } from '#shared/meetings/model.ts';
import type { Member } from '#shared/members/model.ts';
import { memberChanged } from '#shared/members/rules.ts';
import { aMember } from '#shared/members/testing.ts';
import { engines } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onMemberChanged } from './on-member-changed.ts';

export const unitId = 'cb-thon-nam' as UnitId;
export const anAct = () => randomUUID() as ActionId;

/** A meeting of the branch, as every operation names it. */
export interface Ref {
  readonly unitId: UnitId;
  readonly meetingId: MeetingId;
}

/** Hands facts to a consumer as its queue would; answers the messages that were given back. */
export const deliver = async (consumer: SQSHandler, facts: readonly unknown[]): Promise<readonly string[]> => {
  const Records = facts.map((fact, index) => ({ messageId: `m${index}`, body: JSON.stringify(fact) }));
  // only these two fields of a record are read
  const answer = (await consumer({ Records } as SQSEvent, {} as never, () => {})) as SQSBatchResponse;
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};

/** All facts that stand in a meeting's items, in no particular order, as the stream would carry them. */
export const factsOf = async ({ meetingId }: Pick<Ref, 'meetingId'>): Promise<readonly { type: string }[]> =>
  (await openTable('MEETINGS_TABLE').query(`MEETING#${unitId}#${meetingId}`)).flatMap(({ fact }) =>
    fact ? [fact as { type: string }] : [],
  );

export const fileOf = async <T>(path: string): Promise<T | undefined> => {
  const stored = await openBucket('CONTENT_BUCKET').read(path);
  return stored && (JSON.parse(new TextDecoder().decode(stored.body)) as T);
};

const people: Record<string, SignedIn> = {};
/** One of the people of `aBranch`. */
export const who = (name: string): SignedIn => people[name] as SignedIn;

/** A member of the branch who is on its roll and signed in. */
export const aBranchMember = async (memberId: string, over: Partial<Member> = {}): Promise<void> => {
  const secretary = memberId === 'lan';
  people[memberId] = await signedIn({
    memberId,
    unitId,
    grants: [{ role: 'member' }, ...(secretary ? [{ role: 'branch_secretary' as const }] : [])],
    ...(secretary && { stepUp: true as const }),
  });
  const placements = [{ from: '2000-01-01' as Day, unitId }];
  const member = aMember({ memberId: memberId as MemberId, name: `Nguyễn Thị ${memberId}`, placements, ...over });
  await deliver(onMemberChanged, [memberChanged(member, instantOf(Date.now()))]);
};

/** The branch of Lan (secretary, stepped up), Tú (scribe), Tám and An, a secretary of another branch, an officer above. */
export const aBranch = async (): Promise<void> => {
  await aUnit(unitId, 'xa-cong-hai', 'tinh');
  await aUnit('cb-thon-bac', 'xa-cong-hai', 'tinh');
  for (const memberId of ['lan', 'tu', 'tam', 'an']) await aBranchMember(memberId);
  people['stranger'] = await signedIn({
    memberId: 'stranger',
    unitId: 'cb-thon-bac',
    stepUp: true,
    grants: [{ role: 'member' }, { role: 'branch_secretary' }],
  });
  people['officer'] = await signedIn({
    memberId: 'officer',
    unitId: 'xa-cong-hai',
    kind: 'staff',
    grants: [{ role: 'organisation_officer' }],
  });
};

const must = (answer: Answered): Answered => {
  if (answer.status !== 200) throw new Error(`refused: ${JSON.stringify(answer.body)}`);
  return answer;
};

/** A meeting in preparation that starts so many minutes from now. */
export const aPrepared = async (minutes: number, over: Partial<Plan> = {}): Promise<Ref> => {
  const first = must(await call(handler, contract.prepare, { unitId, actionId: anAct(), kind: 'regular' }, who('lan')));
  const { meeting, plan } = first.body as { meeting: { meetingId: MeetingId; version: number }; plan: Plan };
  const ref = { unitId, meetingId: meeting.meetingId };
  const changed: Plan = {
    ...plan,
    place: 'Nhà văn hóa thôn Nam',
    chairId: 'lan' as MemberId,
    scribeId: 'tu' as MemberId,
    startsAt: addMilliseconds(instantOf(Date.now()), minutes * MINUTE_MS),
    ...over,
  };
  must(await call(handler, contract.revise, { ...ref, version: meeting.version, plan: changed }, who('lan')));
  return ref;
};

export const aPublished = async (minutes: number, over: Partial<Plan> = {}): Promise<Ref> => {
  const ref = await aPrepared(minutes, over);
  must(await call(handler, contract.publish, ref, who('lan')));
  return ref;
};

export const anOpen = async (over: Partial<Plan> = {}): Promise<Ref> => {
  const ref = await aPublished(10, over);
  must(await call(handler, contract.open, ref, who('lan')));
  return ref;
};

interface Faults {
  readonly seed: number;
  /** Share of changes and transactions that meet a conflict before they are done. */
  readonly conflictShare: number;
  /** Share of changes and transactions that are done and whose answer is lost. */
  readonly lossShare: number;
}

const CONFLICT = 'com.amazonaws.dynamodb.v20120810#';

/**
 * Stands between the functions and the engine as a busy table would: the engine serialises its writes and never meets a
 * conflict by itself. Call it before the first request of the process; clients made afterwards go through it.
 */
export const conflictingDynamoDb = async ({ seed, conflictShare, lossShare }: Faults) => {
  const { endpoint } = await engines().dynamoDb();
  let state = seed;
  let injected = 0;
  // mulberry32: small, seeded, even enough
  const drawn = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const server = createServer(async (request, response) => {
    const body = await whole(request);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const draw = ['UpdateItem', 'TransactWriteItems'].includes(operation) ? drawn() : 1;
    if (draw < conflictShare) {
      injected += 1;
      const refusal = operation === 'UpdateItem' ? updateConflict : cancelled(JSON.parse(body.toString()));
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(refusal));
      return;
    }
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== 'host'));
    const answer = await fetch(endpoint, { method: 'POST', headers: headers as Record<string, string>, body });
    const said = Buffer.from(await answer.arrayBuffer());
    if (draw < conflictShare + lossShare) {
      injected += 1;
      response.destroy();
      return;
    }
    response
      .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/x-amz-json-1.0' })
      .end(said);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    injected: () => injected,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const whole = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const updateConflict = {
  __type: `${CONFLICT}TransactionConflictException`,
  message: 'Transaction is ongoing for the item',
};

const cancelled = ({ TransactItems }: { TransactItems: unknown[] }) => ({
  __type: `${CONFLICT}TransactionCanceledException`,
  message: 'Transaction cancelled',
  CancellationReasons: TransactItems.map((_, at) => ({ Code: at === 0 ? 'TransactionConflict' : 'None' })),
});
