import { createHash, randomUUID } from 'node:crypto';
import { createCanvas } from '@napi-rs/canvas';
import type { SQSBatchResponse, SQSEvent, SQSHandler } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBucket } from '#runtime/files.ts';
import { openTable } from '#runtime/table.ts';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import * as contract from '#shared/documents/contract.ts';
import { type Corners, type DocumentFields, type Library, PART_BYTES, type Sha256 } from '#shared/documents/model.ts';
import { pdfOfPhotos } from '#shared/documents/photo-pages.ts';
import { findInLibrary, indexLibrary } from '#shared/documents/search-terms.ts';
import type { ActionId, DocumentId, MeetingId, UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { startInvalidations } from '../../infra/local/engines/invalidations.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onDocumentPublished } from './on-document-published.ts';
import { handler as onDocumentWithdrawn } from './on-document-withdrawn.ts';
import { handler as onFileArrived } from './on-file-arrived.ts';
import { handler as onPageDue } from './on-page-due.ts';
import { names } from './paper-files.ts';
import { recordTry, unshelve } from './store.ts';
import { drawn, madeUpPaper, photographed } from './testing.ts';

const commune = 'xa-cong-hai' as UnitId;
const branch = 'cb-thon-nam' as UnitId;
let clerk: SignedIn;
let secretary: SignedIn;
let member: SignedIn;
let stranger: SignedIn;
/** Paths that the edge was told to forget. */
const forgotten: string[] = [];

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('DOCUMENTS_TABLE'), aBucket('INBOX_BUCKET'), aBucket('CONTENT_BUCKET')]);
  const edge = await startInvalidations({ invalidate: (_, paths) => void forgotten.push(...paths) });
  afterAll(() => edge.stop());
  process.env['AWS_ENDPOINT_URL_CLOUDFRONT'] = edge.endpoint;
  process.env['DISTRIBUTION'] = 'EDGE1';
  await aUnit(commune, 'tinh');
  await aUnit(branch, commune, 'tinh');
  await aUnit('cb-khac', 'xa-khac', 'tinh');
  clerk = await signedIn({ memberId: 'clerk', unitId: commune, grants: [{ role: 'office_officer' }], kind: 'staff' });
  secretary = await signedIn({
    memberId: 'lan',
    unitId: branch,
    grants: [{ role: 'member' }, { role: 'branch_secretary' }],
  });
  member = await signedIn({ memberId: 'tam', unitId: branch });
  stranger = await signedIn({ memberId: 'la', unitId: 'cb-khac' });
});

const anAct = () => randomUUID() as ActionId;
const shaOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') as Sha256;

const declared = (
  bytes: Uint8Array,
  over: Partial<{ unitId: UnitId; actionId: ActionId; sha256: Sha256; bytes: number }> = {},
) => ({
  unitId: commune,
  actionId: anAct(),
  fileName: 'anh-chup.pdf',
  bytes: bytes.length,
  sha256: shaOf(bytes),
  ...over,
});

const ask = async (bytes: Uint8Array, over: Parameters<typeof declared>[1] = {}, who = clerk) => {
  const answer = await call(handler, contract.requestUpload, declared(bytes, over), who);
  return { ...answer, paper: { unitId: over.unitId ?? commune, documentId: answer.body.documentId as DocumentId } };
};

/** Puts the parts that are missing, as a browser does; `only` of them if the network goes. */
const putParts = async (
  paper: { unitId: UnitId; documentId: DocumentId },
  bytes: Uint8Array,
  only?: number,
  who = clerk,
) => {
  const { body } = await call(handler, contract.uploadParts, paper, who);
  for (const { number, url } of body.missing.slice(0, only)) {
    const part = bytes.slice((number - 1) * PART_BYTES, number * PART_BYTES);
    const answer = await fetch(url, { method: 'PUT', body: part });
    expect(answer.status).toBe(200);
  }
};

const deliver = async (to: SQSHandler, ...bodies: readonly unknown[]) => {
  const Records = bodies.map((body, at) => ({ messageId: `m-${at}`, body: JSON.stringify(body) }));
  // of an SQS event only these two fields are read
  const answer = (await to({ Records } as unknown as SQSEvent, {} as never, () => undefined)) as SQSBatchResponse;
  expect(answer.batchItemFailures).toEqual([]);
};

const arrival = (paper: { unitId: UnitId; documentId: DocumentId }) => ({
  Records: [
    {
      s3: {
        object: { key: encodeURIComponent(names.original(paper.unitId, paper.documentId)).replaceAll('%2F', '/') },
      },
    },
  ],
});

/** The fact that an item carries, as the table's stream would tell it. */
const factsOf = async (pk: string, prefix: string) =>
  (await openTable('DOCUMENTS_TABLE').query(pk, { prefix })).flatMap((item) => (item['fact'] ? [item['fact']] : []));

const readAll = async (paper: { unitId: UnitId; documentId: DocumentId }) => {
  await deliver(onFileArrived, arrival(paper));
  const { body } = await call(handler, contract.open, paper, clerk);
  for (let page = 1; page <= body.paper.pages; page += 1)
    await deliver(onPageDue, { type: 'page-due', ...paper, page });
};

const putOut = async (paper: { unitId: UnitId; documentId: DocumentId }) => {
  const [fact] = await factsOf(`UNIT#${paper.unitId}`, `DOC#${paper.documentId}`);
  await deliver(
    (fact as { type: string }).type === 'document-published' ? onDocumentPublished : onDocumentWithdrawn,
    fact,
  );
};

const libraryOf = async (unitId: UnitId): Promise<Library> => {
  const file = await openBucket('CONTENT_BUCKET').read(names.library(unitId));
  return JSON.parse(Buffer.from(file?.body ?? '').toString('utf8'));
};

const stateOf = async (paper: { unitId: UnitId; documentId: DocumentId }) =>
  (await call(handler, contract.open, paper, clerk)).body.paper;

const sent = async (bytes: Uint8Array, over: Parameters<typeof declared>[1] = {}) => {
  const { paper } = await ask(bytes, over);
  await putParts(paper, bytes);
  expect((await call(handler, contract.completeUpload, paper, clerk)).body).toEqual({ state: 'checking' });
  return paper;
};

const tinyPicture = async (mark: number) => {
  const canvas = createCanvas(60, 80);
  canvas.getContext('2d').fillText(String(mark), 5, 40);
  return canvas.encode('png');
};

describe('sending a file', () => {
  test('of several parts is taken up again after the network was lost, and its size and hash are compared', async () => {
    const bytes = Buffer.alloc(2 * PART_BYTES + 1234, 'x');
    const { paper, body } = await ask(bytes);
    expect(body).toMatchObject({ parts: 3, partBytes: PART_BYTES });
    await putParts(paper, bytes, 1);
    expect((await call(handler, contract.completeUpload, paper, clerk)).body.code).toBe('parts-missing');
    const again = await call(handler, contract.uploadParts, paper, clerk);
    expect(again.body.arrived).toEqual([{ number: 1, bytes: PART_BYTES }]);
    expect(again.body.missing.map(({ number }: { number: number }) => number)).toEqual([2, 3]);
    await putParts(paper, bytes);
    const done = await call(handler, contract.completeUpload, paper, clerk);
    expect(done.body).toEqual({ state: 'checking' });
    expect((await call(handler, contract.completeUpload, paper, clerk)).body).toEqual({ state: 'checking' });
  });

  test('that is not the file declared is refused, and may be sent anew', async () => {
    const bytes = Buffer.from('một tờ giấy');
    const { paper } = await ask(bytes, { sha256: shaOf(Buffer.from('một tờ khác')) });
    await putParts(paper, bytes);
    for (const _ of [1, 2]) {
      const answer = await call(handler, contract.completeUpload, paper, clerk);
      expect(answer).toMatchObject({ status: 422, body: { code: 'hash-differs' } });
    }
    const { paper: wrongSize } = await ask(bytes, { bytes: bytes.length + 1, sha256: shaOf(Buffer.from('!')) });
    await putParts(wrongSize, bytes);
    expect((await call(handler, contract.completeUpload, wrongSize, clerk)).body.code).toBe('size-differs');
  });

  test('too large or empty is refused before a byte is sent', async () => {
    const bytes = Buffer.from('x');
    expect((await ask(bytes, { bytes: 50 * 1024 * 1024 + 1 })).status).toBe(413);
    expect((await ask(bytes, { bytes: 0 })).body.code).toBe('empty-file');
  });

  test('the same act sent again is one document, and the same file again is already there', async () => {
    const bytes = await tinyPicture(1);
    const actionId = anAct();
    const first = await ask(bytes, { actionId });
    expect((await ask(bytes, { actionId })).body).toEqual(first.body);
    expect(await ask(bytes)).toMatchObject({ status: 409, body: { code: 'already-taken' } });
    await call(handler, contract.cancelUpload, first.paper, clerk);
    expect((await ask(bytes)).status).toBe(200);
  });

  test('given up is forgotten, and cannot be completed', async () => {
    const bytes = await tinyPicture(2);
    const { paper } = await ask(bytes);
    await putParts(paper, bytes);
    for (const _ of [1, 2])
      expect((await call(handler, contract.cancelUpload, paper, clerk)).body.cancelled).toBe(true);
    expect((await call(handler, contract.uploadParts, paper, clerk)).body.code).toBe('not-awaited');
    expect((await call(handler, contract.completeUpload, paper, clerk)).body).toEqual({ state: 'rejected' });
  });

  test('is for those who may add papers at that unit', async () => {
    const bytes = await tinyPicture(3);
    for (const who of [member, stranger]) expect((await ask(bytes, { unitId: branch }, who)).status).toBe(403);
    expect((await ask(bytes, {}, secretary)).status).toBe(403);
    expect((await ask(bytes, { unitId: branch }, secretary)).status).toBe(200);
    const nobody = await call(handler, contract.requestUpload, declared(bytes));
    expect(nobody).toMatchObject({ status: 401, body: { code: 'not-signed-in' } });
  });
});

describe('a file that arrived', () => {
  test.each([
    ['not-a-document', Buffer.from('PK\x03\x04 word')],
    ['broken', Buffer.from('%PDF-1.7 nothing')],
  ])('is rejected as %s, by its content', async (reason, bytes) => {
    const paper = await sent(bytes);
    await deliver(onFileArrived, arrival(paper));
    expect(await stateOf(paper)).toMatchObject({ state: 'rejected', reason });
  });

  test('before its sender said so is looked at all the same, once however often it is told', async () => {
    const bytes = await tinyPicture(4);
    const { paper } = await ask(bytes);
    await openBucket('INBOX_BUCKET').write(names.original(commune, paper.documentId), bytes, {
      contentType: 'image/png',
      cacheControl: 'no-store',
    });
    await deliver(onFileArrived, arrival(paper), arrival(paper));
    await deliver(onFileArrived, arrival(paper));
    expect(await stateOf(paper)).toMatchObject({ state: 'reading', pages: 1 });
    expect(await factsOf(`DOC#${paper.documentId}`, 'PAGE#')).toHaveLength(1);
    expect((await call(handler, contract.completeUpload, paper, clerk)).body).toEqual({ state: 'reading' });
  });

  test('that nobody announced, and the trial message of the bucket, change nothing', async () => {
    await deliver(onFileArrived, { Records: [{ s3: { object: { key: 'upload/xa-cong-hai/unknown' } } }] });
    await deliver(onFileArrived, { Records: [{ s3: { object: { key: '../../etc/passwd' } } }] });
    await deliver(onFileArrived, { Service: 'Amazon S3', Event: 's3:TestEvent' });
  });
});

describe('a page that was photographed', () => {
  const printed = madeUpPaper(41);
  const corners: Corners = [
    [0.14, 0.1],
    [0.88, 0.07],
    [0.94, 0.92],
    [0.07, 0.94],
  ];
  let paper: { unitId: UnitId; documentId: DocumentId };

  beforeAll(async () => {
    const photo = await photographed(drawn(printed), { width: 1200, corners, seed: 3 }).encode('jpeg', 70);
    paper = await sent(photo);
    await readAll(paper);
  });

  test('is laid flat before it is read, and the photo can be seen beside it', async () => {
    const { body } = await call(handler, contract.open, paper, clerk);
    expect(body.proposals.number.value).toBe(printed.number);
    expect(body.proposals.issuedOn.value).toBe(printed.day);
    for (const [at, [x, y]] of (body.pages[0].corners as Corners).entries()) {
      expect(Math.abs(x - (corners[at]?.[0] ?? 0))).toBeLessThan(0.015);
      expect(Math.abs(y - (corners[at]?.[1] ?? 0))).toBeLessThan(0.015);
    }
    for (const url of [body.pages[0].picture, body.pages[0].taken])
      expect((await (await fetch(url)).arrayBuffer()).byteLength).toBeLessThanOrEqual(160_000);
  });

  test('is read anew between the corners that a person set, for those who may, and once it is out no more', async () => {
    const given = corners.map(([x, y]) => [Math.max(0, x - 0.01), y]) as Corners;
    const set = { ...paper, page: 1, corners: given };
    for (const who of [member, stranger]) expect((await call(handler, contract.readAgain, set, who)).status).toBe(403);
    const wrong = await call(handler, contract.readAgain, { ...set, page: 2 }, clerk);
    expect(wrong).toMatchObject({ status: 422, body: { code: 'no-such-page' } });
    const bent = { ...set, corners: [[2, 0]] as unknown as Corners };
    expect((await call(handler, contract.readAgain, bent, clerk)).status).toBe(422);
    expect((await call(handler, contract.readAgain, set, clerk)).body.paper.state).toBe('reading');
    // sent again before it was read: the same
    expect((await call(handler, contract.readAgain, set, clerk)).body.paper.state).toBe('reading');
    const [due] = await factsOf(`DOC#${paper.documentId}`, 'PAGE#');
    await deliver(onPageDue, due);
    await deliver(onPageDue, due);
    const { body } = await call(handler, contract.open, paper, clerk);
    expect(body.paper.state).toBe('to-review');
    expect(body.pages[0].corners).toEqual(given);
  }, 90_000);
});

test('a page whose reading was broken off is said to stand still, and is read when asked for again', async () => {
  const paper = await sent(await tinyPicture(51));
  await deliver(onFileArrived, arrival(paper));
  expect((await stateOf(paper)).stuck).toBeUndefined();
  await recordTry(paper.documentId, 1, '2026-11-20T00:00:00.000Z' as Instant);
  expect((await stateOf(paper)).stuck).toBe(true);
  const { body } = await call(handler, contract.list, { unitId: commune }, clerk);
  expect(body.papers.find((row: contract.PaperRow) => row.documentId === paper.documentId)).toMatchObject({
    state: 'reading',
    stuck: true,
  });
  expect((await call(handler, contract.readAgain, paper, clerk)).body.paper.state).toBe('reading');
  expect((await stateOf(paper)).stuck).toBeUndefined();
  const [due] = await factsOf(`DOC#${paper.documentId}`, 'PAGE#');
  await deliver(onPageDue, due);
  expect((await stateOf(paper)).state).toBe('to-review');
});

test('a file whose inspection was broken off is looked at again when asked for', async () => {
  const paper = await sent(await tinyPicture(52));
  expect((await call(handler, contract.readAgain, paper, clerk)).body.paper.state).toBe('checking');
  const [due] = await factsOf(`UNIT#${commune}`, `DOC#${paper.documentId}`);
  expect(due).toEqual({ type: 'file-due', ...paper });
  await deliver(onFileArrived, due, due);
  expect((await stateOf(paper)).state).toBe('reading');
});

describe('a scan of two pages', () => {
  const printed = madeUpPaper(21);
  const fields = (over: Partial<DocumentFields> = {}): DocumentFields => ({
    type: printed.type.id as DocumentFields['type'],
    number: printed.number,
    issuedOn: printed.day as DocumentFields['issuedOn'],
    issuer: printed.issuer,
    abstract: printed.abstract,
    ...over,
  });
  let paper: { unitId: UnitId; documentId: DocumentId };
  let original: Uint8Array;

  beforeAll(async () => {
    const [first, second] = [drawn(printed, { turn: 0.5, noise: 8 }), drawn(madeUpPaper(22))];
    original = pdfOfPhotos([
      { jpeg: await first.encode('jpeg', 70), width: first.width, height: first.height },
      { jpeg: await second.encode('jpeg', 70), width: second.width, height: second.height },
    ]);
    paper = await sent(original);
    await readAll(paper);
  });

  test('is read in the background, its fields are proposed, and its original stays as it was', async () => {
    const { body } = await call(handler, contract.open, paper, clerk);
    expect(body.paper).toMatchObject({ state: 'to-review', pages: 2 });
    expect(body.proposals.number.value).toBe(printed.number);
    expect(body.proposals.issuedOn.value).toBe(printed.day);
    const picture = await fetch(body.pages[1].picture);
    expect(picture.headers.get('content-type')).toBe('image/webp');
    expect((await picture.arrayBuffer()).byteLength).toBeLessThanOrEqual(160_000);
    const { body: kept } = await call(handler, contract.openOriginal, { ...paper, form: 'original' }, clerk);
    expect(shaOf(new Uint8Array(await (await fetch(kept.url)).arrayBuffer()))).toBe(shaOf(original));
    expect(kept.sha256).toBe(shaOf(original));
    const { body: copy } = await call(handler, contract.openOriginal, { ...paper, form: 'searchable' }, clerk);
    expect(
      Buffer.from(await (await fetch(copy.url)).arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  test('read once more changes nothing', async () => {
    const before = await call(handler, contract.open, paper, clerk);
    await readAll(paper);
    const { pages: _, ...rest } = (await call(handler, contract.open, paper, clerk)).body;
    const { pages: __, ...same } = before.body;
    expect(rest).toEqual(same);
  });

  test('is not to be seen by members before it is published', async () => {
    expect((await call(handler, contract.open, paper, member)).status).toBe(403);
    const answer = await call(handler, contract.openOriginal, { ...paper, form: 'original' }, member);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await call(handler, contract.markOpened, paper, member)).status).toBe(404);
  });

  test('with wrong fields is not published, and corrected ones are kept', async () => {
    const { number: _, ...rest } = fields();
    const answer = await call(handler, contract.publish, { ...paper, fields: rest }, clerk);
    expect(answer).toMatchObject({ status: 422, body: { code: 'number-missing' } });
    const corrected = await call(
      handler,
      contract.correct,
      { ...paper, fields: fields({ abstract: 'đã sửa' }) },
      clerk,
    );
    expect(corrected.body.paper.fields.abstract).toBe('đã sửa');
    expect((await call(handler, contract.publish, { ...paper, fields: fields() }, member)).status).toBe(403);
  });

  test('is published to the commune and all below, found without accents, opened and answered once, then withdrawn', async () => {
    const question = { text: 'Văn bản này của ai?', choices: ['Đảng ủy xã', 'Huyện ủy'], right: 0 };
    const asked = { ...paper, fields: fields(), question };
    const published = await call(handler, contract.publish, asked, clerk);
    expect(published.body.paper).toMatchObject({ state: 'published' });
    expect((await call(handler, contract.publish, asked, clerk)).body).toEqual(published.body);
    await putOut(paper);
    await putOut(paper);

    const library = await libraryOf(commune);
    expect(library.documents).toHaveLength(1);
    const [entry] = findInLibrary(indexLibrary(library.documents), 'quy khuyen hoc cua xa');
    expect(entry).toMatchObject({ documentId: paper.documentId, asks: true, pages: 2 });
    expect(findInLibrary(indexLibrary(library.documents), printed.number.replace('-', ' '))).toHaveLength(1);

    const content = openBucket('CONTENT_BUCKET');
    const text = await content.read(entry?.path ?? '');
    expect(entry?.path).toContain(shaOf(text?.body ?? new Uint8Array()));
    const shown = JSON.parse(Buffer.from(text?.body ?? '').toString('utf8'));
    expect(JSON.stringify(shown)).not.toContain('"right"');
    expect(await content.look(shown.pages[0].picture)).toBeDefined();

    const opened = await call(handler, contract.markOpened, paper, member);
    expect((await call(handler, contract.markOpened, paper, member)).body).toEqual(opened.body);
    expect((await call(handler, contract.markOpened, paper, stranger)).status).toBe(404);
    const first = await call(handler, contract.answerQuestion, { ...paper, choice: 1 }, member);
    expect(first.body).toEqual({ choice: 1, correct: false, right: 0 });
    expect((await call(handler, contract.answerQuestion, { ...paper, choice: 0 }, member)).body).toEqual(first.body);
    expect((await call(handler, contract.answerQuestion, { ...paper, choice: 7 }, secretary)).body.code).toBe(
      'bad-choice',
    );
    const studied = await factsOf(`DOC#${paper.documentId}`, 'ANSWER#');
    expect(studied).toMatchObject([{ type: 'document-studied', memberId: 'tam', unitId: branch, correct: false }]);
    const counted = await call(handler, contract.receipts, paper, clerk);
    expect(counted.body).toEqual({ kind: 'document', opened: 1, answered: 1, correct: 0 });

    expect(
      (await call(handler, contract.search, { unitId: commune, words: 'khuyen hoc' }, clerk)).body.papers,
    ).toHaveLength(1);

    const withdrawn = await call(handler, contract.withdraw, paper, clerk);
    expect((await call(handler, contract.withdraw, paper, clerk)).body).toEqual(withdrawn.body);
    await putOut(paper);
    const after = await libraryOf(commune);
    expect(after.documents).toEqual([]);
    expect(after.withdrawn).toEqual(expect.arrayContaining([entry?.path, shown.pages[0].picture]));
    expect(await content.look(entry?.path ?? '')).toBeUndefined();
    expect(forgotten).toEqual(after.withdrawn.map((path) => `/${path}`));
    expect(await content.look(shown.pages[0].picture)).toBeUndefined();
    expect((await call(handler, contract.openOriginal, { ...paper, form: 'original' }, member)).status).toBe(404);
  });
});

describe('a bulletin written as text', () => {
  test('is reviewed and published like a paper, to a meeting if asked', async () => {
    const written = { unitId: branch, actionId: anAct(), title: 'Tin tháng 11', text: 'Dòng một.\nDòng hai.' };
    const { body } = await call(handler, contract.writeNews, written, secretary);
    expect((await call(handler, contract.writeNews, written, secretary)).body).toEqual(body);
    const news = { unitId: branch, documentId: body.documentId as DocumentId };
    const meetingId = 'sinh-hoat-11' as MeetingId;
    const fields = { type: 'news' as const, abstract: 'Tin tháng 11' };
    const answer = await call(handler, contract.publish, { ...news, fields, meetingId }, secretary);
    expect(answer.status).toBe(200);
    const [fact] = await factsOf(`UNIT#${branch}`, `DOC#${news.documentId}`);
    expect(fact).toMatchObject({ type: 'document-published', kind: 'news', meetingId, unitId: branch });
    await putOut(news);
    const library = await libraryOf(branch);
    expect(library.documents).toMatchObject([{ meetingId, fields: { type: 'news' } }]);
    const file = await call(handler, contract.openOriginal, { ...news, form: 'original' }, member);
    expect(file.status).toBe(404);
    const { body: list } = await call(handler, contract.list, { unitId: branch, state: 'published' }, secretary);
    expect(list.papers.map((row: contract.PaperRow) => row.documentId)).toEqual([news.documentId]);
  });

  test('withdrawn while it was being put out is not to be read', async () => {
    const written = { unitId: branch, actionId: anAct(), title: 'Tin rút', text: 'Tin rút' };
    const { body } = await call(handler, contract.writeNews, written, secretary);
    const news = { unitId: branch, documentId: body.documentId as DocumentId };
    await call(handler, contract.publish, { ...news, fields: { type: 'news', abstract: 'Tin rút' } }, secretary);
    const [fact] = (await factsOf(`UNIT#${branch}`, `DOC#${news.documentId}`)) as { path: string }[];
    // the withdrawal's own consumer was faster
    await unshelve(branch, news.documentId, [fact?.path ?? '']);
    await putOut(news);
    expect(await openBucket('CONTENT_BUCKET').look(fact?.path ?? '')).toBeUndefined();
    expect((await libraryOf(branch)).documents.map(({ documentId }) => documentId)).not.toContain(news.documentId);
  });

  test('two published at one moment are both in the library', async () => {
    const publishOne = async (title: string) => {
      const written = { unitId: branch, actionId: anAct(), title, text: title };
      const { body } = await call(handler, contract.writeNews, written, secretary);
      const news = { unitId: branch, documentId: body.documentId as DocumentId };
      await call(handler, contract.publish, { ...news, fields: { type: 'news', abstract: title } }, secretary);
      return news;
    };
    const both = await Promise.all(['Tin A', 'Tin B', 'Tin C'].map(publishOne));
    await Promise.all(both.map(putOut));
    const titles = (await libraryOf(branch)).documents.map(({ fields }) => fields.abstract);
    expect(titles).toEqual(expect.arrayContaining(['Tin A', 'Tin B', 'Tin C']));
  });
});
