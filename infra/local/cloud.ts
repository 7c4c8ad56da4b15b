import { join, resolve } from 'node:path';
import { adminPrefix, answerAdmin } from './admin.ts';
import { type BehaviourCount, type Cdn, startCdn } from './cdn.ts';
import type { Cognito } from './engines/cognito.ts';
import { startInvalidations } from './engines/invalidations.ts';
import { startMeasures } from './engines/measures.ts';
import { startWarmth } from './engines/warmth.ts';
import { disturbed, type FaultSwitch, type Faults, faultSwitch } from './faults.ts';
import type { LogLine } from './function-log.ts';
import { type FunctionCount, type Functions, type Outcome, startFunctions } from './functions.ts';
import { type Home, type OtherEngines, openHome } from './home.ts';
import { apiBodyLimit, httpApi } from './http-api.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from './http-message.ts';
import { router } from './http-routes.ts';
import { listen } from './http-server.ts';
import type { Addresses } from './names.ts';
import { notifier } from './notifications.ts';
import { bucketOrigin, edgeAccessTo } from './origins.ts';
import { type ProcessorTime, processorTime } from './processor.ts';
import { type Readers, startReaders } from './readers.ts';
import { type Schedules, startSchedules } from './schedules.ts';
import { fillSite } from './site.ts';
import { openState, type State } from './state.ts';
import { openTemplate, type Template } from './template.ts';
import { httpApisOf } from './template-api.ts';
import { distributionsOf, type OriginSpec } from './template-edge.ts';
import { notificationsOf, schedulesOf } from './template-events.ts';
import { bucketsOf, functionsOf } from './template-resources.ts';

export interface CloudOptions {
  /** Folder of the synthesised template. */
  readonly cdkOut: string;
  readonly dataDir: string;
  /** 0: a free one. */
  readonly port: number;
  /** Folders whose files belong into the site's bucket. */
  readonly siteFolders?: readonly string[];
  readonly other?: OtherEngines;
  /** What goes wrong on purpose; given, also without any fault, it meters the capacity that functions consume. */
  readonly faults?: Faults;
  /** Functions are loaded when they are called first, not before the first member asks. */
  readonly cold?: boolean;
  /** Schedules run once at each start, as a deployment does. By the beginning of their logical id. */
  readonly runAtStart?: readonly string[];
}

/** What was counted since the start or the last reset. */
export interface Counters {
  /** By logical id. */
  readonly functions: Readonly<Record<string, FunctionCount>>;
  /** By path pattern of the behaviour. */
  readonly edge: Readonly<Record<string, BehaviourCount>>;
  readonly edgeFunctions: Readonly<Record<string, number>>;
  /** Units by table and kind (`… reads`, `… writes`); empty unless calls are metered. */
  readonly capacity: Readonly<Record<string, number>>;
}

/** The running local cloud. */
export interface Cloud {
  /** `http://localhost:<port>`, the only public address. */
  readonly url: string;
  readonly dataDir: string;
  readonly template: Template;
  readonly home: Home;
  readonly cognito: Cognito | undefined;
  readonly functions: Functions;
  readonly state: State;
  /** Variables by which SDK clients find the engines: for the seed and for tests. */
  readonly environment: Readonly<Record<string, string>>;
  counters(): Counters;
  resetCounters(): void;
  processorTime(): Promise<ProcessorTime>;
  lag(): ReturnType<Readers['lag']>;
  /** Waits until nothing written so far is still to be worked on; false when the time was over before. See `Readers`. */
  settled(withinMs: number, hurry?: boolean): Promise<boolean>;
  /** Waits until what was written before has been followed to its end; false when the time was over before. See `Readers`. */
  followed(withinMs: number, but?: readonly string[]): Promise<boolean>;
  invalidate(paths: readonly string[]): number;
  runSchedule(name: string): Promise<Outcome>;
  logs(logicalId: string): readonly LogLine[];
  /** Absent unless the cloud was started with faults, be they none. */
  readonly faults: FaultSwitch | undefined;
  stop(): Promise<void>;
}

const sentence = (response: HttpResponse['status'], message: string) => async () => jsonResponse(response, { message });

/** Runs what the template describes. Data of an earlier run are taken up again. */
export const startCloud = async (options: CloudOptions): Promise<Cloud> => {
  const dataDir = resolve(options.dataDir);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return await startParts({ ...options, dataDir }, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
};

const startParts = async (
  options: CloudOptions,
  stops: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Cloud> => {
  const { dataDir, cdkOut } = options;
  const state = openState(dataDir);
  stops.push(state.close);
  let answerSite: (request: HttpRequest) => Promise<HttpResponse | 'no answer'> = sentence(503, 'Starting');
  const site = await listen((request) => answerSite(request), { port: options.port, bodyLimit: apiBodyLimit });
  stops.push(site.stop);
  let answerApi: (request: HttpRequest) => Promise<HttpResponse> = sentence(503, 'Starting');
  const api = await listen((request) => answerApi(request), { port: 0, bodyLimit: apiBodyLimit });
  stops.push(api.stop);

  const url = `http://localhost:${site.port}`;
  const ownParameters = { SiteOrigin: url, CookieSuffix: `-${site.port}` };
  const plan = openTemplate(cdkOut, { ...noEngines, parameters: ownParameters });
  let notify: ReturnType<typeof notifier> | undefined;
  const faults = options.faults && faultSwitch(options.faults);
  const home = await openHome(plan, {
    dataDir,
    other: options.other ?? {},
    faults,
    onObjectCreated: async (...object) => {
      if (notify === undefined) throw new Error('not started yet');
      await notify(...object);
    },
  });
  stops.push(home.stop);

  const addresses: Addresses = {
    site: `localhost:${site.port}`,
    api: `http://127.0.0.1:${api.port}`,
    queues: home.sqs.endpoint,
    parameters: { ...ownParameters, MoreConnections: home.browserAddresses.join(' ') },
    secret: (name, field) => secretValue(home, name, field),
    secretArn: (name) => home.secrets.get(name)?.arn,
  };
  const template = openTemplate(cdkOut, addresses);
  const { region, account } = template.place;
  let cdn: Cdn | undefined;
  const invalidations = await startInvalidations({
    credentials: home.credentials,
    invalidate: (_, paths) => void cdn?.invalidate(paths),
  });
  stops.push(invalidations.stop);
  let readers: Readers | undefined;
  const warmth = await startWarmth({
    credentials: home.credentials,
    onReady: (name, environments) => void (environments > 0 && !options.cold && functions.prewarm([name])),
  });
  stops.push(warmth.stop);
  const measures = await startMeasures({
    credentials: home.credentials,
    streams: () => readers?.lag().streams ?? [],
    queues: () => readers?.lag().queues ?? [],
  });
  stops.push(measures.stop);
  const environment = {
    ...home.environment,
    AWS_ENDPOINT_URL_CLOUDFRONT: invalidations.endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH: measures.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: warmth.endpoint,
  };
  const functions = startFunctions(functionsOf(template), {
    logs: join(dataDir, 'logs'),
    platform: environment,
    onDone: (spec) => readers?.nudge(new Set(Object.values(spec.environment))),
  });
  stops.push(functions.stop);
  const send = (queue: string, body: string): void => void home.sqs.send(queue, body);
  notify = notifier(notificationsOf(template), { region, send, invoke: functions.invoke });

  const apiSpecs = httpApisOf(template);
  // one address stands for all APIs: each answers what it has a route for
  const apis = apiSpecs.map((spec) => ({ find: router(spec.routes), answer: httpApi(spec, functions, account) }));
  answerApi = async (request) => {
    const its = apis.find(({ find }) => find(request.method, request.path) !== undefined);
    return its ? its.answer(request) : jsonResponse(404, { message: 'Not Found' });
  };
  const [distribution] = distributionsOf(template);
  const originOf = (origin: OriginSpec) => {
    if (origin.domain === new URL(addresses.api).host) return answerApi;
    const bucket = bucketsOf(template).find(({ domain }) => domain === origin.domain);
    if (bucket === undefined) throw new Error(`The distribution's origin ${origin.domain} is not on this machine`);
    return bucketOrigin(home.readObject, bucket.name, edgeAccessTo(template, bucket.name));
  };
  cdn = distribution && startCdn(distribution, { originOf, readStore: (_, key) => home.edgeStore?.get(key) });
  await fillSiteOf(template, options, home, state);

  const called = faults === undefined ? functions : { ...functions, ...disturbed(functions, faults) };
  readers = await startReaders({ template, home, functions: called, state });
  stops.push(readers.stop);
  const schedules: Schedules = startSchedules(schedulesOf(template), { functions, state, send });
  stops.push(schedules.stop);
  for (const name of options.runAtStart ?? []) await runAtStart(schedules, name);

  const capacity = () => home.proxy?.consumed() ?? {};
  const cloud: Cloud = {
    url,
    dataDir,
    template,
    home,
    cognito: home.cognito,
    functions,
    state,
    environment,
    counters: () => ({
      functions: functions.counts(),
      edge: cdn?.counts() ?? {},
      edgeFunctions: cdn?.functionCounts() ?? {},
      capacity: capacity(),
    }),
    resetCounters: () => {
      functions.resetCounts();
      cdn?.resetCounts();
      home.proxy?.resetConsumed();
    },
    processorTime: () => processorTime(functions.processorTime(), home.enginePid()),
    lag: readers.lag,
    settled: readers.settled,
    followed: readers.followed,
    invalidate: (paths) => cdn?.invalidate(paths) ?? 0,
    runSchedule: schedules.run,
    logs: (logicalId) => functions.logs(logicalId),
    faults,
    stop,
  };
  answerSite = async (request) => {
    if (request.path.startsWith(adminPrefix)) return answerAdmin(cloud, request);
    if (cdn === undefined) return sentence(404, 'The template has no distribution')();
    const response = await cdn.answer(request);
    return faults?.happens('drop-responses') && request.path.startsWith('/api/') ? 'no answer' : response;
  };
  // loaded before the first member asks; a fault shows when it is called
  const answering = apiSpecs.flatMap(({ routes }) => routes).map(({ functionName }) => functionName);
  if (!options.cold) void functions.prewarm(answering);
  return cloud;
};

const noEngines = { site: '', api: 'http://127.0.0.1:0', queues: '', secret: () => '', secretArn: () => undefined };

const secretValue = (home: Home, name: string, field: string | undefined): string => {
  const secret = home.secrets.get(name);
  if (secret === undefined) throw new Error(`The template refers to the secret ${name}, which it does not hold`);
  return field === undefined ? secret.value : String(JSON.parse(secret.value)[field]);
};

const fillSiteOf = async (template: Template, options: CloudOptions, home: Home, state: State): Promise<void> => {
  const [distribution] = distributionsOf(template);
  const last = distribution?.behaviours.at(-1);
  const origin = distribution?.origins.find(({ id }) => id === last?.originId);
  const bucket = bucketsOf(template).find(({ domain }) => domain === origin?.domain);
  if (bucket === undefined || options.siteFolders === undefined) return;
  await fillSite({ client: home.s3, bucket: bucket.name, folders: options.siteFolders, state });
};

const runAtStart = async (schedules: Schedules, name: string): Promise<void> => {
  const outcome = await schedules.run(name);
  if (!outcome.ok && outcome.reason !== 'unknown') throw new Error(`${name} failed at the start: ${outcome.message}`);
};
