import { createHmac } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import '@aws-sdk/signature-v4a';
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  PutKeyCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, type CloudOptions, startCloud } from './cloud.ts';
import { emptyDataFolder } from './data-folder.ts';
import { resolveLocalhost } from './engines/localhost-names.ts';
import { synthesiseShop } from './fixture/app.ts';
import { bucketsOf, tablesOf } from './template-resources.ts';

let home: string;
let cdkOut: string;
const running: Cloud[] = [];
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'cloud-test-'));
  cdkOut = synthesiseShop(join(home, 'cdk.out'));
  mkdirSync(join(home, 'site/_app/immutable'), { recursive: true });
  writeFileSync(join(home, 'site/200.html'), '<!doctype html><title>shop</title>');
  writeFileSync(join(home, 'site/_app/immutable/core.abc.js'), 'export {};');
});
afterAll(async () => {
  await Promise.all(running.map((cloud) => cloud.stop()));
  rmSync(home, { recursive: true, force: true });
});

const aCloud = async (folder: string, changes: Partial<CloudOptions> = {}): Promise<Cloud> => {
  const siteFolders = [join(home, 'site')];
  const cloud = await startCloud({ cdkOut, dataDir: join(home, folder), port: 0, siteFolders, ...changes });
  running.push(cloud);
  return cloud;
};

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/** A copy of the template with something changed in it. */
const changed = (name: string, change: (resources: Resources) => void): string => {
  const copy = join(home, `cdk.out-${name}`);
  cpSync(cdkOut, copy, { recursive: true });
  const file = join(copy, 'Shop.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8'));
  change(template.Resources);
  writeFileSync(file, JSON.stringify(template));
  return copy;
};
const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);

const sell = (cloud: Cloud, sk: string, fact: string) => {
  const [table] = tablesOf(cloud.template);
  return cloud.home.dynamoDb.send(
    new PutItemCommand({ TableName: table?.name, Item: { pk: { S: 'shop' }, sk: { S: sk }, fact: { S: fact } } }),
  );
};
const soldLines = (cloud: Cloud): readonly unknown[] => {
  const name = cloud.functions.names.find((it) => it.includes('OnSold')) ?? '';
  return cloud.functions.logs(name).map(({ said }) => said);
};
const putContent = (cloud: Cloud, Key: string, Body: string, more: { CacheControl?: string } = {}) => {
  const bucket = bucketsOf(cloud.template).find(({ logicalId }) => logicalId.startsWith('Content'));
  return cloud.home.s3.send(
    new PutObjectCommand({ Bucket: bucket?.name, Key, Body, ContentType: 'application/json', ...more }),
  );
};
const edgeCountOf = (cloud: Cloud, pattern: string) => cloud.counters().edge[pattern];

describe('the local cloud', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await aCloud('main');
  });

  test('answers the API through the CDN, with the values of the template as the environment', async () => {
    const response = await fetch(`${cloud.url}/api/shop/items/7?a=1`, { headers: { cookie: 'pass=1' } });
    const { event, environment } = (await response.json()) as {
      event: Record<string, unknown>;
      environment: Record<string, string>;
    };
    expect(event).toMatchObject({ routeKey: 'GET /api/shop/items/{id}', cookies: ['pass=1'], rawQueryString: 'a=1' });
    expect(environment['SITE_ORIGIN']).toBe(cloud.url);
    expect(environment['ORIGIN_SECRET']).toMatch(/^[A-Za-z0-9]{20}$/);
    expect((event['headers'] as Record<string, string>)['x-word']).toBe(environment['ORIGIN_SECRET']);
  });

  test('serves the site with its fallback, and never in place of the API or of content', async () => {
    const page = await fetch(`${cloud.url}/anything`);
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html><title>shop</title>']);
    expect(page.headers.get('content-security-policy')).toBe("default-src 'self'");
    expect((await fetch(`${cloud.url}/api/elsewhere`)).status).toBe(404);
    expect((await fetch(`${cloud.url}/content/live/missing.json`)).status).toBe(403);
  });

  test('thirty who open one live file call no function and read the bucket once', async () => {
    await putContent(cloud, 'content/live/a.json', '{"n":1}');
    cloud.resetCounters();
    const answers = await Promise.all(
      Array.from({ length: 30 }, async () => (await fetch(`${cloud.url}/content/live/a.json`)).text()),
    );
    expect(new Set(answers)).toEqual(new Set(['{"n":1}']));
    expect(edgeCountOf(cloud, '/content/live/*')).toMatchObject({ requests: 30, hits: 29, originFetches: 1 });
    expect(Object.values(cloud.counters().functions).every(({ invocations }) => invocations === 0)).toBe(true);
  });

  test('the function at the edge reads the key-value store of the template', async () => {
    await putContent(cloud, 'content/pack.json', '{}');
    expect((await fetch(`${cloud.url}/content/pack.json`)).status).toBe(502);
    const database = cloud.home.edgeStore;
    expect(database?.get('key')).toBeUndefined();
    resolveLocalhost();
    const client = new CloudFrontKeyValueStoreClient({
      region: cloud.template.place.region,
      endpoint: database?.endpoint ?? '',
      credentials: cloud.home.credentials,
    });
    const KvsARN = database?.arn;
    const { ETag } = await client.send(new DescribeKeyValueStoreCommand({ KvsARN }));
    await client.send(new PutKeyCommand({ KvsARN, Key: 'key', Value: 'secret', IfMatch: ETag }));
    expect((await fetch(`${cloud.url}/content/pack.json`)).status).toBe(403);
    const ticket = createHmac('sha256', 'secret').update('/content/pack.json').digest('hex');
    expect((await fetch(`${cloud.url}/content/pack.json`, { headers: { cookie: `ticket=${ticket}` } })).status).toBe(
      200,
    );
  });

  test('a fact goes from the table by its stream and queue to its consumer', async () => {
    await sell(cloud, '1', 'a hat');
    expect(await cloud.settled(10_000)).toBe(true);
    await expect.poll(() => soldLines(cloud)).toContainEqual({ fact: 'a hat' });
  });

  test('a fact is followed to its consumer, however much others go on writing', async () => {
    let going = true;
    const others = (async () => {
      for (let at = 0; going; at++) {
        await sell(cloud, `other ${at}`, 'a glove');
        await pause(5);
      }
    })();
    await sell(cloud, 'mine', 'a scarf');
    const followed = await cloud.followed(20_000).finally(() => {
      going = false;
    });
    await others;
    expect(followed).toBe(true);
    await expect.poll(() => soldLines(cloud)).toContainEqual({ fact: 'a scarf' });
    const answer = await fetch(`${cloud.url}/_local/followed?within=10&but=OnSold`);
    expect(await answer.json()).toEqual({ followed: true });
  });

  test('an object under the watched prefix is told to its queue', async () => {
    await putContent(cloud, 'inbox/quét 1.json', '{}');
    await expect.poll(() => JSON.stringify(soldLines(cloud))).toContain('"key":"inbox/qu%C3%A9t+1.json"');
  });

  test('a schedule runs when told to on the loopback address, and nothing there answers a page of another site', async () => {
    const run = (headers: Record<string, string>) =>
      fetch(`${cloud.url}/_local/schedules/Nightly/run`, { method: 'POST', headers });
    expect((await run({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(await (await run({})).json()).toEqual({ ran: true });
    const clock = cloud.functions.names.find((it) => it.includes('OnClock')) ?? '';
    await expect.poll(() => cloud.functions.logs(clock)).toMatchObject([{ said: { clock: { hello: 'night' } } }]);
    expect((await fetch(`${cloud.url}/_local/schedules/None/run`, { method: 'POST' })).status).toBe(404);
  });

  test('counters and lag are told over HTTP, and counters start again from nothing', async () => {
    await fetch(`${cloud.url}/api/shop/special`);
    const read = async () =>
      (await fetch(`${cloud.url}/_local/counters`)).json() as Promise<ReturnType<Cloud['counters']>>;
    const callsOf = ({ functions }: ReturnType<Cloud['counters']>) =>
      Object.entries(functions).find(([name]) => name.startsWith('ShopApi'))?.[1].invocations;
    expect(callsOf(await read())).toBeGreaterThan(0);
    await fetch(`${cloud.url}/_local/counters/reset`, { method: 'POST' });
    expect(callsOf(await read())).toBe(0);
    expect(await (await fetch(`${cloud.url}/_local/lag?settle=5`)).json()).toMatchObject({ settled: true });
  });

  test('a second copy on the same data folder, and one on a taken port, are refused in one sentence', async () => {
    await expect(aCloud('main')).rejects.toThrow('is in use by another copy');
    const port = Number(new URL(cloud.url).port);
    await expect(aCloud('elsewhere', { port })).rejects.toThrow(`Port ${port} is taken`);
    expect(() => emptyDataFolder(join(home, 'main'))).toThrow('is in use');
  });
});

describe('a data folder', () => {
  test('keeps tables, secrets and queued facts over a restart', async () => {
    const first = await aCloud('kept');
    const wordOf = async (cloud: Cloud) => {
      const answer = (await (await fetch(`${cloud.url}/api/shop/special`)).json()) as { environment: object };
      return (answer.environment as Record<string, string>)['ORIGIN_SECRET'];
    };
    const word = await wordOf(first);
    await sell(first, '1', 'a coat');
    await first.stop();
    const second = await aCloud('kept');
    expect(await wordOf(second)).toBe(word);
    expect(await second.settled(10_000)).toBe(true);
    const log = join(home, 'kept/logs', `${logicalId(second, 'OnSold')}.jsonl`);
    await expect.poll(() => readFileSync(log, 'utf8')).toContain('a coat');
    await second.stop();
  });

  test('that is broken is refused in one sentence and can be emptied', async () => {
    mkdirSync(join(home, 'broken'));
    writeFileSync(join(home, 'broken/cloud.sqlite'), 'this is no database, it only looks like one from outside');
    await expect(aCloud('broken')).rejects.toThrow('start with --fresh to empty it');
    emptyDataFolder(join(home, 'broken'));
    await (await aCloud('broken')).stop();
  });

  test('that holds what is not ours is never emptied', () => {
    mkdirSync(join(home, 'foreign'));
    writeFileSync(join(home, 'foreign/letters.txt'), 'dear');
    expect(() => emptyDataFolder(join(home, 'foreign'))).toThrow('holds "letters.txt"');
    expect(readFileSync(join(home, 'foreign/letters.txt'), 'utf8')).toBe('dear');
  });
});

const logicalId = (cloud: Cloud, start: string): string =>
  Object.keys(cloud.counters().functions).find((name) => name.startsWith(start)) ?? '';

describe('what is taken out of the template is missing here', () => {
  test('a route: its path is Not Found', async () => {
    const without = changed('route', (resources) => {
      for (const [id, { Properties }] of ofType(resources, 'AWS::ApiGatewayV2::Route')) {
        if (Properties['RouteKey'] === 'ANY /api/shop/{proxy+}') delete resources[id];
      }
    });
    const cloud = await aCloud('no-route', { cdkOut: without });
    expect((await fetch(`${cloud.url}/api/shop/anything`)).status).toBe(404);
    await cloud.stop();
  });

  test('an event mapping: facts stay where they are', async () => {
    const without = changed('mapping', (resources) => {
      for (const [id, { Properties }] of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
        if (JSON.stringify(Properties['EventSourceArn']).includes('StreamArn')) delete resources[id];
      }
    });
    const cloud = await aCloud('no-mapping', { cdkOut: without });
    await sell(cloud, '1', 'a hat');
    expect(await cloud.settled(5_000)).toBe(true);
    expect(soldLines(cloud)).toEqual([]);
    await cloud.stop();
  });

  test('a cache policy: every look reaches the bucket', async () => {
    const without = changed('policy', (resources) => {
      const [[, edge] = []] = ofType(resources, 'AWS::CloudFront::Distribution');
      const { CacheBehaviors } = (edge?.Properties['DistributionConfig'] ?? {}) as {
        CacheBehaviors: Record<string, unknown>[];
      };
      for (const behaviour of CacheBehaviors) delete behaviour['CachePolicyId'];
    });
    const cloud = await aCloud('no-policy', { cdkOut: without });
    await putContent(cloud, 'content/live/a.json', '{}');
    await Promise.all(Array.from({ length: 10 }, () => fetch(`${cloud.url}/content/live/a.json`)));
    expect(edgeCountOf(cloud, '/content/live/*')).toMatchObject({ hits: 0, originFetches: 10 });
    await cloud.stop();
  });

  test('a grant: the function does not know the name, and the bucket does not let the edge in', async () => {
    const without = changed('grant', (resources) => {
      for (const [id, { Properties }] of ofType(resources, 'AWS::Lambda::Function')) {
        if (id.startsWith('ShopApi')) Properties['Environment'] = { Variables: {} };
      }
      for (const [id] of ofType(resources, 'AWS::S3::BucketPolicy')) delete resources[id];
    });
    const cloud = await aCloud('no-grant', { cdkOut: without });
    const answer = (await (await fetch(`${cloud.url}/api/shop/special`)).json()) as { environment: object };
    expect(answer.environment).toEqual({});
    expect((await fetch(`${cloud.url}/`)).status).toBe(403);
    await cloud.stop();
  });
});
