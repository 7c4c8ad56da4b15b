import { beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '#runtime/files.ts';
import { aHouse, call } from '#runtime/testing.ts';
import type { MemberId, TaskId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { rubricOn, type Scores } from '#shared/meetings/rating.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { handler as onMinutesAdopted } from './on-minutes-adopted.ts';
import { handler as onTaskAssigned } from './on-task-assigned.ts';
import { aBranch, anAct, anOpen, aPublished, deliver, factsOf, type Ref, unitId, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

const conclusion = { information: 'Thời sự.', results: 'Đạt.', direction: 'Làm đường.', conclusion: 'Nhất trí.' };
const scores = Object.fromEntries(rubricOn('2026-11-03' as Day).criteria.map(({ id, max }) => [id, max])) as Scores;
const ask = (op: Parameters<typeof call>[1], input: object, name = 'lan') =>
  call(handler, op, input as never, who(name));

/** A meeting with three in the hall and a carried resolution. */
const aCarried = async (): Promise<Ref> => {
  const ref = await anOpen();
  for (const name of ['lan', 'tam', 'an']) await ask(contract.checkIn, ref, name);
  const asked = await ask(contract.createPoll, {
    ...ref,
    actionId: anAct(),
    decision: 'resolution',
    question: 'Thông qua?',
  });
  const poll = { ...ref, pollId: asked.body.meeting.polls[0].pollId };
  await ask(contract.openPoll, poll);
  await ask(contract.closePoll, poll);
  const counted = { hands: { agree: 3, disagree: 0, other: 0 }, witnessId: 'tam' };
  const done = await ask(contract.publishResult, { ...poll, ...counted });
  expect(done.body.meeting.polls[0].result.passed).toBe(true);
  return ref;
};

const summaryOf = async (ref: Ref) => (await factsOf(ref)).find(({ type }) => type === 'meeting-closed');

describe('the end of an evening', () => {
  it('leads from the conclusion over tasks and rating to adopted minutes and a resolution as Word files', async () => {
    const ref = await aCarried();
    expect((await ask(contract.conclude, { ...ref, conclusion }, 'tu')).status).toBe(200);
    const given = {
      type: 'task-assigned',
      taskId: 'task-1' as TaskId,
      unitId,
      memberId: 'tam' as MemberId,
      followerId: 'lan' as MemberId,
      text: 'Vận động ba hộ hiến đất',
      dueOn: '2026-12-31' as Day,
      source: { kind: 'meeting', meetingId: ref.meetingId },
      at: '2026-11-03T13:00:00.000Z' as Instant,
    };
    expect(await deliver(onTaskAssigned, [given, given])).toEqual([]);
    expect((await ask(contract.rate, { ...ref, scores })).body).toMatchObject({ total: 100, grade: 'good' });
    const closed = await ask(contract.close, ref);
    expect((await ask(contract.close, ref)).body).toEqual(closed.body);

    const { sections } = (await ask(contract.draft, ref, 'tu')).body;
    const text = JSON.stringify(sections);
    for (const said of ['Nhất trí.', 'Vận động ba hộ hiến đất', 'Đồng ý 3', '100/100']) expect(text).toContain(said);
    const corrected = sections.map((section: { lines: string[] }, at: number) =>
      at === 0 ? { ...section, lines: [...section.lines, 'Thời tiết tốt.'] } : section,
    );
    expect((await ask(contract.correctMinutes, { ...ref, basedOn: 0, sections }, 'tu')).body.version).toBe(1);
    expect((await ask(contract.correctMinutes, { ...ref, basedOn: 1, sections: corrected }, 'tu')).body.version).toBe(
      2,
    );
    const adopted = await ask(contract.adoptMinutes, { ...ref, version: 2 });
    expect(adopted.body).toMatchObject({ state: 'adopted', adoptedBy: 'lan' });
    expect((await ask(contract.adoptMinutes, { ...ref, version: 2 })).body).toEqual(adopted.body);
    const first = await ask(contract.issueResolution, ref);
    expect(first.body).toMatchObject({ number: 1, term: '2025-2030' });
    expect((await ask(contract.issueResolution, ref)).body).toEqual(first.body);

    const facts = await factsOf(ref);
    const settled = facts.filter(({ type }) => ['minutes-adopted', 'resolution-issued'].includes(type));
    expect(await deliver(onMinutesAdopted, [...settled, ...settled])).toEqual([]);
    const { words } = (await ask(contract.desk, ref)).body;
    for (const path of [words.minutes, words.resolution]) {
      const word = await openBucket('CONTENT_BUCKET').read(path);
      expect(
        Buffer.from(word?.body ?? [])
          .subarray(0, 2)
          .toString(),
      ).toBe('PK');
      expect(path).toMatch(/^content\/docs\/cb-thon-nam\/[0-9a-f]{64}\.docx$/);
    }
  });

  it('numbers the resolutions of a branch one after the other, however they meet', async () => {
    const refs = [await aCarried(), await aCarried(), await aCarried()];
    for (const ref of refs) await ask(contract.conclude, { ...ref, conclusion });
    const issued = await Promise.all(refs.map((ref) => ask(contract.issueResolution, ref)));
    const numbers = issued.map(({ body }) => body.number).sort();
    expect(new Set(numbers).size).toBe(3);
    expect(numbers[2] - numbers[0]).toBe(2);
  });

  it('tells the figures what the record says, anew when it changes and only then', async () => {
    const ref = await aCarried();
    await ask(contract.close, ref);
    await deliver(onAttendanceRecorded, await factsOf(ref));
    const first = await summaryOf(ref);
    expect(first).toMatchObject({ unitId, members: 4, present: 3, unmarked: 1, minutesAdopted: false });
    await deliver(
      onAttendanceRecorded,
      (await factsOf(ref)).filter(({ type }) => type !== 'meeting-closed'),
    );
    expect(await summaryOf(ref)).toEqual(first);
    await ask(contract.recordRoll, { ...ref, marks: [{ memberId: 'tu', status: 'excused', was: 'unmarked' }] }, 'tu');
    await ask(contract.rate, { ...ref, scores: { ...scores, '4.2': 10 } });
    await deliver(
      onAttendanceRecorded,
      (await factsOf(ref)).filter(({ type }) => type !== 'meeting-closed'),
    );
    expect(await summaryOf(ref)).toMatchObject({ excused: 1, unmarked: 0, ratingTotal: 85, grade: 'fair' });
  });

  it('leaves nothing to change once the minutes are adopted', async () => {
    const ref = await aCarried();
    await ask(contract.conclude, { ...ref, conclusion });
    await ask(contract.rate, { ...ref, scores });
    await ask(contract.close, ref);
    const { sections } = (await ask(contract.draft, ref)).body;
    await ask(contract.correctMinutes, { ...ref, basedOn: 0, sections });
    await ask(contract.adoptMinutes, { ...ref, version: 1 });
    const marks = [{ memberId: 'tu', status: 'present', was: 'unmarked' }];
    expect((await ask(contract.recordRoll, { ...ref, marks })).body.code).toBe('already-adopted');
    expect((await ask(contract.conclude, { ...ref, conclusion })).body.code).toBe('already-adopted');
    expect((await ask(contract.correctMinutes, { ...ref, basedOn: 1, sections })).body.code).toBe('already-adopted');
  });

  it('keeps each sentence of the conclusion by itself: what the scribe wrote stands when the secretary writes the rest', async () => {
    const ref = await anOpen();
    await ask(contract.conclude, { ...ref, conclusion: { information: 'Thời sự.' } }, 'tu');
    const rest = { results: 'Đạt.', direction: 'Làm đường.', conclusion: 'Nhất trí.' };
    expect((await ask(contract.conclude, { ...ref, conclusion: rest })).body).toEqual(conclusion);
    await ask(contract.conclude, { ...ref, conclusion: { results: '' } }, 'tu');
    expect((await ask(contract.desk, ref)).body.conclusion).toEqual({ ...conclusion, results: '' });
  });

  it('is refused out of order, to members, and to other branches', async () => {
    const waiting = await aPublished(10);
    expect((await ask(contract.close, waiting)).body.code).toBe('wrong-state');
    expect((await ask(contract.rate, { ...waiting, scores })).body.code).toBe('wrong-state');
    expect((await ask(contract.draft, waiting)).body.code).toBe('wrong-state');
    const ref = await anOpen();
    expect((await ask(contract.adoptMinutes, { ...ref, version: 1 })).body.code).toBe('wrong-state');
    expect((await ask(contract.issueResolution, ref)).body.code).toBe('not-carried');
    const { '1': _, ...partly } = scores;
    expect((await ask(contract.rate, { ...ref, scores: partly })).body.code).toBe('score-missing');
    const sections = [{ heading: 'x', lines: ['y'] }];
    for (const name of ['tam', 'stranger', 'officer']) {
      expect((await ask(contract.conclude, { ...ref, conclusion }, name)).body.code).toBe('not-allowed');
      expect((await ask(contract.correctMinutes, { ...ref, basedOn: 0, sections }, name)).body.code).toBe(
        'not-allowed',
      );
      expect((await ask(contract.close, ref, name)).body.code).toBe('not-allowed');
      expect((await ask(contract.adoptMinutes, { ...ref, version: 1 }, name)).body.code).toBe('not-allowed');
    }
    await ask(contract.close, ref);
    expect((await ask(contract.adoptMinutes, { ...ref, version: 1 })).body.code).toBe('not-drafted');
    expect((await ask(contract.goToStep, { ...ref, stepId: 'roll' })).body.code).toBe('wrong-state');
    expect((await ask(contract.checkIn, ref, 'tam')).body.code).toBe('meeting-closed');
  });
});
