import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as v from 'valibot';
import { type MemberId, UnitId } from '#shared/kernel/ids.ts';
import {
  type GeneralRefusal,
  generalRefusals,
  type Operation,
  type OutputOf,
  type ParsedInputOf,
  type RefusalOf,
} from '#shared/kernel/operation.ts';
import { practiceOf } from '#shared/kernel/practice.ts';
import { type Result, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds, DAY_MS, Instant, instantOf, millisecondsOf } from '#shared/kernel/time.ts';
import { recordAudit } from './audit.ts';
import { cookiesOf, inputOf, passCookieName, sameOrigin, viaEdge } from './http-request.ts';
import { type Actor, actorOf, mayAt, passOf } from './identity.ts';
import { faultOf, log } from './log.ts';
import { mayAsk } from './pace.ts';
import { mustGiveWay } from './pressure.ts';

/** What a row is given: the parsed input, who asks, when, and the few things of the request that some rows need. */
export interface Call<Op extends Operation> {
  readonly input: ParsedInputOf<Op>;
  /** Present whenever the contract does not allow `anyone` or `session`. */
  readonly actor: Op['allow'] extends 'anyone' | 'session' ? Actor | undefined : Actor;
  readonly now: Instant;
  /** When it was done, by the word of the phone on which it waited for a network; only of acts that may wait (`later`). */
  readonly actedAt: Instant | undefined;
  /** A new id: sortable by time, unguessable in its second half. */
  readonly newId: () => string;
  readonly cookies: Readonly<Record<string, string>>;
  readonly userAgent: string;
  /** Adds a Set-Cookie header to the answer. */
  readonly setCookie: (cookie: string) => void;
  readonly requestId: string;
}

export interface Route {
  readonly op: Operation;
  // the input was parsed by the operation's own schema just before
  readonly handle: (call: Call<Operation>, ahead: Promise<unknown>) => Promise<Result<unknown>>;
  readonly ahead?: (asked: Asked<Operation>) => Promise<unknown>;
}

type Handled<Op extends Operation> = Promise<Result<OutputOf<Op>, RefusalOf<Op>>>;

/** One row: the operation of the contract and what happens. */
export const route = <Op extends Operation>(op: Op, handle: (call: Call<Op>) => Handled<Op>): Route => ({
  op,
  handle: handle as unknown as Route['handle'], // the guard below gives the row what its type promises
});

/** What is known of a request with a genuine pass before it is known whether it may be answered. */
export interface Asked<Op extends Operation> {
  readonly input: ParsedInputOf<Op>;
  readonly memberId: Op['allow'] extends 'anyone' | 'session' ? never : MemberId;
}

/**
 * A row whose first look travels in one call with the guard's look at the person, a call less for each act of the meeting
 * hour: it is asked for before he is known to be allowed, and the row alone sees it, once he is.
 */
export const routeAhead = <Op extends Operation, Ahead>(
  op: Op,
  ahead: (asked: Asked<Op>) => Promise<Ahead>,
  handle: (call: Call<Op>, ahead: Promise<Ahead>) => Handled<Op>,
): Route => ({
  op,
  // as above
  ahead: ahead as unknown as NonNullable<Route['ahead']>,
  handle: handle as unknown as Route['handle'],
});

/** A request that took longer is logged whatever it was. */
const SLOW_MS = 1_000;

/** For rows that read nothing ahead. */
const NOTHING = Promise.resolve();

/** The HTTP function of a context: finds the row, asks who and whether, parses, answers. Written once, refuses by default. */
export const httpApi = (context: string, rows: readonly Route[]) => {
  const routes = rows.map((row) => {
    if (!row.op.id.startsWith(`${context}.`)) throw new Error(`${row.op.id} does not belong to ${context}`);
    return {
      method: row.op.method,
      path: row.op.path,
      handler: (event: APIGatewayProxyEventV2, lambda: Context) => answer(row, event, lambda),
    };
  });
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>().handler(
    httpRouter<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
      routes,
      notFoundResponse: () => respond('not-found', refuse('not-found'), 404, randomUUID()),
    }),
  );
};

const answer = async (
  { op, handle, ahead }: Route,
  event: APIGatewayProxyEventV2,
  lambda: Context,
): Promise<APIGatewayProxyStructuredResultV2> => {
  const started = performance.now();
  const requestId = lambda?.awsRequestId ?? event.requestContext.requestId;
  const now = instantOf(Date.now());
  const setCookies: string[] = [];
  let actor: Actor | undefined;
  let practising: Actor | undefined;
  let status = 500;
  let code: string | undefined;
  try {
    const result = await guarded();
    status = result.ok ? 200 : statusOf(op, result.code);
    code = result.ok ? undefined : result.code;
    return respond(op.id, result, status, requestId, setCookies);
  } catch (error) {
    code = 'fault';
    log({ level: 'error', event: 'fault', operation: op.id, requestId, fault: faultOf(error) });
    return respond(op.id, refuse('fault'), 500, requestId);
  } finally {
    const unitId = event.pathParameters?.['unitId'];
    const milliseconds = Math.round(performance.now() - started);
    // a look that went well leaves no line: in the meeting hour they are most of what is asked, and lines cost money
    if (!op.unlogged && (op.method !== 'GET' || status !== 200 || milliseconds > SLOW_MS))
      log({
        event: 'request',
        operation: op.id,
        requestId,
        status,
        milliseconds,
        ...(code !== undefined && { code }),
        ...(actor && { memberId: actor.memberId }),
        ...(unitId !== undefined && { unitId }),
      });
  }

  async function guarded(): Promise<Result<unknown>> {
    if (!viaEdge(event)) return refuse('not-allowed');
    if (op.method !== 'GET' && !sameOrigin(event)) return refuse('wrong-origin');
    if (op.givesWay && mustGiveWay(op.givesWay)) return refuse('busy');
    const cookies = cookiesOf(event);
    const passCookie = cookies[passCookieName()];
    let looked: Promise<unknown> = NOTHING;
    if (op.allow !== 'anyone' && op.allow !== 'session') {
      if (passCookie === undefined) return refuse('not-signed-in');
      const pass = await passOf(passCookie, now);
      if (!pass) return refuse('not-signed-in');
      if (!mayAsk(pass.sessionId, pass.kind, millisecondsOf(now))) return refuse('too-many');
      const asked = ahead && inputOf(op, event);
      if (ahead && asked?.ok) {
        looked = ahead({ input: asked.value, memberId: pass.memberId as never }); // rows of the guarded alone have it
        // who is refused below does not wait for it
        looked.catch(() => undefined);
      }
      // writes and every staff act ask how the session stands now; a member's look may be answered a second late
      actor = await actorOf(pass, op.method === 'GET' && pass.kind === 'member' ? { eventually: true } : {});
      if (!actor) return refuse('session-ended');
      practising = practisingAs(op, actor, event, now);
      // of all that can wait in the meeting hour, practising can wait longest
      if (practising && mustGiveWay('statistics')) return refuse('busy');
      actor = practising ?? actor;
      const allowed = await permitted(op, actor, event, now);
      if (allowed !== true) {
        const refused = refuse(allowed);
        if (op.audited && !practising) await audit(actor, refused);
        return refused;
      }
    }
    const acted = v.safeParse(v.optional(Instant), op.later ? event.headers?.['acted-at'] : undefined);
    if (!acted.success) return refuse('malformed');
    const input = inputOf(op, event);
    if (!input.ok) return input;
    const call = {
      input: input.value,
      actor: actor as Actor, // the type of the row says when it may be missing
      now,
      actedAt: acted.output,
      newId: () => `${Date.now().toString(36)}-${randomUUID().slice(0, 13)}`,
      cookies,
      userAgent: event.headers?.['user-agent'] ?? '',
      setCookie: (cookie: string) => void setCookies.push(cookie),
      requestId,
    };
    const result = await handle(call, looked);
    if (op.audited && actor && !practising) await audit(actor, result);
    return result;
  }

  async function audit(by: Actor, result: Result<unknown>): Promise<void> {
    const record = Object.fromEntries(
      Object.entries(event.pathParameters ?? {}).flatMap(([name, value]) =>
        value === undefined || name === 'proxy' ? [] : [[name, value]],
      ),
    );
    const unit = v.safeParse(UnitId, record['unitId']);
    await recordAudit({
      at: now,
      unitId: unit.success ? unit.output : by.unitId,
      actorId: by.memberId,
      operation: op.id,
      record,
      sessionId: by.sessionId,
      requestId,
      outcome: result.ok ? 'done' : result.code,
    });
  }
};

/**
 * Who he is at the practice branch of his own unit today: one of its members, who may do everything, with meetings and papers
 * only, and nothing binds anybody. Nothing for any other act: a practice of yesterday, of another branch, or of another context.
 */
const practisingAs = (op: Operation, actor: Actor, event: APIGatewayProxyEventV2, now: Instant): Actor | undefined => {
  const practice = practiceOf(actor.unitId, now);
  if (practice === undefined || event.pathParameters?.['unitId'] !== practice || !PRACTISED.test(op.id))
    return undefined;
  const grants = PRACTICE_ROLES.map((role) => ({ role, unitId: practice, from: addMilliseconds(now, -DAY_MS) }));
  // what he does there tells of the practice branch, never of his own
  return { ...actor, unitId: practice, grants, stepUpUntil: addMilliseconds(now, DAY_MS) };
};
const PRACTISED = /^(meetings|documents)\./;
const PRACTICE_ROLES = ['member', 'branch_secretary'] as const;

/** Whether the roles allow it and a binding act was confirmed within 12 hours. Source: access.md §1. */
const permitted = async (
  op: Operation,
  actor: Actor,
  event: APIGatewayProxyEventV2,
  now: Instant,
): Promise<true | GeneralRefusal> => {
  if (op.allow !== 'anyone' && op.allow !== 'session' && op.allow !== 'signed-in') {
    const unit = v.safeParse(UnitId, event.pathParameters?.['unitId']);
    if (!unit.success || !(await mayAt(actor, op.allow, unit.output, now))) return 'not-allowed';
  }
  // a staff session is at most 12 hours old and began with a second factor
  if (op.stepUp && actor.kind !== 'staff' && !(actor.stepUpUntil && actor.stepUpUntil > now)) return 'step-up-needed';
  return true;
};

const statusOf = (op: Operation, code: string): number =>
  op.refusals[code] ?? (generalRefusals as Record<string, number>)[code] ?? 500;

const RETRY_LATER: readonly number[] = [429, 503];

const respond = (
  operation: string,
  result: Result<unknown>,
  statusCode: number,
  requestId: string,
  cookies: readonly string[] = [],
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-operation': operation,
    // drawn at random, so that those sent away do not all come back at once
    ...(RETRY_LATER.includes(statusCode) && { 'retry-after': String(1 + Math.floor(Math.random() * 5)) }),
  },
  cookies: [...cookies],
  body: JSON.stringify(
    result.ok ? result.value : { code: result.code, requestId, ...(result.issues && { issues: result.issues }) },
  ),
});
