import { beforeAll, describe, expect, test } from 'vitest';
import { openBucket } from '#runtime/files.ts';
import { call } from '#runtime/testing.ts';
import * as contract from '#shared/documents/contract.ts';
import type { DocumentId, MeetingId } from '#shared/kernel/ids.ts';
import { handler } from './api.ts';
import { anAct, aPaperHouse, branch, factsOf, libraryOf, people, putOut } from './sent-papers.testing.ts';
import { unshelve } from './store.ts';

beforeAll(aPaperHouse);

describe('a bulletin written as text', () => {
  test('is reviewed and published like a paper, to a meeting if asked', async () => {
    const written = { unitId: branch, actionId: anAct(), title: 'Tin tháng 11', text: 'Dòng một.\nDòng hai.' };
    const { body } = await call(handler, contract.writeNews, written, people.secretary);
    expect((await call(handler, contract.writeNews, written, people.secretary)).body).toEqual(body);
    const news = { unitId: branch, documentId: body.documentId as DocumentId };
    const meetingId = 'sinh-hoat-11' as MeetingId;
    const fields = { type: 'news' as const, abstract: 'Tin tháng 11' };
    const answer = await call(handler, contract.publish, { ...news, fields, meetingId }, people.secretary);
    expect(answer.status).toBe(200);
    const [fact] = await factsOf(`UNIT#${branch}`, `DOC#${news.documentId}`);
    expect(fact).toMatchObject({ type: 'document-published', kind: 'news', meetingId, unitId: branch });
    await putOut(news);
    const library = await libraryOf(branch);
    expect(library.documents).toMatchObject([{ meetingId, fields: { type: 'news' } }]);
    const file = await call(handler, contract.openOriginal, { ...news, form: 'original' }, people.member);
    expect(file.status).toBe(404);
    const { body: list } = await call(handler, contract.list, { unitId: branch, state: 'published' }, people.secretary);
    expect(list.papers.map((row: contract.PaperRow) => row.documentId)).toEqual([news.documentId]);
  });

  test('withdrawn while it was being put out is not to be read', async () => {
    const written = { unitId: branch, actionId: anAct(), title: 'Tin rút', text: 'Tin rút' };
    const { body } = await call(handler, contract.writeNews, written, people.secretary);
    const news = { unitId: branch, documentId: body.documentId as DocumentId };
    await call(handler, contract.publish, { ...news, fields: { type: 'news', abstract: 'Tin rút' } }, people.secretary);
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
      const { body } = await call(handler, contract.writeNews, written, people.secretary);
      const news = { unitId: branch, documentId: body.documentId as DocumentId };
      await call(handler, contract.publish, { ...news, fields: { type: 'news', abstract: title } }, people.secretary);
      return news;
    };
    const both = await Promise.all(['Tin A', 'Tin B', 'Tin C'].map(publishOne));
    await Promise.all(both.map(putOut));
    const titles = (await libraryOf(branch)).documents.map(({ fields }) => fields.abstract);
    expect(titles).toEqual(expect.arrayContaining(['Tin A', 'Tin B', 'Tin C']));
  });
});
