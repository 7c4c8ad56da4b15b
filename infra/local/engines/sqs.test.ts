import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localCredentials, localRegion } from './credentials.ts';
import { type Sqs, startSqs } from './sqs.ts';
import { inOwnProcess, killUnderWrites } from './testing.ts';

let home: string;
let sqs: Sqs;
let client: SQSClient;
let named = 0;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sqs-test-'));
  sqs = await startSqs({ dataDir: join(home, 'sqs'), queues: [{ name: 'dead', visibilityTimeout: 30 }] });
  client = clientOf(sqs.endpoint);
});
afterAll(async () => {
  await sqs.stop();
  rmSync(home, { recursive: true, force: true });
});

const clientOf = (endpoint: string, credentials = localCredentials) =>
  new SQSClient({ endpoint, region: localRegion, credentials, maxAttempts: 1 });

/** A fresh queue: its name and its address. */
const aQueue = (settings: { visibilityTimeout?: number; maxReceiveCount?: number } = {}) => {
  named += 1;
  const name = `queue-${named}`;
  const { visibilityTimeout = 30, maxReceiveCount } = settings;
  const redrive = maxReceiveCount === undefined ? {} : { redrive: { to: 'dead', maxReceiveCount } };
  sqs.addQueue({ name, visibilityTimeout, ...redrive });
  return { name, QueueUrl: sqs.urlOf(name) };
};
const receive = async (QueueUrl: string, more: { MaxNumberOfMessages?: number; WaitTimeSeconds?: number } = {}) =>
  (await client.send(new ReceiveMessageCommand({ QueueUrl, ...more }))).Messages ?? [];

test('a message is received once while it is hidden, and gone once it is deleted', async () => {
  const { name, QueueUrl } = aQueue();
  const MessageAttributes = { origin: { DataType: 'String', StringValue: 'scan' } };
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'Chi bộ 1', MessageAttributes }));
  const [message] = await receive(QueueUrl);
  expect(message).toMatchObject({ Body: 'Chi bộ 1', Attributes: { ApproximateReceiveCount: '1' }, MessageAttributes });
  expect(await receive(QueueUrl)).toEqual([]);
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  expect(sqs.depth(name)).toMatchObject({ visible: 0, inFlight: 0, delayed: 0 });
});

test('a message that is not deleted in time comes again, and its old receipt no longer deletes it', async () => {
  const { name, QueueUrl } = aQueue({ visibilityTimeout: 1 });
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'again' }));
  const [first] = await receive(QueueUrl);
  const [second] = await receive(QueueUrl, { WaitTimeSeconds: 5 });
  expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  expect(sqs.depth(name).inFlight).toBe(1);
});

test('a receiver who waits gets a message as soon as it is sent', async () => {
  const { name, QueueUrl } = aQueue();
  const started = Date.now();
  const waiting = receive(QueueUrl, { WaitTimeSeconds: 20 });
  sqs.send(name, 'fresh');
  expect((await waiting).map((message) => message.Body)).toEqual(['fresh']);
  expect(Date.now() - started).toBeLessThan(15_000);
});

test('a delayed message comes when it is due', async () => {
  const { name, QueueUrl } = aQueue();
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 1 }));
  expect(sqs.depth(name)).toMatchObject({ visible: 0, inFlight: 0, delayed: 1 });
  expect(await receive(QueueUrl)).toEqual([]);
  expect((await receive(QueueUrl, { WaitTimeSeconds: 5 })).map((message) => message.Body)).toEqual(['later']);
});

test('what was received too often goes to the dead letters', async () => {
  const { QueueUrl } = aQueue({ visibilityTimeout: 0, maxReceiveCount: 2 });
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
  expect(await receive(QueueUrl)).toHaveLength(1);
  expect(await receive(QueueUrl)).toHaveLength(1);
  expect(await receive(QueueUrl)).toHaveLength(0);
  const attributes = new GetQueueAttributesCommand({ QueueUrl: sqs.urlOf('dead'), AttributeNames: ['All'] });
  expect((await client.send(attributes)).Attributes).toMatchObject({ ApproximateNumberOfMessages: '1' });
  expect((await sqs.receive('dead')).map((message) => message.Body)).toEqual(['poison']);
});

test('a batch is kept whole, and each of its deletions has its own fate', async () => {
  const { name, QueueUrl } = aQueue();
  const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: `body ${Id}` }));
  expect((await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).Successful).toHaveLength(3);
  const [one, two] = await receive(QueueUrl, { MaxNumberOfMessages: 10 });
  const deletions = [
    { Id: '1', ReceiptHandle: one?.ReceiptHandle },
    { Id: '2', ReceiptHandle: 'no receipt' },
    { Id: '3', ReceiptHandle: two?.ReceiptHandle },
  ];
  const { Successful, Failed } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: deletions }));
  expect(Successful?.map((entry) => entry.Id)).toEqual(['1', '3']);
  expect(Failed).toMatchObject([{ Id: '2', Code: 'ReceiptHandleIsInvalid' }]);
  expect(sqs.depth(name)).toMatchObject({ visible: 0, inFlight: 1, delayed: 0 });
});

test('a message can be given back at once', async () => {
  const { QueueUrl } = aQueue();
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'not mine' }));
  const [message] = await receive(QueueUrl);
  const giveBack = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
  await client.send(new ChangeMessageVisibilityCommand(giveBack));
  expect(await receive(QueueUrl)).toHaveLength(1);
});

test('what the service would refuse is refused', async () => {
  const { QueueUrl } = aQueue();
  const send = (MessageBody: string, queue = QueueUrl) =>
    client.send(new SendMessageCommand({ QueueUrl: queue, MessageBody }));
  await expect(send('x'.repeat(1_048_577))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(send('\u0000')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(send('x', sqs.urlOf('nowhere'))).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  const eleven = Array.from({ length: 11 }, (_, at) => ({ Id: `${at}`, MessageBody: 'x' }));
  const batch = client.send(new SendMessageBatchCommand({ QueueUrl, Entries: eleven }));
  await expect(batch).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
  const stranger = clientOf(sqs.endpoint, { ...localCredentials, secretAccessKey: 'another' });
  const unsigned = stranger.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  await expect(unsigned).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});

test('what was acknowledged before a kill is there after it', async () => {
  const options = { dataDir: join(home, 'killed'), queues: [{ name: 'work', visibilityTimeout: 30 }] };
  const engine = await inOwnProcess(new URL('./sqs.ts', import.meta.url).href, 'startSqs', options);
  const writer = clientOf(engine.endpoint);
  const QueueUrl = `${engine.endpoint}/000000000000/work`;
  const acknowledged = await killUnderWrites(engine, (name) =>
    writer.send(new SendMessageCommand({ QueueUrl, MessageBody: name })),
  );
  const again = await startSqs(options);
  const found = new Set<string>();
  for (let page = await again.receive('work'); page.length > 0; page = await again.receive('work')) {
    for (const message of page) found.add(message.Body);
  }
  expect(acknowledged.filter((name) => !found.has(name))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  await again.stop();
});

test('dead letters are handed back to where they came from, to be tried as often as at first', async () => {
  const dead = aQueue().name;
  const name = 'with-dead-letters';
  sqs.addQueue({ name, visibilityTimeout: 0, redrive: { to: dead, maxReceiveCount: 1 } });
  const start = (queue: string) =>
    client.send(new StartMessageMoveTaskCommand({ SourceArn: `arn:aws:sqs:${localRegion}:000000000000:${queue}` }));
  await sqs.send(name, 'poison');
  for (let tries = 0; tries < 2; tries++) {
    expect((await sqs.receive(name, { max: 10 })).map(({ Body }) => Body)).toEqual(['poison']);
    expect(sqs.depth(name)).toMatchObject({ visible: 0, inFlight: 0, oldestMs: 0 });
    expect(sqs.depth(dead)).toMatchObject({ visible: 1 });
    await start(dead);
  }
  expect(sqs.depth(dead)).toMatchObject({ visible: 0 });
  await expect(start(name)).rejects.toThrow('no dead letter queue');
});
