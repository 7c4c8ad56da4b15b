import { createHash, randomUUID } from 'node:crypto';
import { createCanvas } from '@napi-rs/canvas';
import type { SQSBatchResponse, SQSEvent, SQSHandler } from 'aws-lambda';
import { afterAll, expect } from 'vitest';
import { openBucket } from '#runtime/files.ts';
import { openTable } from '#runtime/table.ts';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import * as contract from '#shared/documents/contract.ts';
import { type Library, PART_BYTES, type Sha256 } from '#shared/documents/model.ts';
import type { ActionId, DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { startInvalidations } from '../../infra/local/engines/invalidations.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onDocumentPublished } from './on-document-published.ts';
import { handler as onDocumentWithdrawn } from './on-document-withdrawn.ts';
import { handler as onFileArrived } from './on-file-arrived.ts';
import { handler as onPageDue } from './on-page-due.ts';
import { names } from './paper-files.ts';

export const commune = 'xa-cong-hai' as UnitId;
export const branch = 'cb-thon-nam' as UnitId;

/** A paper as every operation names it. */
export interface PaperRef {
  readonly unitId: UnitId;
  readonly documentId: DocumentId;
}

/** Who sends, looks through and reads papers; filled by `aPaperHouse`. */
export const people = {} as Record<'clerk' | 'secretary' | 'member' | 'stranger', SignedIn>;
/** Paths that the edge was told to forget. */
export const forgotten: string[] = [];

/** A commune with its clerk, a branch with its secretary and a member, and somebody from elsewhere. */
export const aPaperHouse = async (): Promise<void> => {
  await Promise.all([aHouse(), aTable('DOCUMENTS_TABLE'), aBucket('INBOX_BUCKET'), aBucket('CONTENT_BUCKET')]);
  const edge = await startInvalidations({ invalidate: (_, paths) => void forgotten.push(...paths) });
  afterAll(() => edge.stop());
  process.env['AWS_ENDPOINT_URL_CLOUDFRONT'] = edge.endpoint;
  process.env['DISTRIBUTION'] = 'EDGE1';
  await aUnit(commune, 'tinh');
  await aUnit(branch, commune, 'tinh');
  await aUnit('cb-khac', 'xa-khac', 'tinh');
  people.clerk = await signedIn({
    memberId: 'clerk',
    unitId: commune,
    grants: [{ role: 'office_officer' }],
    kind: 'staff',
  });
  people.secretary = await signedIn({
    memberId: 'lan',
    unitId: branch,
    grants: [{ role: 'member' }, { role: 'branch_secretary' }],
  });
  people.member = await signedIn({ memberId: 'tam', unitId: branch });
  people.stranger = await signedIn({ memberId: 'la', unitId: 'cb-khac' });
};

export const anAct = () => randomUUID() as ActionId;
export const shaOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') as Sha256;

export const declared = (
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

export const ask = async (bytes: Uint8Array, over: Parameters<typeof declared>[1] = {}, who = people.clerk) => {
  const answer = await call(handler, contract.requestUpload, declared(bytes, over), who);
  return { ...answer, paper: { unitId: over.unitId ?? commune, documentId: answer.body.documentId as DocumentId } };
};

/** Puts the parts that are missing, as a browser does; `only` of them if the network goes. */
export const putParts = async (paper: PaperRef, bytes: Uint8Array, only?: number, who = people.clerk) => {
  const { body } = await call(handler, contract.uploadParts, paper, who);
  for (const { number, url } of body.missing.slice(0, only)) {
    const part = bytes.slice((number - 1) * PART_BYTES, number * PART_BYTES);
    const answer = await fetch(url, { method: 'PUT', body: part });
    expect(answer.status).toBe(200);
  }
};

export const deliver = async (to: SQSHandler, ...bodies: readonly unknown[]) => {
  const Records = bodies.map((body, at) => ({ messageId: `m-${at}`, body: JSON.stringify(body) }));
  // of an SQS event only these two fields are read
  const answer = (await to({ Records } as unknown as SQSEvent, {} as never, () => undefined)) as SQSBatchResponse;
  expect(answer.batchItemFailures).toEqual([]);
};

export const arrival = (paper: PaperRef) => ({
  Records: [
    {
      s3: {
        object: { key: encodeURIComponent(names.original(paper.unitId, paper.documentId)).replaceAll('%2F', '/') },
      },
    },
  ],
});

/** The fact that an item carries, as the table's stream would tell it. */
export const factsOf = async (pk: string, prefix: string) =>
  (await openTable('DOCUMENTS_TABLE').query(pk, { prefix })).flatMap((item) => (item['fact'] ? [item['fact']] : []));

export const readAll = async (paper: PaperRef) => {
  await deliver(onFileArrived, arrival(paper));
  const { body } = await call(handler, contract.open, paper, people.clerk);
  for (let page = 1; page <= body.paper.pages; page += 1)
    await deliver(onPageDue, { type: 'page-due', ...paper, page });
};

export const putOut = async (paper: PaperRef) => {
  const [fact] = await factsOf(`UNIT#${paper.unitId}`, `DOC#${paper.documentId}`);
  await deliver(
    (fact as { type: string }).type === 'document-published' ? onDocumentPublished : onDocumentWithdrawn,
    fact,
  );
};

export const libraryOf = async (unitId: UnitId): Promise<Library> => {
  const file = await openBucket('CONTENT_BUCKET').read(names.library(unitId));
  return JSON.parse(Buffer.from(file?.body ?? '').toString('utf8'));
};

export const stateOf = async (paper: PaperRef) => (await call(handler, contract.open, paper, people.clerk)).body.paper;

export const sent = async (bytes: Uint8Array, over: Parameters<typeof declared>[1] = {}) => {
  const { paper } = await ask(bytes, over);
  await putParts(paper, bytes);
  expect((await call(handler, contract.completeUpload, paper, people.clerk)).body).toEqual({ state: 'checking' });
  return paper;
};

export const tinyPicture = async (mark: number) => {
  const canvas = createCanvas(60, 80);
  canvas.getContext('2d').fillText(String(mark), 5, 40);
  return canvas.encode('png');
};
