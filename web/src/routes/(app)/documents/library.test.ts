import { beforeEach, expect, it } from 'vitest';
import { useServer } from '#lib/testing.ts';
import type { Library, LibraryEntry } from '#shared/documents/model.ts';
import type { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { findEntry } from './library.ts';

const unitId = 'chi-bo-1' as UnitId;
const documentId = 'd-1' as DocumentId;
const at = '2026-11-21T08:00:00.000Z' as Instant;
const entry: LibraryEntry = {
  documentId,
  unitId,
  path: `content/paper/${unitId}/${documentId}/1.json`,
  fields: { type: 'notice', number: '12-TB/ĐU', abstract: 'về lịch họp', issuedOn: '2026-11-20' as never },
  publishedAt: at,
  pages: 1,
  bytes: 900,
  asks: false,
  words: 've lich hop',
};
const copyWith = (...documents: LibraryEntry[]): Library => ({ unitId, at, documents, withdrawn: [] });

let copies: (Library | 404)[];
const pauses: number[] = [];
const pause = async (milliseconds: number) => void pauses.push(milliseconds);

const edge = useServer((_request, response) => {
  const copy = copies.length > 1 ? copies.shift() : copies[0];
  if (copy === 404) return response.writeHead(404).end();
  return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(copy));
});
beforeEach(() => {
  pauses.length = 0;
});

it('finds a paper in the library of its unit at once', async () => {
  copies = [copyWith(entry)];
  expect(await findEntry({ unitId, documentId }, pause)).toEqual({ ok: true, value: entry });
  expect(pauses).toEqual([]);
});

it('finds the one that was published just now, though the edge first hands out older copies', async () => {
  copies = [404, copyWith(), copyWith(entry)];
  expect(await findEntry({ unitId, documentId }, pause)).toEqual({ ok: true, value: entry });
  expect(pauses).toEqual([2_000, 2_000]);
});

it('says that there is none after three looks', async () => {
  copies = [copyWith()];
  expect(await findEntry({ unitId, documentId }, pause)).toEqual({ ok: false, code: 'not-found' });
  expect(pauses).toHaveLength(2);
});

it('says at once that there is no network', async () => {
  await edge.end();
  expect(await findEntry({ unitId, documentId }, pause)).toEqual({ ok: false, code: 'offline' });
  expect(pauses).toEqual([]);
});
