import { beforeAll, describe, expect, test } from 'vitest';
import { openBucket } from '#runtime/files.ts';
import { call } from '#runtime/testing.ts';
import * as contract from '#shared/documents/contract.ts';
import { PART_BYTES } from '#shared/documents/model.ts';
import { handler } from './api.ts';
import { handler as onFileArrived } from './on-file-arrived.ts';
import { names } from './paper-files.ts';
import {
  anAct,
  aPaperHouse,
  arrival,
  ask,
  branch,
  commune,
  declared,
  deliver,
  factsOf,
  people,
  putParts,
  sent,
  shaOf,
  stateOf,
  tinyPicture,
} from './sent-papers.testing.ts';

beforeAll(aPaperHouse);

describe('sending a file', () => {
  test('of several parts is taken up again after the network was lost, and its size and hash are compared', async () => {
    const bytes = Buffer.alloc(2 * PART_BYTES + 1234, 'x');
    const { paper, body } = await ask(bytes);
    expect(body).toMatchObject({ parts: 3, partBytes: PART_BYTES });
    await putParts(paper, bytes, 1);
    expect((await call(handler, contract.completeUpload, paper, people.clerk)).body.code).toBe('parts-missing');
    const again = await call(handler, contract.uploadParts, paper, people.clerk);
    expect(again.body.arrived).toEqual([{ number: 1, bytes: PART_BYTES }]);
    expect(again.body.missing.map(({ number }: { number: number }) => number)).toEqual([2, 3]);
    await putParts(paper, bytes);
    const done = await call(handler, contract.completeUpload, paper, people.clerk);
    expect(done.body).toEqual({ state: 'checking' });
    expect((await call(handler, contract.completeUpload, paper, people.clerk)).body).toEqual({ state: 'checking' });
  });

  test('that is not the file declared is refused, and may be sent anew', async () => {
    const bytes = Buffer.from('một tờ giấy');
    const { paper } = await ask(bytes, { sha256: shaOf(Buffer.from('một tờ khác')) });
    await putParts(paper, bytes);
    for (const _ of [1, 2]) {
      const answer = await call(handler, contract.completeUpload, paper, people.clerk);
      expect(answer).toMatchObject({ status: 422, body: { code: 'hash-differs' } });
    }
    const { paper: wrongSize } = await ask(bytes, { bytes: bytes.length + 1, sha256: shaOf(Buffer.from('!')) });
    await putParts(wrongSize, bytes);
    expect((await call(handler, contract.completeUpload, wrongSize, people.clerk)).body.code).toBe('size-differs');
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
    await call(handler, contract.cancelUpload, first.paper, people.clerk);
    expect((await ask(bytes)).status).toBe(200);
  });

  test('given up is forgotten, and cannot be completed', async () => {
    const bytes = await tinyPicture(2);
    const { paper } = await ask(bytes);
    await putParts(paper, bytes);
    for (const _ of [1, 2])
      expect((await call(handler, contract.cancelUpload, paper, people.clerk)).body.cancelled).toBe(true);
    expect((await call(handler, contract.uploadParts, paper, people.clerk)).body.code).toBe('not-awaited');
    expect((await call(handler, contract.completeUpload, paper, people.clerk)).body).toEqual({ state: 'rejected' });
  });

  test('is for those who may add papers at that unit', async () => {
    const bytes = await tinyPicture(3);
    for (const who of [people.member, people.stranger])
      expect((await ask(bytes, { unitId: branch }, who)).status).toBe(403);
    expect((await ask(bytes, {}, people.secretary)).status).toBe(403);
    expect((await ask(bytes, { unitId: branch }, people.secretary)).status).toBe(200);
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
    expect((await call(handler, contract.completeUpload, paper, people.clerk)).body).toEqual({ state: 'reading' });
  });

  test('that nobody announced, and the trial message of the bucket, change nothing', async () => {
    await deliver(onFileArrived, { Records: [{ s3: { object: { key: 'upload/xa-cong-hai/unknown' } } }] });
    await deliver(onFileArrived, { Records: [{ s3: { object: { key: '../../etc/passwd' } } }] });
    await deliver(onFileArrived, { Service: 'Amazon S3', Event: 's3:TestEvent' });
  });
});
