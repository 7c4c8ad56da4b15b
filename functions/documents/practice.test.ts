import { beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '#runtime/table.ts';
import { call } from '#runtime/testing.ts';
import * as contract from '#shared/documents/contract.ts';
import type { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { isPractice, practiceExpiry, practiceOf } from '#shared/kernel/practice.ts';
import { addMilliseconds, DAY_MS, instantOf } from '#shared/kernel/time.ts';
import { handler } from './api.ts';
import { handler as onFileArrived } from './on-file-arrived.ts';
import { handler as onPageDue } from './on-page-due.ts';
import {
  anAct,
  aPaperHouse,
  ask,
  branch,
  deliver,
  factsOf,
  libraryOf,
  people,
  putOut,
  putParts,
  tinyPicture,
} from './sent-papers.testing.ts';

beforeAll(aPaperHouse);

const now = instantOf(Date.now());
const practice = practiceOf(branch, now) as UnitId;
const made = async (who = people.member) => (await call(handler, contract.practise, { unitId: practice }, who)).body;
/** What every line says of its end, where a key names the practice. */
const linesOf = async (pk: string) =>
  (await openTable('DOCUMENTS_TABLE').query(pk)).map((item) => [item.sk, item['expiresAt']]);

describe('papers of a practice', () => {
  it('begin with one of our own, made once, with its question and no points', async () => {
    const { paper } = await made();
    expect(await made()).toEqual({ paper });
    expect(isPractice(paper.documentId)).toBe(true);
    const ref = { unitId: practice, documentId: paper.documentId as DocumentId };
    await putOut(ref);
    expect((await libraryOf(practice)).documents).toMatchObject([{ path: paper.path, asks: true }]);
    expect((await call(handler, contract.markOpened, ref, people.member)).status).toBe(200);
    const answer = await call(handler, contract.answerQuestion, { ...ref, choice: 1 }, people.member);
    expect(answer.body).toEqual({ choice: 1, correct: true, right: 1 });
    // the relay carries what bears a practice nowhere but to the practice
    expect(await factsOf(`DOC#${ref.documentId}`, 'ANSWER#')).toMatchObject([{ unitId: practice }]);
    for (const line of await linesOf(`DOC#${ref.documentId}`)) expect(line[1]).toBe(practiceExpiry(practice));
  });

  it('are added, read and published by any member of the branch, and every line of them goes after the day', async () => {
    const picture = new Uint8Array(await tinyPicture(7));
    const { paper } = await ask(picture, { unitId: practice, actionId: anAct() }, people.member);
    expect(isPractice(paper.documentId)).toBe(true);
    await putParts(paper, picture, undefined, people.member);
    expect((await call(handler, contract.completeUpload, paper, people.member)).body).toEqual({ state: 'checking' });
    await deliver(onFileArrived, { type: 'file-due', ...paper });
    await deliver(onPageDue, { type: 'page-due', ...paper, page: 1 });
    const fields = { type: 'reference_material' as const, abstract: 'Giấy chụp thử' };
    const published = await call(handler, contract.publish, { ...paper, fields }, people.member);
    expect(published.body.paper).toMatchObject({ state: 'published' });
    const lines = [...(await linesOf(`UNIT#${practice}`)), ...(await linesOf(`DOC#${paper.documentId}`))];
    expect(lines.length).toBeGreaterThan(3);
    for (const [sk, expiresAt] of lines) expect([sk, expiresAt]).toEqual([sk, practiceExpiry(practice)]);
  });

  it("are nobody else's: not of another branch, another day, or the real branch of who practises", async () => {
    const yesterday = practiceOf(branch, addMilliseconds(now, -DAY_MS)) as UnitId;
    const other = practiceOf('cb-khac' as UnitId, now) as UnitId;
    for (const unitId of [yesterday, other])
      expect((await call(handler, contract.practise, { unitId }, people.member)).body.code).toBe('not-allowed');
    expect((await call(handler, contract.practise, { unitId: branch }, people.member)).body.code).toBe('not-allowed');
    expect((await call(handler, contract.practise, { unitId: branch }, people.secretary)).body.code).toBe('not-found');
    expect((await call(handler, contract.list, { unitId: practice }, people.stranger)).body.code).toBe('not-allowed');
    expect((await call(handler, contract.list, { unitId: branch }, people.secretary)).body.papers).toEqual([]);
  });

  it('taken back, the paper of our own is gone for the day', async () => {
    const { paper } = await made();
    const ref = { unitId: practice, documentId: paper.documentId as DocumentId };
    expect((await call(handler, contract.withdraw, ref, people.member)).status).toBe(200);
    expect(await made(people.secretary)).toEqual({});
  });
});
