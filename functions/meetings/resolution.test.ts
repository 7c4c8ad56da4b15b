import { beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '#runtime/files.ts';
import { aHouse, call } from '#runtime/testing.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { rubricOn, type Scores } from '#shared/meetings/rating.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { handler as onDocumentPublished } from './on-document-published.ts';
import { handler as onMinutesAdopted } from './on-minutes-adopted.ts';
import { handler as onUnitChanged } from './on-unit-changed.ts';
import { aBranch, anAct, anOpen, deliver, factsOf, fileOf, type Ref, unitId, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

const commune = 'xa-cong-hai' as UnitId;
const conclusion = { information: 'Thời sự.', results: 'Đạt.', direction: 'Làm đường.', conclusion: 'Nhất trí.' };
const scores = Object.fromEntries(rubricOn('2026-11-03' as Day).criteria.map(({ id, max }) => [id, max])) as Scores;
const ask = (op: Parameters<typeof call>[1], input: object, name = 'lan') =>
  call(handler, op, input as never, who(name));

/** A meeting that is over, with a carried resolution and drafted minutes. */
const aHeld = async (): Promise<Ref> => {
  const ref = await anOpen();
  for (const name of ['lan', 'tam', 'an']) await ask(contract.checkIn, ref, name);
  const question = { actionId: anAct(), decision: 'resolution', question: 'Thông qua?' };
  const asked = await ask(contract.createPoll, { ...ref, ...question });
  const poll = { ...ref, pollId: asked.body.meeting.polls[0].pollId };
  await ask(contract.openPoll, poll);
  await ask(contract.closePoll, poll);
  await ask(contract.publishResult, { ...poll, hands: { agree: 3, disagree: 0, other: 0 }, witnessId: 'tam' });
  await ask(contract.conclude, { ...ref, conclusion });
  await ask(contract.rate, { ...ref, scores });
  await ask(contract.close, ref);
  const { sections } = (await ask(contract.draft, ref)).body;
  expect((await ask(contract.correctMinutes, { ...ref, basedOn: 0, sections })).status).toBe(200);
  return ref;
};

/** What follows by streams and queues. */
const settle = async (ref: Ref): Promise<void> => {
  const facts = await factsOf(ref);
  const papers = facts.filter(({ type }) => ['minutes-adopted', 'resolution-issued'].includes(type));
  expect(await deliver(onMinutesAdopted, papers)).toEqual([]);
  const live = (await factsOf(ref)).filter(({ type }) => ['minutes-adopted', 'meeting-changed'].includes(type));
  expect(await deliver(onAttendanceRecorded, live)).toEqual([]);
};

describe('the papers of a meeting', () => {
  it('are numbered per type and term without gap or double, however many are settled at once and sent again', async () => {
    const held = await Promise.all([aHeld(), aHeld(), aHeld()]);
    const settled = await Promise.all(
      held.flatMap((ref) => [
        ask(contract.adoptMinutes, { ...ref, version: 1 }),
        ask(contract.issueResolution, ref),
        ask(contract.issueResolution, ref),
        ask(contract.adoptMinutes, { ...ref, version: 1 }),
      ]),
    );
    expect(settled.map(({ status }) => status)).toEqual(settled.map(() => 200));
    const numbers = (from: number) =>
      held.map((_, at) => {
        const [first, second] = from === 0 ? [0, 3] : [1, 2];
        const one = settled[at * 4 + (first as number)]?.body.number;
        expect(settled[at * 4 + (second as number)]?.body.number).toBe(one);
        return one as number;
      });
    for (const type of [0, 1]) {
      const given = numbers(type).toSorted((a, b) => a - b);
      expect(given).toEqual([given[0], (given[0] as number) + 1, (given[0] as number) + 2]);
    }
    const again = await ask(contract.issueResolution, held[0] as Ref);
    expect(again.body).toEqual(settled[1]?.body);
  });

  it('are adopted by the hands of those present: not by a minority, not by more than are there', async () => {
    const ref = await aHeld();
    const hands = (agree: number, disagree: number) => ({ ...ref, version: 1, hands: { agree, disagree, other: 0 } });
    expect((await ask(contract.adoptMinutes, hands(1, 2))).body.code).toBe('minutes-not-carried');
    expect((await ask(contract.adoptMinutes, hands(4, 0))).body.code).toBe('hands-too-many');
    expect((await ask(contract.adoptMinutes, hands(2, 1), 'tam')).status).toBe(403);
    const adopted = await ask(contract.adoptMinutes, hands(2, 1));
    expect(adopted.body.vote).toEqual({ hands: { agree: 2, disagree: 1, other: 0 }, present: 3 });
  });

  it('keep every version with who and when, for those who keep the record only', async () => {
    const ref = await aHeld();
    const { sections } = (await ask(contract.draft, ref)).body;
    const corrected = [{ ...sections[0], lines: ['Sửa giờ.'] }, ...sections.slice(1)];
    await ask(contract.correctMinutes, { ...ref, basedOn: 1, sections: corrected }, 'tu');
    const { versions } = (await ask(contract.minutesHistory, ref, 'tu')).body;
    expect(versions.map(({ version, editedBy }: { version: number; editedBy: string }) => [version, editedBy])).toEqual(
      [
        [1, 'Nguyễn Thị lan'],
        [2, 'Nguyễn Thị tu'],
      ],
    );
    expect(versions[1].sections).toEqual(corrected);
    expect((await ask(contract.minutesHistory, ref, 'tam')).status).toBe(403);
    expect((await ask(contract.minutesHistory, ref, 'stranger')).status).toBe(403);
  });

  it('reach the branch as Word and PDF, and the organisation above, which sees them arrive, reads them and says so', async () => {
    const ref = await aHeld();
    await ask(contract.adoptMinutes, { ...ref, version: 1 });
    await ask(contract.issueResolution, ref);
    await settle(ref);
    await settle(ref);

    const live = await fileOf<{ papers: { resolution: { number: string; path: string } } }>(
      `content/live/${unitId}/${ref.meetingId}.json`,
    );
    const { number, path } = live?.papers.resolution ?? { number: '', path: '' };
    expect(number).toMatch(/^\d\d-NQ\/CB$/);
    const content = openBucket('CONTENT_BUCKET');
    const word = await content.read(path);
    expect(new TextDecoder().decode(word?.body.subarray(0, 2))).toBe('PK');
    const pdf = await content.read(path.replace(/\.docx$/, '.pdf'));
    expect(new TextDecoder().decode(pdf?.body.subarray(0, 5))).toBe('%PDF-');
    expect(pdf?.contentType).toBe('application/pdf');

    const { rows } = (await ask(contract.received, { unitId: commune }, 'officer')).body;
    const mine = rows.filter(({ meetingId }: Ref) => meetingId === ref.meetingId);
    expect(mine).toMatchObject([{ unitId, resolution: { number } }]);
    const one = { unitId: commune, branchId: unitId, meetingId: ref.meetingId };
    const opened = await ask(contract.openReceived, one, 'officer');
    expect(opened.body.sections.length).toBe(4);
    const opens = await fetch(opened.body.files[0].url);
    expect(opens.status).toBe(200);
    const read = await ask(contract.markReceived, one, 'officer');
    expect(read.body.read.by).toBe('officer');
    expect((await ask(contract.markReceived, one, 'officer')).body).toEqual(read.body);
    // and the branch sees it
    expect((await ask(contract.ratingCourse, ref)).body.readAbove).toBe(read.body.read.at);

    for (const op of [contract.received, contract.openReceived, contract.markReceived])
      for (const name of ['lan', 'stranger']) expect((await ask(op, one, name)).status).toBe(403);
    const elsewhere = { ...one, branchId: 'cb-thon-bac' as UnitId };
    expect((await ask(contract.openReceived, elsewhere, 'officer')).status).toBe(404);
    expect((await ask(contract.markReceived, elsewhere, 'officer')).status).toBe(404);
  });

  it('take a signed scan that was published to the meeting once it is over', async () => {
    const ref = await aHeld();
    const fact = {
      type: 'document-published',
      documentId: 'd0000000-0000-4000-8000-000000000001',
      unitId,
      kind: 'document',
      path: `content/docs/${unitId}/abc.json`,
      pages: 1,
      meetingId: ref.meetingId,
      at: '2026-11-03T15:00:00.000Z',
      fields: { type: 'resolution', number: '05-NQ/CB', issuedOn: '2026-11-03', abstract: 'sinh hoạt tháng 11' },
    };
    expect(await deliver(onDocumentPublished, [fact, fact])).toEqual([]);
    const scan = async () => (await ask(contract.desk, ref)).body.words.resolutionScan;
    expect(await scan()).toBe(fact.documentId);
    // the wrong sheet: it is withdrawn, and another one takes its place
    const { fields: _, ...gone } = { ...fact, type: 'document-withdrawn' };
    expect(await deliver(onDocumentPublished, [gone, gone])).toEqual([]);
    expect(await scan()).toBeUndefined();
    const other = { ...fact, documentId: 'd0000000-0000-4000-8000-000000000002' };
    expect(await deliver(onDocumentPublished, [other, gone])).toEqual([]);
    expect(await scan()).toBe(other.documentId);
  });
});

describe('the mark of a meeting', () => {
  it('goes from observer over committee and branch to the superior, each step by the right one', async () => {
    const ref = await anOpen();
    for (const name of ['lan', 'tam', 'an']) await ask(contract.checkIn, ref, name);
    expect((await ask(contract.nameObserver, { ...ref, memberId: 'tam' }, 'tam')).status).toBe(403);
    expect((await ask(contract.nameObserver, { ...ref, memberId: 'tam' })).status).toBe(200);
    expect((await ask(contract.observe, { ...ref, scores }, 'an')).body.code).toBe('not-observer');
    expect((await ask(contract.observe, { ...ref, scores }, 'tam')).status).toBe(200);
    expect((await ask(contract.ratingCourse, ref, 'tam')).body.course.observed.total).toBe(100);
    expect((await ask(contract.ratingCourse, ref, 'an')).status).toBe(403);

    const lower = { ...scores, '6': 24 };
    expect((await ask(contract.rate, { ...ref, scores: lower })).body.code).toBe('reason-missing');
    const reasons = { '6': 'Còn một việc chưa xong' };
    expect((await ask(contract.rate, { ...ref, scores: lower, reasons })).body.total).toBe(94);
    expect((await ask(contract.decideOnRating, { ...ref, scores: lower, reasons: {} }, 'officer')).body.code).toBe(
      'not-voted',
    );
    const vote = await ask(contract.voteOnRating, ref);
    expect(vote.body.course.vote).toMatchObject({ hands: { agree: 3 }, passed: true });
    expect((await ask(contract.voteOnRating, ref)).body).toEqual(vote.body);
    expect((await ask(contract.rate, { ...ref, scores })).body.code).toBe('already-voted-on');

    const year = { unitId, year: (await ask(contract.ratingCourse, ref)).body.day.slice(0, 4) };
    expect((await ask(contract.ratingYear, year)).body.rows).toMatchObject([{ total: 94, decided: false }]);
    for (const name of ['lan', 'stranger'])
      expect((await ask(contract.decideOnRating, { ...ref, scores: lower, reasons: {} }, name)).status).toBe(403);
    expect((await ask(contract.decideOnRating, { ...ref, scores, reasons: {} }, 'officer')).body.code).toBe(
      'reason-missing',
    );
    await ask(contract.close, ref);
    const above = { ...ref, scores: { ...lower, '4.2': 20 }, reasons: { '4.2': 'Ít ý kiến' } };
    const decided = await ask(contract.decideOnRating, above, 'officer');
    expect(decided.body.course.decision).toMatchObject({ total: 89 });
    expect((await ask(contract.decideOnRating, above, 'officer')).body).toEqual(decided.body);
    // the figures count what was decided above
    await settle(ref);
    expect(await factsOf(ref)).toContainEqual(
      expect.objectContaining({ type: 'meeting-closed', ratingTotal: 89, grade: 'fair' }),
    );
    expect((await ask(contract.ratingYear, year)).body).toMatchObject({
      rows: [{ total: 89, decided: true, grade: 'fair' }],
      mean: { mean: 89, grade: 'fair' },
    });
    const units = [
      { unitId: commune, kind: 'grassroots_party_body', parents: [], name: 'Đảng bộ xã Công Hải' },
      { unitId, kind: 'branch', parents: [{ from: '2025-07-01', parentId: commune }], name: 'Chi bộ thôn Nam' },
    ].map(({ name, ...unit }) => ({ ...unit, names: [{ from: '2025-07-01', name }], version: 1 }));
    const told = units.map((unit) => ({ type: 'unit-changed', at: decided.body.course.decision.at, unit }));
    expect(await deliver(onUnitChanged, told)).toEqual([]);
    // the organisation above sees the year of each of its branches, and no branch sees that of another
    const below = { unitId: commune, year: year.year };
    expect((await ask(contract.ratingYearBelow, below, 'officer')).body.rows).toEqual([
      {
        unitId,
        name: 'Chi bộ thôn Nam',
        above: 'Đảng bộ xã Công Hải',
        meetings: 1,
        decided: 1,
        mean: 89,
        grade: 'fair',
      },
    ]);
    for (const name of ['lan', 'tam', 'stranger'])
      expect((await ask(contract.ratingYearBelow, below, name)).status).toBe(403);
    expect((await ask(contract.reopenRating, { ...ref, reason: '  ' }, 'officer')).status).toBe(422);
    const reopening = { ...ref, reason: 'Bổ sung minh chứng' };
    const reopened = await ask(contract.reopenRating, reopening, 'officer');
    expect((await ask(contract.reopenRating, reopening, 'officer')).body).toEqual(reopened.body);
    expect(reopened.body.course.reopened).toHaveLength(1);
    expect((await ask(contract.ratingYear, year)).body.rows).toMatchObject([{ total: 94, decided: false }]);
  });
});
