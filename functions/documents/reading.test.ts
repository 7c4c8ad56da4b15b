import { beforeAll, describe, expect, test } from 'vitest';
import { openBucket } from '#runtime/files.ts';
import { call } from '#runtime/testing.ts';
import * as contract from '#shared/documents/contract.ts';
import type { Corners, DocumentFields } from '#shared/documents/model.ts';
import { pdfOfPhotos } from '#shared/documents/photo-pages.ts';
import { findInLibrary, indexLibrary } from '#shared/documents/search-terms.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { handler } from './api.ts';
import { handler as onFileArrived } from './on-file-arrived.ts';
import { handler as onPageDue } from './on-page-due.ts';
import {
  aPaperHouse,
  arrival,
  branch,
  commune,
  deliver,
  factsOf,
  forgotten,
  libraryOf,
  type PaperRef,
  people,
  putOut,
  readAll,
  sent,
  shaOf,
  stateOf,
  tinyPicture,
} from './sent-papers.testing.ts';
import { recordTry } from './store.ts';
import { drawn, madeUpPaper, photographed } from './testing.ts';

beforeAll(aPaperHouse);

describe('a page that was photographed', () => {
  const printed = madeUpPaper(41);
  const corners: Corners = [
    [0.14, 0.1],
    [0.88, 0.07],
    [0.94, 0.92],
    [0.07, 0.94],
  ];
  let paper: PaperRef;

  beforeAll(async () => {
    const photo = await photographed(drawn(printed), { width: 1200, corners, seed: 3 }).encode('jpeg', 70);
    paper = await sent(photo);
    await readAll(paper);
  });

  test('is laid flat before it is read, and the photo can be seen beside it', async () => {
    const { body } = await call(handler, contract.open, paper, people.clerk);
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
    for (const who of [people.member, people.stranger])
      expect((await call(handler, contract.readAgain, set, who)).status).toBe(403);
    const wrong = await call(handler, contract.readAgain, { ...set, page: 2 }, people.clerk);
    expect(wrong).toMatchObject({ status: 422, body: { code: 'no-such-page' } });
    const bent = { ...set, corners: [[2, 0]] as unknown as Corners };
    expect((await call(handler, contract.readAgain, bent, people.clerk)).status).toBe(422);
    expect((await call(handler, contract.readAgain, set, people.clerk)).body.paper.state).toBe('reading');
    // sent again before it was read: the same
    expect((await call(handler, contract.readAgain, set, people.clerk)).body.paper.state).toBe('reading');
    const [due] = await factsOf(`DOC#${paper.documentId}`, 'PAGE#');
    await deliver(onPageDue, due);
    await deliver(onPageDue, due);
    const { body } = await call(handler, contract.open, paper, people.clerk);
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
  const { body } = await call(handler, contract.list, { unitId: commune }, people.clerk);
  expect(body.papers.find((row: contract.PaperRow) => row.documentId === paper.documentId)).toMatchObject({
    state: 'reading',
    stuck: true,
  });
  expect((await call(handler, contract.readAgain, paper, people.clerk)).body.paper.state).toBe('reading');
  expect((await stateOf(paper)).stuck).toBeUndefined();
  const [due] = await factsOf(`DOC#${paper.documentId}`, 'PAGE#');
  await deliver(onPageDue, due);
  expect((await stateOf(paper)).state).toBe('to-review');
});

test('a file whose inspection was broken off is looked at again when asked for', async () => {
  const paper = await sent(await tinyPicture(52));
  expect((await call(handler, contract.readAgain, paper, people.clerk)).body.paper.state).toBe('checking');
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
  let paper: PaperRef;
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
    const { body } = await call(handler, contract.open, paper, people.clerk);
    expect(body.paper).toMatchObject({ state: 'to-review', pages: 2 });
    expect(body.proposals.number.value).toBe(printed.number);
    expect(body.proposals.issuedOn.value).toBe(printed.day);
    const picture = await fetch(body.pages[1].picture);
    expect(picture.headers.get('content-type')).toBe('image/webp');
    expect((await picture.arrayBuffer()).byteLength).toBeLessThanOrEqual(160_000);
    const { body: kept } = await call(handler, contract.openOriginal, { ...paper, form: 'original' }, people.clerk);
    expect(shaOf(new Uint8Array(await (await fetch(kept.url)).arrayBuffer()))).toBe(shaOf(original));
    expect(kept.sha256).toBe(shaOf(original));
    const { body: copy } = await call(handler, contract.openOriginal, { ...paper, form: 'searchable' }, people.clerk);
    expect(
      Buffer.from(await (await fetch(copy.url)).arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
  });

  test('read once more changes nothing', async () => {
    const before = await call(handler, contract.open, paper, people.clerk);
    await readAll(paper);
    const { pages: _, ...rest } = (await call(handler, contract.open, paper, people.clerk)).body;
    const { pages: __, ...same } = before.body;
    expect(rest).toEqual(same);
  });

  test('is not to be seen by members before it is published', async () => {
    expect((await call(handler, contract.open, paper, people.member)).status).toBe(403);
    const answer = await call(handler, contract.openOriginal, { ...paper, form: 'original' }, people.member);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await call(handler, contract.markOpened, paper, people.member)).status).toBe(404);
  });

  test('with wrong fields is not published, and corrected ones are kept', async () => {
    const { number: _, ...rest } = fields();
    const answer = await call(handler, contract.publish, { ...paper, fields: rest }, people.clerk);
    expect(answer).toMatchObject({ status: 422, body: { code: 'number-missing' } });
    const corrected = await call(
      handler,
      contract.correct,
      { ...paper, fields: fields({ abstract: 'đã sửa' }) },
      people.clerk,
    );
    expect(corrected.body.paper.fields.abstract).toBe('đã sửa');
    expect((await call(handler, contract.publish, { ...paper, fields: fields() }, people.member)).status).toBe(403);
  });

  test('is published to the commune and all below, found without accents, opened and answered once, then withdrawn', async () => {
    const question = { text: 'Văn bản này của ai?', choices: ['Đảng ủy xã', 'Huyện ủy'], right: 0 };
    const asked = { ...paper, fields: fields(), question };
    const published = await call(handler, contract.publish, asked, people.clerk);
    expect(published.body.paper).toMatchObject({ state: 'published' });
    expect((await call(handler, contract.publish, asked, people.clerk)).body).toEqual(published.body);
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

    const opened = await call(handler, contract.markOpened, paper, people.member);
    expect((await call(handler, contract.markOpened, paper, people.member)).body).toEqual(opened.body);
    expect((await call(handler, contract.markOpened, paper, people.stranger)).status).toBe(404);
    const first = await call(handler, contract.answerQuestion, { ...paper, choice: 1 }, people.member);
    expect(first.body).toEqual({ choice: 1, correct: false, right: 0 });
    expect((await call(handler, contract.answerQuestion, { ...paper, choice: 0 }, people.member)).body).toEqual(
      first.body,
    );
    // opened again, on whichever phone, he is told what he answered; others are not
    const again = await call(handler, contract.markOpened, paper, people.member);
    expect(again.body).toEqual({ ...opened.body, answer: first.body });
    expect((await call(handler, contract.markOpened, paper, people.secretary)).body).not.toHaveProperty('answer');
    expect((await call(handler, contract.answerQuestion, { ...paper, choice: 7 }, people.secretary)).body.code).toBe(
      'bad-choice',
    );
    const studied = await factsOf(`DOC#${paper.documentId}`, 'ANSWER#');
    expect(studied).toMatchObject([{ type: 'document-studied', memberId: 'tam', unitId: branch, correct: false }]);
    const counted = await call(handler, contract.receipts, paper, people.clerk);
    expect(counted.body).toEqual({ kind: 'document', opened: 2, answered: 1, correct: 0 });

    expect(
      (await call(handler, contract.search, { unitId: commune, words: 'khuyen hoc' }, people.clerk)).body.papers,
    ).toHaveLength(1);

    const withdrawn = await call(handler, contract.withdraw, paper, people.clerk);
    expect((await call(handler, contract.withdraw, paper, people.clerk)).body).toEqual(withdrawn.body);
    await putOut(paper);
    const after = await libraryOf(commune);
    expect(after.documents).toEqual([]);
    expect(after.withdrawn).toEqual(expect.arrayContaining([entry?.path, shown.pages[0].picture]));
    expect(await content.look(entry?.path ?? '')).toBeUndefined();
    expect(forgotten).toEqual(after.withdrawn.map((path) => `/${path}`));
    expect(await content.look(shown.pages[0].picture)).toBeUndefined();
    expect((await call(handler, contract.openOriginal, { ...paper, form: 'original' }, people.member)).status).toBe(
      404,
    );
  });
});
