import type { Cloud } from './cloud.ts';
import { splitPairs } from './edge-function.ts';
import { readFaults } from './faults.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from './http-message.ts';

/** Paths that exist on this machine only, beside the site. */
export const adminPrefix = '/_local/';

type Act = (cloud: Cloud, request: HttpRequest, rest: string) => Promise<HttpResponse> | HttpResponse;

const acts: Readonly<Record<string, Act>> = {
  'GET counters': (cloud) => jsonResponse(200, cloud.counters()),
  'GET processor': async (cloud) => jsonResponse(200, await cloud.processorTime()),
  'POST counters/reset': (cloud) => {
    cloud.resetCounters();
    return jsonResponse(200, {});
  },
  'POST invalidate': (cloud, { body }) => {
    const { paths = ['/*'] } = body.length === 0 ? {} : JSON.parse(body.toString());
    return jsonResponse(200, { invalidated: cloud.invalidate(paths) });
  },
  'GET lag': async (cloud, { query }) => {
    const asked = new Map(splitPairs(query, /&/));
    const seconds = Number(asked.get('settle') ?? 0);
    const settled = await cloud.settled(seconds * 1_000, asked.has('hurry'));
    return jsonResponse(200, { settled, ...cloud.lag() });
  },
  'GET followed': async (cloud, { query }) => {
    const asked = new Map(splitPairs(query, /&/));
    const but = (asked.get('but') ?? '').split(',').filter((name) => name !== '');
    return jsonResponse(200, { followed: await cloud.followed(Number(asked.get('within') ?? 0) * 1_000, but) });
  },
  'POST schedules': async (cloud, _, rest) => {
    const outcome = await cloud.runSchedule(rest.replace(/\/run$/, ''));
    if (outcome.ok) return jsonResponse(200, { ran: true });
    return jsonResponse(outcome.reason === 'unknown' ? 404 : 502, { ran: false, message: outcome.message });
  },
  'POST faults': (cloud, { body }) => {
    if (cloud.faults === undefined) return jsonResponse(409, { message: 'Started without --fault' });
    try {
      cloud.faults.set(readFaults(body.toString()));
    } catch (error) {
      return jsonResponse(400, { message: String(error) });
    }
    return jsonResponse(200, cloud.faults.now());
  },
  'POST kill/functions': (cloud) => {
    cloud.functions.kill();
    return jsonResponse(200, {});
  },
  'POST kill/engine': (cloud) => {
    cloud.home.killEngine?.();
    return jsonResponse(cloud.home.killEngine === undefined ? 409 : 200, {});
  },
  'GET logs': (cloud, _, rest) => jsonResponse(200, cloud.logs(rest)),
};

/** Answers the paths under `/_local/`. Pages of other sites and names that only look local are refused. */
export const answerAdmin = async (cloud: Cloud, request: HttpRequest): Promise<HttpResponse> => {
  const { host = '', 'sec-fetch-site': from = 'none' } = request.headers;
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host) || !['none', 'same-origin'].includes(from)) {
    return jsonResponse(403, { message: 'Forbidden' });
  }
  const path = request.path.slice(adminPrefix.length);
  const whole = acts[`${request.method} ${path}`];
  if (whole !== undefined) return whole(cloud, request, '');
  const slash = path.indexOf('/');
  const act = slash < 0 ? undefined : acts[`${request.method} ${path.slice(0, slash)}`];
  return act === undefined ? jsonResponse(404, { message: 'Not Found' }) : act(cloud, request, path.slice(slash + 1));
};
