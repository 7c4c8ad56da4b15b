import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Day, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import issuers from './issuers.json' with { type: 'json' };
import {
  type DocumentFields,
  type DocumentState,
  documentTypeIds,
  documentTypes,
  MAX_FILE_BYTES,
  MAX_PAGES,
  MAX_PIXELS,
  PART_BYTES,
  type Sha256,
} from './model.ts';
import {
  decideFields,
  decideIntake,
  decideParts,
  decidePublish,
  decideReadAgain,
  decideUpload,
  decideWithdraw,
  fieldsToReview,
  gradeAnswer,
  type InspectedFile,
  isStuck,
  mayMove,
  mayRead,
  PAGE_MINUTES,
  stuckPages,
  WAITING_MINUTES,
} from './rules.ts';
import { aReadDocument } from './testing.ts';

const now = '2026-11-21T12:00:00.000Z' as Instant;
const by = 'm-2' as MemberId;
const path = 'content/docs/cb-thon-nam/abc.json';
const fields: DocumentFields = {
  type: 'resolution',
  number: '05-NQ/ĐU',
  issuedOn: '2026-09-03' as Day,
  issuer: 'ĐẢNG ỦY XÃ CÔNG HẢI',
  abstract: 'về nâng cao chất lượng sinh hoạt chi bộ',
};

test('every type of the picklist stands in the data file once, with its source and date', () => {
  expect(documentTypes.map((type) => type.id).sort()).toEqual([...documentTypeIds].sort());
  expect(new Set(issuers.issuers.map((issuer) => issuer.code)).size).toBe(issuers.issuers.length);
});

describe('a file that arrives', () => {
  const sha256 = 'b'.repeat(64) as Sha256;
  const good: InspectedFile = { bytes: 1000, sha256, kind: 'pdf', pages: 3, pixels: 4_000_000 };
  const declared = { bytes: 1000, sha256 };

  test('is taken when it is a document and the one declared', () => {
    expect(decideIntake(declared, good)).toEqual({ ok: true, value: { kind: 'pdf', pages: 3 } });
  });

  test.each<[string, Partial<InspectedFile>]>([
    ['empty-file', { bytes: 0 }],
    ['file-too-large', { bytes: MAX_FILE_BYTES + 1 }],
    ['size-differs', { bytes: 999 }],
    ['hash-differs', { sha256: 'c'.repeat(64) as Sha256 }],
    ['not-a-document', { kind: 'other' }],
    ['encrypted', { fault: 'encrypted' }],
    ['broken', { fault: 'broken' }],
    ['no-pages', { pages: 0 }],
    ['too-many-pages', { pages: MAX_PAGES + 1 }],
    ['too-many-pixels', { pixels: MAX_PIXELS + 1 }],
  ])('is refused as %s', (code, wrong) => {
    expect(decideIntake(declared, { ...good, ...wrong })).toMatchObject({ ok: false, code });
  });

  test('of exactly the largest size, pages and pixels is taken', () => {
    const largest = { ...good, bytes: MAX_FILE_BYTES, pages: MAX_PAGES, pixels: MAX_PIXELS };
    expect(decideIntake({ bytes: MAX_FILE_BYTES, sha256 }, largest).ok).toBe(true);
    expect(decideUpload(MAX_FILE_BYTES).ok).toBe(true);
    expect(decideUpload(MAX_FILE_BYTES + 1)).toMatchObject({ code: 'file-too-large' });
    expect(decideUpload(0)).toMatchObject({ code: 'empty-file' });
  });
});

describe('parts of an upload', () => {
  test('make the whole whatever the order they came in, and not with one missing or one byte more', () => {
    const size = fc.integer({ min: 1, max: MAX_FILE_BYTES });
    fc.assert(
      fc.property(size, fc.integer(), (declared, seed) => {
        const count = Math.ceil(declared / PART_BYTES);
        const parts = Array.from({ length: count }, (_, index) => ({
          number: index + 1,
          bytes: index + 1 === count ? declared - PART_BYTES * index : PART_BYTES,
        }));
        const at = Math.abs(seed) % count;
        const turned = [...parts.slice(at), ...parts.slice(0, at)];
        expect(decideParts(declared, PART_BYTES, turned)).toEqual({ ok: true, value: { parts: count } });
        expect(decideParts(declared, PART_BYTES, turned.slice(1))).toMatchObject({ code: 'parts-missing' });
        const grown = turned.map((part, index) => (index === 0 ? { ...part, bytes: part.bytes + 1 } : part));
        expect(decideParts(declared, PART_BYTES, grown)).toMatchObject({ code: 'size-differs' });
      }),
    );
  });
});

describe('the state of a document', () => {
  const order: readonly DocumentState[] = [
    'awaiting-file',
    'checking',
    'reading',
    'to-review',
    'published',
    'withdrawn',
  ];

  test('only moves on, except to be read again before it is published, and nothing leads out of an end', () => {
    const state = fc.constantFrom<DocumentState>(...order, 'rejected');
    fc.assert(
      fc.property(state, state, (from, to) => {
        if (!mayMove(from, to)) return;
        expect(from).not.toBe('rejected');
        if (from === 'to-review' && to === 'reading') return;
        if (to !== 'rejected') expect(order.indexOf(to)).toBe(order.indexOf(from) + 1);
      }),
    );
  });

  test('a read document is published with corrected fields, to a meeting if asked', () => {
    const meetingId = 'sinh-hoat-11' as MeetingId;
    const answer = decidePublish(aReadDocument(), { fields, path, meetingId, by, at: now });
    expect(answer).toMatchObject({ ok: true, value: { state: 'published', fields, meetingId, publishedBy: by } });
  });

  test('is not published twice, nor before it is read', () => {
    const once = decidePublish(aReadDocument(), { fields, path, by, at: now });
    if (!once.ok) throw new Error(once.code);
    expect(decidePublish(once.value, { fields, path, by, at: now })).toMatchObject({ code: 'not-ready' });
    expect(decideWithdraw(aReadDocument(), by, now)).toMatchObject({ code: 'not-published' });
    expect(decideWithdraw(once.value, by, now)).toMatchObject({ ok: true, value: { state: 'withdrawn' } });
  });

  test('a member reads what his branch or one above it published, and nothing before', () => {
    const once = decidePublish(aReadDocument({ unitId: 'xa' as UnitId }), { fields, path, by, at: now });
    if (!once.ok) throw new Error(once.code);
    const chain = ['cb-thon-nam', 'xa', 'tinh'] as UnitId[];
    expect(mayRead(once.value, chain)).toBe(true);
    expect(mayRead(once.value, ['cb-khac', 'xa-khac', 'tinh'] as UnitId[])).toBe(false);
    expect(mayRead(aReadDocument({ unitId: 'xa' as UnitId }), chain)).toBe(false);
  });
});

describe('corrected fields', () => {
  test.each<[string, Partial<DocumentFields>]>([
    ['number-missing', { number: undefined }],
    ['date-missing', { issuedOn: undefined }],
    ['number-and-type-differ', { type: 'plan' }],
  ])('are refused as %s', (code, wrong) => {
    const { number, issuedOn, ...rest } = { ...fields, ...wrong };
    const some = { ...rest, ...(number ? { number } : {}), ...(issuedOn ? { issuedOn } : {}) } as DocumentFields;
    expect(decideFields(some)).toMatchObject({ code });
  });

  test('of a bulletin need neither number nor date', () => {
    expect(decideFields({ type: 'news', abstract: 'Tin trong xã' }).ok).toBe(true);
  });

  test('begin with what was read and keep what a person corrected', () => {
    expect(fieldsToReview(aReadDocument())).toMatchObject({ number: '05-NQ/ĐU', type: 'resolution' });
    expect(fieldsToReview(aReadDocument())).not.toHaveProperty('abstract');
    expect(fieldsToReview(aReadDocument({ fields }))).toEqual(fields);
  });
});

describe('the question on a document', () => {
  const question = { text: 'Sinh hoạt ngày mấy?', choices: ['Ngày 3', 'Ngày 5'], right: 0 };
  const withQuestion = decidePublish(aReadDocument(), { fields, path, question, by, at: now });

  test('is graded by its right choice', () => {
    if (!withQuestion.ok) throw new Error(withQuestion.code);
    expect(gradeAnswer(withQuestion.value, 0)).toEqual({ ok: true, value: { correct: true } });
    expect(gradeAnswer(withQuestion.value, 1)).toEqual({ ok: true, value: { correct: false } });
    expect(gradeAnswer(withQuestion.value, 2)).toMatchObject({ code: 'bad-choice' });
    expect(gradeAnswer(aReadDocument(), 0)).toMatchObject({ code: 'no-question' });
  });

  test('whose right choice is not among its choices is refused', () => {
    const wrong = { ...question, right: 3 };
    expect(decidePublish(aReadDocument(), { fields, path, question: wrong, by, at: now })).toMatchObject({
      code: 'bad-question',
    });
  });
});

describe('a paper that stands still', () => {
  const ago = (minutes: number) => addMilliseconds(now, -minutes * MINUTE_MS);

  test('is one with a page begun and not ended in time, or not begun for too long', () => {
    const pages = [
      { page: 1, picture: 'a'.repeat(64) as Sha256, dueAt: ago(60) },
      { page: 2, dueAt: ago(60), triedAt: ago(PAGE_MINUTES - 1) },
      { page: 3, dueAt: ago(60), triedAt: ago(PAGE_MINUTES + 1) },
      { page: 4, dueAt: ago(WAITING_MINUTES - 1) },
      { page: 5, dueAt: ago(WAITING_MINUTES + 1) },
    ];
    expect(stuckPages(pages, now)).toEqual([3, 5]);
    const { proposals: _, readAt: __, ...kept } = aReadDocument();
    expect(isStuck({ ...kept, state: 'reading' }, pages, now)).toBe(true);
    expect(isStuck({ ...kept, state: 'reading' }, pages.slice(0, 2), now)).toBe(false);
    expect(isStuck(aReadDocument(), pages, now)).toBe(false);
    const { kind: ___, pages: ____, ...file } = kept;
    expect(isStuck({ ...file, state: 'checking', addedAt: ago(WAITING_MINUTES + 1) }, [], now)).toBe(true);
    expect(isStuck({ ...file, state: 'checking', addedAt: ago(1) }, [], now)).toBe(false);
  });

  test('is read again; one that was read only page by page, one that is out not at all', () => {
    const { proposals: _, readAt: __, ...kept } = aReadDocument({ fields });
    const reading = { ...kept, state: 'reading' } as const;
    expect(decideReadAgain(reading, undefined)).toEqual({ ok: true, value: reading });
    // what a person had corrected stays
    expect(decideReadAgain(aReadDocument({ fields }), 2)).toEqual({ ok: true, value: reading });
    expect(decideReadAgain(aReadDocument(), undefined)).toMatchObject({ code: 'not-ready' });
    expect(decideReadAgain(aReadDocument(), 3)).toMatchObject({ code: 'no-such-page' });
    const once = decidePublish(aReadDocument(), { fields, path, by, at: now });
    if (!once.ok) throw new Error(once.code);
    expect(decideReadAgain(once.value, 1)).toMatchObject({ code: 'not-ready' });
  });
});
