import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { openTable } from '#runtime/table.ts';
import { aHouse, call } from '#runtime/testing.ts';
import * as documents from '#shared/documents/contract.ts';
import type { DocumentId, MemberId, PollId, UnitId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import * as meetings from '#shared/meetings/contract.ts';
import { codeOf, stepAt } from '#shared/meetings/door-code.ts';
import { rubricOn } from '#shared/meetings/rating.ts';
import { exportReport } from '#shared/reports/contract.ts';
import { aBucket, aSecret, aTable } from '../infra/local/testing.ts';
import { allTextOf } from '../infra/local/word-text.ts';
import { handler as papers } from './documents/api.ts';
import { handler as onDocumentPublished } from './documents/on-document-published.ts';
import { openPdf } from './documents/pdf-file.ts';
import { handler as meet } from './meetings/api.ts';
import { handler as onAttendanceRecorded } from './meetings/on-attendance-recorded.ts';
import { handler as onMinutesAdopted } from './meetings/on-minutes-adopted.ts';
import { aBranch, anAct, aPublished, deliver, factsOf, type Ref, unitId, who } from './meetings/testing.ts';
import { handler as reports } from './reports/api.ts';
import { handler as onFactRecorded, RecordedFact } from './reports/on-fact-recorded.ts';
import { aUnitFact, deliver as tell } from './reports/testing.ts';

/**
 * Never in a pack, a live file, a paper or an export: a rotating check-in secret, results before they are published, what
 * is of another audience. One full evening is played, and every file it leaves is read. Source: access.md §4. What readings
 * and logs tell before the closing is held by meetings/hidden.test.ts; pages hold no data, which the journeys hold.
 */
interface Artefact {
  readonly path: string;
  /** `live`, `pack`, `docs` …; `word`, `pdf` or `report` for the words of such a file. */
  readonly kind: string;
  readonly text: string;
}

const client = () => new S3Client({ forcePathStyle: true, endpoint: process.env['AWS_ENDPOINT_URL_S3'] ?? '' });
const Bucket = () => process.env['CONTENT_BUCKET'] ?? '';

/** Everything that is handed out, as text. */
const artefacts = async (): Promise<readonly Artefact[]> => {
  const s3 = client();
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: Bucket() }));
  return Promise.all(
    Contents.map(async ({ Key: path = '' }) => {
      const body = await (
        await s3.send(new GetObjectCommand({ Bucket: Bucket(), Key: path }))
      ).Body?.transformToByteArray();
      const bytes = Buffer.from(body ?? []);
      if (path.endsWith('.docx')) return { path, kind: 'word', text: allTextOf(bytes) };
      if (path.endsWith('.pdf')) return { path, kind: 'pdf', text: await pdfText(bytes) };
      return { path, kind: path.split('/')[1] ?? '', text: bytes.toString('utf8') };
    }),
  );
};

/** The words of a PDF as a reader finds them, its lines and pages one after the other, and what it says of itself. */
const pdfText = async (bytes: Buffer): Promise<string> => {
  const pdf = await openPdf(bytes);
  if (!pdf.ok) throw new Error(pdf.code);
  const runs: string[] = [];
  for (let page = 1; page <= pdf.value.pages; page += 1)
    runs.push(...(await pdf.value.textOf(page)).map(({ text }) => text));
  await pdf.value.close();
  return `${runs.join(' ').replaceAll(/\s+/g, ' ')} ${bytes.toString('latin1')}`;
};

/** What the organisation above exports of the month. */
const exported = async (facts: readonly unknown[]): Promise<Artefact> => {
  const units = [
    aUnitFact('xa-cong-hai', 'grassroots_party_body', undefined),
    aUnitFact(unitId, 'branch', 'xa-cong-hai', { name: 'Chi bộ thôn Nam' }),
  ];
  await tell(onFactRecorded, [...units, ...facts.filter((fact) => v.is(RecordedFact, fact))]);
  const today = dayOf(instantOf(Date.now()));
  const asked = { unitId: 'xa-cong-hai' as UnitId, from: today, to: today };
  const answer = await call(reports, exportReport, { ...asked, texts: noTexts, frame }, who('officer'));
  expect([answer.body.code, answer.status]).toEqual([undefined, 200]);
  return { path: 'export/xa-cong-hai', kind: 'report', text: allTextOf(Buffer.from(answer.body.base64, 'base64')) };
};
const noTexts = { coordination: '', posting: '', good: '', difficult: '', next: '' };
const frame = {
  place: 'Công Hải',
  number: '12-BC/ĐU',
  power: 'T/M Đảng ủy',
  title: 'Bí thư',
  name: 'Trần Thị Lan',
  recipients: ['Lưu Văn phòng'],
};

const other = 'cb-thon-bac' as UnitId;
const ask = (op: Parameters<typeof call>[1], input: object, name = 'lan') => call(meet, op, input as never, who(name));
const must = async (op: Parameters<typeof call>[1], input: object, name = 'lan') => {
  const answer = await ask(op, input, name);
  expect([op.id, answer.body.code, answer.status]).toEqual([op.id, undefined, 200]);
  return answer.body;
};

/** A bulletin of a unit, put out as its queue would. */
const aPaper = async (unit: UnitId, name: string, title: string) => {
  const written = { unitId: unit, actionId: anAct(), title, text: `${title}, toàn văn` };
  const { body } = await call(papers, documents.writeNews, written, who(name));
  const documentId = body.documentId as DocumentId;
  await call(
    papers,
    documents.publish,
    { unitId: unit, documentId, fields: { type: 'news', abstract: title } },
    who(name),
  );
  const rows = await openTable('DOCUMENTS_TABLE').query(`UNIT#${unit}`);
  const fact = rows.find(({ sk }) => sk.includes(documentId))?.['fact'];
  expect(await deliver(onDocumentPublished, [fact])).toEqual([]);
};

const said = {
  paper: 'Tin mừng của thôn Nam',
  otherPaper: 'Chuyện riêng của thôn Bắc',
  committee: 'Nhà riêng đồng chí bí thư',
  question: 'Thông qua nghị quyết làm đường?',
  otherQuestion: 'Cấp ủy đề nghị kỷ luật ai?',
};
let secret = '';
let codes: string[] = [];
let evening: Ref;
let open: readonly Artefact[];
let over: readonly Artefact[];
let branchBefore: unknown;

const aPoll = async (ref: Ref, question: string): Promise<Ref & { pollId: PollId }> => {
  const { meeting } = await must(meetings.createPoll, { ...ref, actionId: anAct(), decision: 'resolution', question });
  const poll = { ...ref, pollId: meeting.polls.at(-1).pollId as PollId };
  await must(meetings.openPoll, poll);
  return poll;
};
const follow = async (ref: Ref) => expect(await deliver(onAttendanceRecorded, await factsOf(ref))).toEqual([]);
const shelf = (all: readonly Artefact[], path: string): Record<string, unknown> => {
  const { seq: _1, at: _2, ...rest } = JSON.parse(all.find((one) => one.path === path)?.text ?? '{}');
  return rest;
};

beforeAll(async () => {
  const tables = ['MEETINGS_TABLE', 'BALLOTS_TABLE', 'DOCUMENTS_TABLE', 'REPORTS_TABLE'];
  await Promise.all([
    aHouse(),
    ...tables.map((name) => aTable(name)),
    aBucket('CONTENT_BUCKET'),
    aBucket('INBOX_BUCKET'),
  ]);
  await aSecret('PUSH_SECRET', 'a secret of this test and of nothing else at all');
  await aBranch();
  await aPaper(unitId, 'lan', said.paper);
  await aPaper(other, 'stranger', said.otherPaper);

  evening = await aPublished(10);
  await must(meetings.open, evening);
  const door = await must(meetings.takeDoorSecret, evening);
  secret = door.secret;
  const step = stepAt(door.now);
  codes = await Promise.all([-1, 0, 1, 2].map((more) => codeOf(secret, step + more)));
  for (const name of ['lan', 'tam', 'an']) await must(meetings.checkIn, { ...evening, code: codes[1] }, name);
  const poll = await aPoll(evening, said.question);
  for (const name of ['lan', 'tam', 'an']) await must(meetings.vote, { ...poll, choice: 'agree' }, name);
  await follow(evening);
  branchBefore = shelf(await artefacts(), `content/live/${unitId}/branch.json`);

  // the committee meets too: few are invited, and nobody else learns that it does
  const few = ['lan', 'tu'] as MemberId[];
  const committee = await aPublished(20, { invited: few, place: said.committee } as never);
  await must(meetings.open, committee);
  await must(meetings.checkIn, committee);
  await aPoll(committee, said.otherQuestion);
  await follow(committee);
  open = await artefacts();

  await must(meetings.closePoll, poll);
  await must(meetings.publishResult, { ...poll, hands: { agree: 0, disagree: 0, other: 0 } });
  const conclusion = { information: 'Thời sự.', results: 'Đạt.', direction: 'Làm đường.', conclusion: 'Nhất trí.' };
  await must(meetings.conclude, { ...evening, conclusion });
  const scores = Object.fromEntries(rubricOn('2026-11-03' as Day).criteria.map(({ id, max }) => [id, max]));
  await must(meetings.rate, { ...evening, scores });
  await must(meetings.close, evening);
  const { sections } = await must(meetings.draft, evening);
  await must(meetings.correctMinutes, { ...evening, basedOn: 0, sections });
  await must(meetings.adoptMinutes, { ...evening, version: 1 });
  await must(meetings.issueResolution, evening);
  await follow(evening);
  const settled = (await factsOf(evening)).filter(({ type }) =>
    ['minutes-adopted', 'resolution-issued'].includes(type),
  );
  expect(await deliver(onMinutesAdopted, settled)).toEqual([]);
  const told = [...(await factsOf(evening)), ...(await factsOf(committee))];
  over = [...(await artefacts()), await exported(told)];
});

const all = () => [...open, ...over];
const holding = (of: readonly Artefact[], words: string) =>
  of.filter(({ text }) => text.includes(words)).map(({ path }) => path);

test('the evening leaves a file of every kind that an evening makes', () => {
  const kinds = over.map(({ kind }) => kind).filter((kind) => ['word', 'pdf', 'report'].includes(kind));
  expect(kinds.sort()).toEqual(['pdf', 'pdf', 'report', 'word', 'word']);
  expect([...new Set(over.map(({ kind }) => kind))].sort()).toEqual(['docs', 'live', 'pack', 'pdf', 'report', 'word']);
  for (const { kind, text } of over)
    if (kinds.includes(kind)) expect([kind, text]).toEqual([kind, expect.stringMatching(/thon-nam|công hải/i)]);
});

describe('in none of the files is', () => {
  test.each([
    ['the secret of the hall’s codes', () => [secret]],
    ['a code of these minutes', () => codes.map((code) => `"${code}"`)],
    ['a meeting of the committee: its place, its question', () => [said.committee, said.otherQuestion]],
    ['who chose what', () => ['"choice"', '"ballots"']],
  ])('%s', (_, words) => {
    for (const word of words()) {
      expect(word.length).toBeGreaterThan(5);
      expect([word, holding(all(), word)]).toEqual([word, []]);
    }
  });
});

describe('only where it belongs is', () => {
  test.each([
    ['a paper of the branch', said.paper, unitId],
    ['a paper of another branch', said.otherPaper, other],
    ['what the branch votes on', said.question, unitId],
  ])('%s', (_, words, unit) => {
    const found = holding(all(), words);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((path) => path.split('/')[2] !== unit)).toEqual([]);
  });

  test('the count of the meetings: the branch’s list is the same with a meeting of the committee and without', () => {
    expect(shelf(open, `content/live/${unitId}/branch.json`)).toEqual(branchBefore);
  });
});

describe('the result of a vote', () => {
  const told = (of: readonly Artefact[]) =>
    of
      .filter(({ kind }) => kind !== 'docs')
      .filter(({ text }) => /"(result|tally|votes|turnout)":[^n]|Đồng ý\W+3/.test(text));

  test('is in no file while the vote is open', () => {
    expect(told(open).map(({ path }) => path)).toEqual([]);
  });

  test('is in the live file and the minutes once it is published, or this test would find nothing', () => {
    expect(new Set(told(over).map(({ kind }) => kind))).toEqual(new Set(['live', 'word', 'pdf']));
  });
});
