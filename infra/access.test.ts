import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RecordedFact } from '../functions/reports/on-fact-recorded.ts';
import { accessLines } from './access-list.ts';
import { cdkOut, synthesise } from './local/build.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is looked at as the JSON it is
type Properties = any;
interface Resource {
  Type: string;
  Properties: Properties;
  DeletionPolicy?: string;
}

let resources: Record<string, Resource>;
let template: Parameters<typeof accessLines>[0];
const of = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type);

beforeAll(async () => {
  await synthesise();
  template = JSON.parse(readFileSync(join(cdkOut, 'Handbook.template.json'), 'utf8'));
  resources = template.Resources as Record<string, Resource>;
});

/** Which queues a fact is carried to, from the routes of all relays; a queue goes by its logical id. */
const routesOfFacts = (): Map<string, string> => {
  const found = new Map<string, string>();
  for (const [, { Properties }] of of('AWS::Lambda::Function')) {
    const routes = Properties.Environment?.Variables?.FACT_ROUTES;
    if (!routes) continue;
    const text = (routes['Fn::Join'][1] as (string | { Ref: string })[])
      .map((part) => (typeof part === 'string' ? part : part.Ref))
      .join('');
    for (const [fact, queues] of Object.entries(JSON.parse(text) as Record<string, string[]>))
      found.set(fact, `${found.get(fact) ?? ''} ${queues.join(' ')}`);
  }
  return found;
};

describe('the cloud', () => {
  it('carries every fact that a figure stands on to the figures', () => {
    const routes = routesOfFacts();
    for (const { entries } of RecordedFact.options)
      expect(routes.get(entries.type.literal), entries.type.literal).toContain('ReportsFactsQueue');
  });

  it('carries every fact that earns points to the ledger', () => {
    const routes = routesOfFacts();
    for (const fact of ['attendance-recorded', 'opinion-given', 'document-studied'])
      expect(routes.get(fact), fact).toContain('PointsFactsQueue');
  });

  it('carries what is practised to meetings and papers of the practice, and to nobody else', () => {
    const practised = [...routesOfFacts()].filter(([fact]) => fact.startsWith('practice:'));
    expect(practised.length).toBeGreaterThan(0);
    for (const [fact, queues] of practised)
      expect(queues.trim(), fact).toMatch(/^((Meetings(Live|Papers|Agenda)|Documents\w+)Queue\w* ?)+$/);
  });

  it('throws away the files of a practice after its day, wherever a function writes them', () => {
    const rules = of('AWS::S3::Bucket').flatMap(
      ([, { Properties }]) => (Properties.LifecycleConfiguration?.Rules ?? []) as Properties[],
    );
    const leaving = rules.filter(({ ExpirationInDays }) => ExpirationInDays === 2).map(({ Prefix }) => Prefix);
    const folders = ['content/docs', 'content/live', 'content/pack', 'content/page', 'derived', 'upload'];
    expect(leaving.sort()).toEqual(folders.map((folder) => `${folder}/tap-`));
  });

  it('gives exactly the permissions written in access.txt', () => {
    const written = readFileSync(join(import.meta.dirname, 'access.txt'), 'utf8')
      .trim()
      .split('\n');
    expect(accessLines(template)).toEqual(written);
  });

  it('lets nobody do everything, nor anything to everything', () => {
    for (const line of accessLines(template)) {
      // numbers about the account's machines, which the service grants whole or not at all
      if (line === 'Reports/ApiRole → cloudwatch:GetMetricData → *') continue;
      if (!line.includes('NEVER')) expect(line).not.toMatch(/→ \S*\* →|→ \*/);
    }
  });

  it('keeps every table encrypted, restorable and after the stack is gone', () => {
    expect(of('AWS::DynamoDB::GlobalTable').length).toBeGreaterThan(0);
    for (const [id, table] of of('AWS::DynamoDB::GlobalTable')) {
      expect(table.DeletionPolicy).toBe('Retain');
      expect(table.Properties.SSESpecification.SSEEnabled).toBe(true);
      for (const replica of table.Properties.Replicas) {
        const restorable = !id.startsWith('MeetingsBallots');
        expect(replica.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(restorable);
        expect(replica.DeletionProtectionEnabled).toBe(true);
      }
    }
  });

  it('knows nothing of a secret ballot but the ballot: no stream, no log, no cookie, no table of people', () => {
    const [[, table] = []] = of('AWS::DynamoDB::GlobalTable').filter(([id]) => id.startsWith('MeetingsBallots'));
    expect(table?.Properties.StreamSpecification).toBeUndefined();
    const [[boxId, box] = []] = of('AWS::Lambda::Function').filter(([id]) => id.startsWith('MeetingsOnBallotCast'));
    expect(Object.keys(box?.Properties.Environment.Variables).sort()).toEqual([
      'BALLOTS_TABLE',
      'COOKIE_SUFFIX',
      'ORIGIN_SECRET',
      'SITE_ORIGIN',
    ]);
    const begins = (keys: string) => ` when {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${keys}#*"]}}`;
    // it sees the lock and puts into the box; the partition of the key that signs is not its
    expect(accessLines(template).filter((line) => line.startsWith('Meetings/OnBallotCastRole'))).toEqual([
      `Meetings/OnBallotCastRole → dynamodb:ConditionCheckItem → Meetings/Ballots/Table${begins('LOCK')}`,
      `Meetings/OnBallotCastRole → dynamodb:GetItem → Meetings/Ballots/Table${begins('LOCK')}`,
      `Meetings/OnBallotCastRole → dynamodb:PutItem → Meetings/Ballots/Table${begins('BOX')}`,
    ]);
    const [[apiId] = []] = of('AWS::ApiGatewayV2::Api').filter(([id]) => id.startsWith('BallotBox'));
    const stages = of('AWS::ApiGatewayV2::Stage').filter(([, stage]) => stage.Properties.ApiId.Ref === apiId);
    expect(stages.map(([, stage]) => stage.Properties.AccessLogSettings)).toEqual([undefined]);
    const routes = of('AWS::ApiGatewayV2::Route').filter(([, route]) => route.Properties.ApiId.Ref === apiId);
    expect(routes.map(([, route]) => route.Properties.RouteKey)).toEqual(['POST /api/ballots/{pollId}']);
    expect(boxId).toBeDefined();
  });

  it('keeps every bucket encrypted, closed to the public and after the stack is gone', () => {
    for (const [, bucket] of of('AWS::S3::Bucket')) {
      expect(bucket.DeletionPolicy).toBe('Retain');
      expect(bucket.Properties.BucketEncryption).toBeDefined();
      expect(Object.values(bucket.Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    }
  });

  it('runs every function on arm64 with a current Node, a named impact and an alarm', () => {
    const alarmed = JSON.stringify(of('AWS::CloudWatch::Alarm'));
    const functions = of('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    for (const [id, { Properties }] of functions) {
      expect(Properties.Architectures).toEqual(['arm64']);
      expect(Properties.Runtime).toBe('nodejs24.x');
      expect(Properties.Description.length).toBeGreaterThan(20);
      expect(alarmed).toContain(`"Ref":"${id}"`);
    }
  });

  it('sets aside what a queue cannot have worked on, with an alarm', () => {
    const alarmed = JSON.stringify(of('AWS::CloudWatch::Alarm'));
    const asides = new Set<string>();
    for (const [, { Properties }] of of('AWS::SQS::Queue')) {
      const target = Properties.RedrivePolicy?.deadLetterTargetArn?.['Fn::GetAtt']?.[0];
      if (target) asides.add(target);
    }
    for (const [, { Properties }] of of('AWS::Lambda::EventSourceMapping')) {
      const target = Properties.DestinationConfig?.OnFailure?.Destination?.['Fn::GetAtt']?.[0];
      if (target) asides.add(target);
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
    for (const [id, { Properties }] of of('AWS::SQS::Queue')) {
      expect(Properties.RedrivePolicy !== undefined || asides.has(id)).toBe(true);
      expect(Properties.SqsManagedSseEnabled).toBe(true);
    }
    for (const id of asides) expect(alarmed).toContain(id);
  });

  it('requires twelve characters of everybody with a password, and of staff a second factor; nobody signs up himself', () => {
    const pools = of('AWS::Cognito::UserPool');
    expect(pools.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(['MemberPool', 'StaffPool']);
    for (const [id, { Properties }] of pools) {
      expect(Properties.MfaConfiguration, id).toBe(id.startsWith('Staff') ? 'ON' : 'OFF');
      expect(Properties.Policies.PasswordPolicy.MinimumLength, id).toBe(12);
      expect(Properties.AdminCreateUserConfig.AllowAdminCreateUserOnly, id).toBe(true);
      if (id.startsWith('Staff')) expect(Properties.EnabledMfas).toEqual(['SOFTWARE_TOKEN_MFA']);
    }
  });

  it('caches shared files at the edge without cookies, and never the API', () => {
    const [distribution] = of('AWS::CloudFront::Distribution').map(
      ([, { Properties }]) => Properties.DistributionConfig,
    );
    const { DefaultCacheBehavior, CacheBehaviors, CustomErrorResponses } = distribution;
    const policy = (behavior: Properties) => resources[behavior.CachePolicyId.Ref]?.Properties.CachePolicyConfig;
    const byPath = Object.fromEntries(CacheBehaviors.map((behavior: Properties) => [behavior.PathPattern, behavior]));
    expect(Object.keys(byPath)).toEqual([
      '/content/live/*',
      '/content/*',
      '/api/openapi.json',
      '/api/ballots/*',
      '/api/*',
    ]);
    for (const path of ['/content/live/*', '/content/*']) {
      expect(policy(byPath[path]).ParametersInCacheKeyAndForwardedToOrigin.CookiesConfig.CookieBehavior).toBe('none');
      expect(byPath[path].FunctionAssociations).toHaveLength(1);
    }
    const toBox = resources[byPath['/api/ballots/*'].OriginRequestPolicyId.Ref]?.Properties.OriginRequestPolicyConfig;
    expect(toBox.CookiesConfig.CookieBehavior).toBe('none');
    expect(policy(byPath['/content/live/*']).MaxTTL).toBeLessThanOrEqual(5);
    expect(policy(byPath['/content/*']).DefaultTTL).toBeGreaterThan(86_400);
    expect(byPath['/api/*'].CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad'); // AWS: caching disabled
    // the fallback to the app is a rewrite on the site's own behaviour: no error page ever replaces another answer
    expect(CustomErrorResponses.filter((response: Properties) => 'ResponsePagePath' in response)).toEqual([]);
    expect(CustomErrorResponses.every((response: Properties) => response.ErrorCachingMinTTL === 0)).toBe(true);
    expect(DefaultCacheBehavior.FunctionAssociations).toHaveLength(1);
  });

  it('has a route to every context with an HTTP function', () => {
    const routes = of('AWS::ApiGatewayV2::Route').map(([, route]) => route.Properties.RouteKey);
    for (const context of ['access', 'session', 'members']) expect(routes).toContain(`ANY /api/${context}/{proxy+}`);
  });
});
