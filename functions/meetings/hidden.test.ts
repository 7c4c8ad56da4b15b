import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '#runtime/files.ts';
import { openTable } from '#runtime/table.ts';
import { aHouse, call } from '#runtime/testing.ts';
import type { MemberId, PollId } from '#shared/kernel/ids.ts';
import { type Operation, pathFields } from '#shared/kernel/operation.ts';
import { permissions } from '#shared/kernel/permissions.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { calendarOf } from '#shared/meetings/calendar.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { Pack } from '#shared/meetings/model.ts';
import { daysToRemind } from '#shared/meetings/reminders.ts';
import type { Choice } from '#shared/meetings/shown.ts';
import { aBucket, aSecret, aTable } from '../../infra/local/testing.ts';
import { blind, unblind } from '../../web/src/routes/(app)/meetings/[meetingId]/blinding.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { handler as box } from './on-ballot-cast.ts';
import { handler as onMeetingChanged } from './on-meeting-changed.ts';
import { handler as onReminderDue } from './on-reminder-due.ts';
import { handler as onRemindersDue } from './on-reminders-due.ts';
import { recordBrowser } from './store/reminders.ts';
import { aBranch, anAct, anOpen, aPublished, deliver, factsOf, fileOf, type Ref, unitId, who } from './testing.ts';

// R11 of product.md. Two evenings that differ in nothing but what was chosen: as long as nothing is published, whoever looks
// at anything of them sees the same. So nothing can be derived, by whatever way it might leak.

const voters = ['lan', 'tam', 'an'] as const;
const watchers = ['tu', 'lan', 'officer', 'stranger'] as const;
const oneWay: readonly Choice[] = ['agree', 'agree', 'agree'];
const otherWay: readonly Choice[] = ['disagree', 'other', 'disagree'];

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aTable('BALLOTS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aSecret('PUSH_SECRET', 'a secret of this test and of nothing else at all');
  await aBranch();
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as AddressInfo;
  // of each of the branch one browser wants to be reminded
  for (const name of ['lan', 'tu', 'tam', 'an'])
    await recordBrowser(unitId, { memberId: name as MemberId, address: `http://127.0.0.1:${port}/${name}` });
  // the branch has met before: the first evening of all would be one that differs
  await evening(oneWay, false);
});

afterAll(() => void service.close());

/** A push service on this machine, and all that it was handed. */
const knocks: string[] = [];
const service = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  // which of our own keys signed it, and until when, is no word about a meeting
  const { authorization: _, host: __, ...headers } = request.headers;
  knocks.push(`${request.method} ${request.url} ${JSON.stringify(headers)} ${Buffer.concat(parts)}`);
  response.writeHead(201).end();
});

type PollRef = Ref & { readonly pollId: PollId };
/** The vote, and the next meeting of the same branch. */
type Evening = PollRef & { readonly ahead: Ref };

const vote = async (poll: PollRef, name: string, choice: Choice, secret: boolean) => {
  if (!secret) return call(handler, contract.vote, { ...poll, choice }, who(name));
  const key = (await call(handler, contract.ballotKey, poll, who(name))).body.publicKey;
  const made = await blind(poll, choice, key);
  const { signature } = (await call(handler, contract.giveBallot, { ...poll, blinded: made.blinded }, who(name))).body;
  const { token, prefix } = made;
  return call(box, contract.castBallot, {
    ...poll,
    choice,
    token,
    prefix,
    signature: await unblind(poll, made, key, signature),
  });
};

/** An evening with three votes cast, and all that was written to the log while it went on. */
const evening = async (cast: readonly Choice[], secret: boolean) => {
  const lines: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => lines.push(text) > 0) as typeof process.stdout.write;
  try {
    const ref = await anOpen();
    for (const name of voters) await call(handler, contract.checkIn, ref, who(name));
    const asked = { ...ref, actionId: anAct(), decision: 'resolution' as const, question: 'Thông qua?', secret };
    const { body } = await call(handler, contract.createPoll, asked, who('lan'));
    const poll: PollRef = { ...ref, pollId: body.meeting.polls[0].pollId };
    await call(handler, contract.openPoll, poll, who('lan'));
    for (const [at, name] of voters.entries())
      expect((await vote(poll, name, cast[at] as Choice, secret)).status).toBe(200);
    // another meeting is announced meanwhile, so that there is something to be reminded of
    const ahead = await aPublished(120);
    return { poll: { ...poll, ahead }, lines };
  } finally {
    process.stdout.write = write;
  }
};

/** Every operation that reads something of a meeting or of its branch, found by its contract: a new one is looked at too. The rhythm names one meeting of
 * the month, and these evenings are several. */
const readings = (Object.values(contract) as readonly Operation[]).filter(
  (op) => op.method === 'GET' && permissions.some((one) => one === op.allow) && op.id !== 'meetings.rhythm',
);

/** Everything anybody can look at: each reading as each watcher, the files, the facts, the log. */
const seen = async (poll: Evening, lines: readonly string[], but: readonly string[] = []): Promise<string[]> => {
  const all: string[] = [...lines];
  const looks = readings
    .filter(({ id }) => !but.includes(id))
    .flatMap((op) =>
      watchers.map(async (name) => {
        const known = { ...poll, memberId: 'tam' as MemberId, suggestionId: anAct() };
        const input = Object.fromEntries(
          Object.entries(known).filter(([field]) => pathFields(op.path).includes(field)),
        );
        const { status, body } = await call(handler, op, input as never, who(name));
        // a look that fails would be the same on both evenings and show nothing
        expect([op.id, status < 500]).toEqual([op.id, true]);
        // what I chose myself is mine to see
        if (op.id === 'meetings.mine' && name === 'lan') delete body.ballots;
        return `${op.id} as ${name}: ${status} ${JSON.stringify(inOrder(body, poll))}`;
      }),
    );
  all.push(...(await Promise.all(looks)));
  const facts = await factsOf(poll);
  all.push(...facts.map((fact) => JSON.stringify(inOrder(fact, poll))).sort());
  await deliver(onAttendanceRecorded, facts);
  all.push(...(await reminded(poll)));
  for (const file of [`live/${unitId}/branch`, `live/${unitId}/${poll.meetingId}`]) {
    const stored = await openBucket('CONTENT_BUCKET').read(`content/${file}.json`);
    const body: unknown = stored ? JSON.parse(new TextDecoder().decode(stored.body)) : 'none';
    all.push(`${file} ${JSON.stringify(inOrder(body, poll))}`);
  }
  // what a member reads, and keeps as an entry of his phone's calendar
  const { meeting } = (await call(handler, contract.desk, poll, who('lan'))).body;
  const pack = await fileOf<Pack>(`content/pack/${unitId}/${meeting.pack}.json`);
  if (!pack) throw new Error('an open meeting has its pack');
  all.push(`pack ${JSON.stringify(inOrder(pack, poll))}`, calendarOf(pack, instantOf(Date.now())));
  return all.map((text) => withoutNames(text, poll));
};

/** A morning that comes while the vote goes on: which meetings are told, and what push services are handed. */
const reminded = async (poll: Evening): Promise<string[]> => {
  const about = [poll, poll.ahead];
  for (const ref of about) await deliver(onMeetingChanged, (await factsOf(ref)).filter(isChange));
  await onRemindersDue();
  const days = daysToRemind(instantOf(Date.now())).map(({ day }) => day);
  const told = await Promise.all(days.map((day) => openTable('MEETINGS_TABLE').query(`REMINDED#${day}`)));
  const due = told
    .flat()
    .flatMap(({ fact }) => (fact ? [fact as Ref] : []))
    .filter(({ meetingId }) => about.some((ref) => ref.meetingId === meetingId));
  knocks.length = 0;
  expect(await deliver(onReminderDue, due)).toEqual([]);
  expect(knocks.length, 'nobody was reminded of anything').toBeGreaterThan(0);
  const facts = due.map((fact) => JSON.stringify(inOrder(fact, poll)));
  return [...facts, ...knocks].map((text) => text.replaceAll(poll.ahead.meetingId, '<ahead>')).sort();
};
const isChange = ({ type }: { readonly type: string }) => type === 'meeting-changed';

/** The same text for the same content: the engine hands out a map's fields in any order; other meetings are another matter. */
const inOrder = (value: unknown, poll: PollRef): unknown => {
  if (Array.isArray(value)) {
    const about = value.filter((one) => (one?.meetingId ?? poll.meetingId) === poll.meetingId);
    return about.map((one) => inOrder(one, poll));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, part]) => [name, inOrder(part, poll)]),
  );
};

/** Ids, moments, keys and counters differ between any two evenings. */
const withoutNames = (text: string, poll: PollRef): string =>
  text
    .replaceAll(poll.meetingId, '<meeting>')
    .replaceAll(poll.pollId, '<poll>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '<id>')
    .replaceAll(/"pack":"[0-9a-f]{32}"/g, '"pack":"<pack>"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d{8}T\d{6}Z/g, '<at>')
    .replaceAll(/\d\d giờ \d\d/g, '<clock>')
    .replaceAll(/[A-Za-z0-9+/=_-]{40,}/g, '<key>')
    .replaceAll(/"(milliseconds|seq|version)":\d+/g, '"$1":0');

describe('until it is published, the result of a vote', { timeout: 180_000 }, () => {
  for (const secret of [false, true]) {
    const kind = secret ? 'in secret' : 'by name';
    it(`${kind} is in nothing that anybody can look at while it is open`, async () => {
      const [one, other] = [await evening(oneWay, secret), await evening(otherWay, secret)];
      const [first, second] = [await seen(one.poll, one.lines), await seen(other.poll, other.lines)];
      expect(second).toEqual(first);
      expect(first.length).toBeGreaterThan(readings.length * watchers.length);
    });

    it(`${kind} is told after the closing to who counts the hall, and to nobody else`, async () => {
      const closed = async (cast: readonly Choice[]) => {
        const { poll, lines } = await evening(cast, secret);
        await call(handler, contract.closePoll, poll, who('lan'));
        return { seen: await seen(poll, lines, ['meetings.desk', 'meetings.deskNow']), poll };
      };
      const [one, other] = [await closed(oneWay), await closed(otherWay)];
      expect(other.seen.map(wordsOfReceipts)).toEqual(one.seen.map(wordsOfReceipts));
      const tally = async ({ poll }: typeof one, name: string) =>
        (await call(handler, contract.desk, poll, who(name))).body.turnout?.[poll.pollId]?.tally;
      expect(await tally(one, 'lan')).toEqual({ agree: 3, disagree: 0, other: 0 });
      expect(await tally(other, 'lan')).toEqual({ agree: 0, disagree: 2, other: 1 });
      for (const name of ['tam', 'officer', 'stranger']) expect(await tally(one, name)).toBeUndefined();
    });
  }

  it('would be found by this test if it leaked: published, the two evenings differ', async () => {
    const [one, other] = [await evening(oneWay, false), await evening(otherWay, false)];
    const published = async ({ poll, lines }: typeof one) => {
      await call(handler, contract.closePoll, poll, who('lan'));
      const hands = { agree: 0, disagree: 0, other: 0 };
      await call(handler, contract.publishResult, { ...poll, hands }, who('lan'));
      return seen(poll, lines);
    };
    expect(await published(other)).not.toEqual(await published(one));
  });
});

/** Receipts are drawn by chance; how many there are is told. */
const wordsOfReceipts = (text: string): string => text.replaceAll(/"\p{L}+ \p{L}+ \p{L}+ \p{L}+"/gu, '"<words>"');
