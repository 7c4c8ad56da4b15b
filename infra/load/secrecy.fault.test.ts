import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PollId } from '#shared/kernel/ids.ts';
import { checkIn, closePoll, createPoll, openPoll, publishResult } from '#shared/meetings/contract.ts';
import { ballotHash } from '#shared/meetings/secret.ts';
import { ballotKey, castBallot, giveBallot } from '#shared/meetings/secret-contract.ts';
import type { Choice } from '#shared/meetings/shown.ts';
import { blind, unblind } from '../../web/src/routes/(app)/meetings/[meetingId]/blinding.ts';
import { startDynamoDb } from '../local/engines/dynamodb.ts';
import { chance } from './arrivals.ts';
import { type Hall, openHall } from './evening.ts';
import { followed, startCopy } from './own-copy.ts';
import { Person } from './person.ts';
import { must, newAction, populate } from './population.ts';

// R12 of product.md: whoever gets all tables, streams, logs, queues, files and a copy of the data folder (the backup of a
// local cloud) of fifty secret votes cannot tell whose ballot is whose. The CDN keeps no log, and the box has neither a stream
// nor a way back in time: infra/access.test.ts holds that of the template.

const POLLS = 50;
const VOTERS = 6;
const POLLS_A_MEETING = 15;
const SEED = 12;

/** What only the voter's own phone knows: the truth that the analyst is measured against. */
interface Truth {
  readonly pollId: PollId;
  readonly memberId: string;
  readonly hash: string;
  readonly choice: Choice;
  /** Texts that stand on the ballot and nowhere else. */
  readonly marks: readonly string[];
}
const truths: Truth[] = [];
const random = chance(SEED);
const choices = ['agree', 'disagree', 'other'] as const;
let url: string;
let dataDir: string;
let close: () => Promise<void>;

type Items = readonly Readonly<Record<string, unknown>>[];
/** The tables as an export holds them, by name. */
const tables = new Map<string, Items>();
/** All that the engine's file holds, streams included, by table and in the order in which the rows lie there. */
const lying = new Map<string, Items>();
/** The engine's files as the power cut left them: free pages and the journal too. */
let disk: Buffer;

/** One member's secret ballot, at the pace of a hall run fifty times as fast. */
const votes = async (hall: Hall, pollId: PollId, { memberId, person }: Hall['members'][number]): Promise<void> => {
  const poll = { unitId: hall.unitId, meetingId: hall.meetingId, pollId };
  await pause(random() * 300);
  const { publicKey } = await must('the key', person.ask(ballotKey, poll));
  const choice = choices[Math.floor(random() * 3)] ?? 'agree';
  const made = await blind(poll, choice, publicKey);
  const { signature } = await must('a ballot', person.ask(giveBallot, { ...poll, blinded: made.blinded }));
  const unblinded = await unblind(poll, made, publicKey, signature);
  await pause(40 + random() * 140);
  const { token, prefix } = made;
  // a sender without any cookie
  await must('casting', new Person(url).ask(castBallot, { ...poll, choice, token, prefix, signature: unblinded }));
  truths.push({ pollId, memberId, hash: await ballotHash(token), choice, marks: [token, prefix, unblinded] });
};

beforeAll(async () => {
  const copy = await startCopy({ seed: 'empty', metered: true }, () => {});
  ({ url, dataDir } = copy);
  close = async () => rmSync(dataDir, { recursive: true, force: true });
  const [branch] = await populate(url, dataDir, { count: VOTERS, perBranch: VOTERS, tell: () => {} });
  if (!branch) throw new Error('no branch');
  for (let done = 0; done < POLLS; ) {
    const hall = await openHall(branch, Date.now());
    const one = { unitId: hall.unitId, meetingId: hall.meetingId };
    for (const { person } of hall.members) await must('in', person.ask(checkIn, one));
    for (let inThis = 0; inThis < POLLS_A_MEETING && done < POLLS; inThis++, done++) {
      const asked = {
        ...one,
        actionId: newAction(),
        decision: 'resolution' as const,
        question: 'Thông qua?',
        secret: true,
      };
      const { meeting } = await must('a question', hall.secretary.ask(createPoll, asked));
      const pollId = 'polls' in meeting ? meeting.polls.at(-1)?.pollId : undefined;
      if (!pollId) throw new Error('no vote was made');
      await must('open', hall.secretary.ask(openPoll, { ...one, pollId }));
      await Promise.all(hall.members.map((member) => votes(hall, pollId, member)));
      await must('close', hall.secretary.ask(closePoll, { ...one, pollId }));
      const hands = { agree: 0, disagree: 0, other: 0 };
      await must('publish', hall.secretary.ask(publishResult, { ...one, pollId, hands }));
    }
  }
  await followed(url);
  // the power goes; whoever has the disks opens the tables himself
  await copy.kill();
  const folder = join(dataDir, 'dynamodb');
  disk = Buffer.concat(filesBelow(folder).map((file) => readFileSync(file)));
  const engine = await startDynamoDb({ dataDir: folder });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: engine.endpoint, region: 'ap-southeast-1', credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  for (const TableName of TableNames) {
    const items: Record<string, unknown>[] = [];
    for await (const page of paginateScan({ client }, { TableName }))
      items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    tables.set(TableName, items);
  }
  client.destroy();
  await engine.stop();
  const file = new DatabaseSync(join(folder, 'dynamodb.sqlite'), { readOnly: true });
  for (const { name } of file.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all())
    lying.set(String(name), file.prepare(`SELECT * FROM "${name}" ORDER BY rowid`).all());
  file.close();
}, 400_000);
afterAll(async () => close?.());

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
const ofBallots = (all: ReadonlyMap<string, Items>): Items =>
  [...all].find(([name]) => /ballots/i.test(name))?.[1] ?? [];
const ballotsTable = () => ofBallots(tables);
/** Hashes of ballots in the order in which the engine keeps their rows. */
const inRowOrder = (): readonly string[] =>
  ofBallots(lying).flatMap(({ sk }) => /BALLOT#(.+)$/.exec(String(sk))?.[1] ?? []);
const logLines = () =>
  filesBelow(join(dataDir, 'logs')).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ file, line })),
  );

/** Members in the order in which they got their ballots in each vote, as the log of the signer tells it. */
const givenInOrder = (): string[] =>
  logLines()
    .filter(({ line }) => line.includes('meetings.giveBallot'))
    .map(({ line }) => JSON.parse(line) as { at: string; said: { memberId: string } })
    .sort((a, b) => a.at.localeCompare(b.at))
    .map(({ said }) => said.memberId);

/** How many ballots a way of guessing gives to their own member; by chance it is one in each vote. */
const rightGuesses = (
  guess: (poll: PollId, ballots: readonly string[], members: readonly string[]) => readonly string[],
) => {
  const order = givenInOrder();
  const polls = [...new Set(truths.map(({ pollId }) => pollId))];
  return polls.reduce((sum, pollId, at) => {
    const ballots = ballotsTable().flatMap(({ pk, sk }) =>
      String(pk).endsWith(`#${pollId}`) && String(sk).startsWith('BALLOT#') ? [String(sk).slice(7)] : [],
    );
    const members = order.slice(at * VOTERS, (at + 1) * VOTERS);
    const guessed = guess(pollId, ballots, members);
    const right = truths.filter(
      (truth) => truth.pollId === pollId && guessed[members.indexOf(truth.memberId)] === truth.hash,
    );
    return sum + right.length;
  }, 0);
};
/** Four standard deviations above what chance gives: a random matching has one hit on average, with variance one. */
const BY_CHANCE = POLLS + 4 * Math.sqrt(POLLS);

describe('whoever gets everything that is stored of fifty secret votes', () => {
  test('finds every ballot, and of a ballot its hash and its choice alone', () => {
    const ballots = ballotsTable().filter(({ sk }) => String(sk).startsWith('BALLOT#'));
    expect(ballots).toHaveLength(POLLS * VOTERS);
    for (const ballot of ballots) expect(Object.keys(ballot).sort()).toEqual(['choice', 'pk', 'sk']);
    expect(ballots.map(({ sk, choice }) => [String(sk).slice(7), choice]).sort()).toEqual(
      truths.map(({ hash, choice }) => [hash, choice]).sort(),
    );
    expect(JSON.stringify(ballotsTable())).not.toContain('privateKey');
  });

  test('finds nothing that stands on a ballot at any other place: no table, log, queue, stream or file', () => {
    const elsewhere = [...tables, ...lying]
      .filter(([name]) => !/ballots/i.test(name))
      .map(([, items]) => JSON.stringify(items));
    // the streams of the other tables are there to be read
    expect(lying.get('_stream_records')?.length).toBeGreaterThan(POLLS * VOTERS);
    const files = filesBelow(dataDir)
      .filter((file) => !file.startsWith(join(dataDir, 'dynamodb')))
      .map((file) => readFileSync(file));
    const all = Buffer.concat([Buffer.from(elsewhere.join()), ...files]);
    const found = truths.flatMap(({ hash, marks }) => [hash, ...marks]).filter((mark) => all.includes(mark));
    expect(found).toEqual([]);
    // nor on any page of the engine's own files, its free ones and its journal included
    expect(disk.includes(truths[0]?.hash ?? 'none')).toBe(true);
    expect(truths.flatMap(({ marks }) => marks).filter((mark) => disk.includes(mark))).toEqual([]);
  });

  test('finds no line of any log that a ballot came, and nobody named in the box', () => {
    expect(logLines().filter(({ line }) => line.includes('castBallot') || line.includes('/api/ballots'))).toEqual([]);
    const members = new Set(truths.map(({ memberId }) => memberId));
    const box = JSON.stringify(ballotsTable());
    for (const memberId of members) expect(box).not.toContain(memberId);
  });

  test('guesses no better than by chance, from the order of the tables, of their keys or of the rows in the file', () => {
    expect(givenInOrder()).toHaveLength(POLLS * VOTERS);
    const rows = inRowOrder();
    expect(rows).toHaveLength(POLLS * VOTERS);
    const guesses = {
      asStored: rightGuesses((_, ballots) => ballots),
      backwards: rightGuesses((_, ballots) => ballots.toReversed()),
      byKey: rightGuesses((_, ballots) => ballots.toSorted()),
      byRow: rightGuesses((_, ballots) => rows.filter((hash) => ballots.includes(hash))),
    };
    for (const [way, right] of Object.entries(guesses)) expect([way, right < BY_CHANCE]).toEqual([way, true]);
    console.log('right guesses of', POLLS * VOTERS, guesses, 'by chance about', POLLS);
  });
});
