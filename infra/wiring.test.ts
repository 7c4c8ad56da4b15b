import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../shared/kernel/operation.ts';
import { LATE_SECONDS as lateOnThePage } from '../shared/reports/backlog.ts';
import { wayWords } from '../shared/reports/backlog-wording.ts';
import { accessLines } from './access-list.ts';
import { cdkOut, root, synthesise } from './local/build.ts';
import { LATE_SECONDS } from './parts/way.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is looked at as the JSON it is
type Json = any;
type Resources = Record<string, { Type: string; Properties: Json }>;

const contexts = readdirSync(join(root, 'functions')).filter((name) => !/\.ts$|runtime|edge/.test(name));
let resources: Resources;
let operations: Operation[];
let consumers: string[];

beforeAll(async () => {
  await synthesise();
  resources = JSON.parse(readFileSync(join(cdkOut, 'Handbook.template.json'), 'utf8')).Resources;
  operations = (await Promise.all(contexts.map(operationsOf))).flat();
  consumers = contexts.flatMap((context) =>
    readdirSync(join(root, 'functions', context))
      .filter((file) => /^on-.*\.ts$/.test(file) && !file.includes('.test.'))
      .map((file) => `${context}/${file.replace('.ts', '')}`),
  );
});

const operationsOf = async (context: string): Promise<Operation[]> => {
  const contract: Record<string, unknown> = await import(
    pathToFileURL(join(root, 'shared', context, 'contract.ts')).href
  );
  return Object.values(contract).filter(
    (it): it is Operation => typeof it === 'object' && it !== null && 'path' in it && 'allow' in it,
  );
};

const of = (all: Resources, type: string) => Object.entries(all).filter(([, resource]) => resource.Type === type);

/** The names of the functions that something of the template calls: a mapping, a schedule, a rule, a bucket or a route. */
const called = (all: Resources): string =>
  JSON.stringify(
    Object.values(all).filter(({ Type }) =>
      /EventSourceMapping|Schedule|Rule|BucketNotif|GlobalTable|V2::Integration/.test(Type),
    ),
  );

/** Logical id of the function of a consumer: `meetings/on-fact` is `MeetingsOnFact…`. */
const isOf = (consumer: string, id: string): boolean =>
  id.toLowerCase().startsWith((elsewhere[consumer] ?? consumer).replaceAll(/[/-]/g, '').toLowerCase());
/** Made outside its context, as it serves several. */
const elsewhere: Readonly<Record<string, string>> = { 'meetings/on-hour-near': 'warming/on-hour-near' };

/** What is missing of the template, in words: nothing when every part stands. */
const missing = {
  route: (all: Resources): string[] => {
    const keys = of(all, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => String(Properties.RouteKey));
    const leads = (key: string, { method, path }: Operation): boolean =>
      key === `${method} ${path}` || (key.startsWith('ANY ') && path.startsWith(key.slice(4).replace('{proxy+}', '')));
    return operations.filter((operation) => !keys.some((key) => leads(key, operation))).map(({ id }) => id);
  },
  'event mapping': (all: Resources): string[] => {
    const text = called(all);
    const functions = of(all, 'AWS::Lambda::Function').map(([id]) => id);
    const unheard = consumers.filter(
      (consumer) => !functions.some((id) => isOf(consumer, id) && text.includes(`"${id}"`)),
    );
    const relays = functions.filter((id) => /Relay/.test(id) && !text.includes(`"${id}"`));
    return [...unheard, ...relays];
  },
  'cache policy': (all: Resources): string[] =>
    of(all, 'AWS::CloudFront::Distribution').flatMap(([, { Properties }]) => {
      const { DefaultCacheBehavior, CacheBehaviors } = Properties.DistributionConfig;
      return [DefaultCacheBehavior, ...CacheBehaviors].flatMap(({ PathPattern = '*', CachePolicyId }) =>
        CachePolicyId === undefined || (CachePolicyId.Ref && !all[CachePolicyId.Ref]) ? [String(PathPattern)] : [],
      );
    }),
};

const without = (id: string): Resources =>
  Object.fromEntries(Object.entries(resources).filter(([name]) => name !== id));

describe('the template', () => {
  it('has a route to every operation of the contracts', () => {
    expect(operations.length).toBeGreaterThan(25);
    expect(missing.route(resources)).toEqual([]);
  });

  it('has something that calls every consumer of facts, files and hours, and every relay', () => {
    expect(consumers.length).toBeGreaterThan(5);
    expect(missing['event mapping'](resources)).toEqual([]);
  });

  it('has words on the operator’s page for every way on which facts travel', () => {
    const variables = of(resources, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
      const { WAYS } = Properties.Environment?.Variables ?? {};
      return WAYS ? [WAYS['Fn::Join'][1].map((part: Json) => part.Ref ?? part).join('')] : [];
    });
    expect(variables).toHaveLength(1);
    const { queues, streams } = JSON.parse(variables[0] ?? '');
    expect([...queues, ...Object.keys(streams)].sort()).toEqual(Object.keys(wayWords).sort());
    expect(LATE_SECONDS).toBe(lateOnThePage);
    // a Lambda function's variables are 4 KB together
    expect(variables[0]?.length).toBeLessThan(2_000);
  });

  it('lets statistics, uploads and opinions give way under load, and nothing else that anyone asks', () => {
    const giving = operations.flatMap(({ id, givesWay }) => (givesWay ? [`${givesWay}: ${id}`] : [])).sort();
    expect(giving).toEqual([
      'opinions: meetings.giveOpinion',
      'statistics: reports.evening',
      'statistics: reports.exportHandover',
      'statistics: reports.exportReport',
      'statistics: reports.frozen',
      'statistics: reports.progress',
      'uploads: documents.requestUpload',
      'uploads: documents.uploadParts',
    ]);
  });

  it('has a cache policy for every path', () => {
    expect(missing['cache policy'](resources)).toEqual([]);
  });
});

describe('what is taken out of the template is missed', () => {
  it('any one route', () => {
    for (const [id] of of(resources, 'AWS::ApiGatewayV2::Route'))
      expect(missing.route(without(id)), id).not.toEqual([]);
  });

  it('any one grant', () => {
    const written = readFileSync(join(import.meta.dirname, 'access.txt'), 'utf8')
      .trim()
      .split('\n');
    const grants = /^AWS::(IAM::Policy|Lambda::Permission|SQS::QueuePolicy|S3::BucketPolicy)$/;
    const ids = Object.keys(resources).filter((id) => grants.test(resources[id]?.Type ?? ''));
    expect(ids.length).toBeGreaterThan(40);
    expect(accessLines({ Resources: resources })).toEqual(written);
    for (const id of ids) expect(accessLines({ Resources: without(id) }), id).not.toEqual(written);
  });

  it('any one event mapping', () => {
    for (const [id] of of(resources, 'AWS::Lambda::EventSourceMapping'))
      expect(missing['event mapping'](without(id)), id).not.toEqual([]);
  });

  it('any one cache policy', () => {
    for (const [id] of of(resources, 'AWS::CloudFront::CachePolicy'))
      expect(missing['cache policy'](without(id)), id).not.toEqual([]);
  });
});
