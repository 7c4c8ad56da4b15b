import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId, PollId, TaskId } from '#shared/kernel/ids.ts';
import { addMilliseconds, DAY_MS, type Day, HOUR_MS, MINUTE_MS } from '#shared/kernel/time.ts';
import { countRoll } from './attendance.ts';
import { closedFact, decideClose } from './leading.ts';
import {
  decideAdoption,
  decideCorrection,
  draftMinutes,
  draftResolution,
  type MinutesRecord,
  resolutionNumber,
  termOf,
} from './minutes.ts';
import type { Meeting } from './model.ts';
import { criterionIds, decideRating, gradeOf, proposeRating, rubricOn, type Scores } from './rating.ts';
import { aMeeting, announced, aPlan, aPresence, aRollMember, theDay } from './testing.ts';

const by = { memberId: 'lan' as MemberId, now: addMilliseconds(announced, 2 * HOUR_MS) };
const published = {
  state: 'published' as const,
  pollId: 'p' as PollId,
  question: 'Thông qua nghị quyết tháng 11?',
  decision: 'resolution' as const,
  createdAt: announced,
  openedAt: announced,
  closedAt: announced,
  publishedAt: announced,
  shards: 1,
  base: { members: 3, present: 3, out: [] },
  result: {
    phones: { agree: 1, disagree: 0, other: 1 },
    hands: { agree: 1, disagree: 0, other: 0 },
    base: { members: 3, present: 3, out: [] },
    passed: true,
  },
};
const held = { ...aMeeting('closed'), polls: [published], guests: [{ name: 'Trần Văn Ba', from: 'Đảng ủy xã' }] };
const aRecord = (over: Partial<MinutesRecord> = {}): MinutesRecord => ({
  meeting: held,
  plan: aPlan(),
  members: [
    aRollMember('lan', { name: 'Trần Thị Lan' }),
    aRollMember('tu', { name: 'Lê Văn Tú', state: 'probationary' }),
    aRollMember('tam', { name: 'Nguyễn Văn Tám' }),
  ],
  roll: [aPresence('lan'), aPresence('tu'), aPresence('tam', { status: 'excused', reason: 'đi viện' })],
  opinions: [
    {
      opinionId: 'a',
      memberId: 'tu' as MemberId,
      text: 'Đề nghị sửa đường.',
      at: announced,
      recordedBy: 'tu' as MemberId,
      answer: 'Ghi nhận.',
    },
  ],
  conclusion: {
    information: 'Thông tin tháng 11.',
    results: 'Thu quỹ đạt.',
    direction: 'Làm đường.\nTrồng cây.',
    conclusion: 'Nhất trí.',
  },
  tasks: [{ taskId: 't' as TaskId, memberId: 'tam' as MemberId, text: 'Vận động ba hộ', dueOn: '2026-11-30' as Day }],
  rating: { scores: {}, total: 92, grade: 'good', rubric: '2025-10-28', by: by.memberId, at: announced },
  ...over,
});
const textOf = (record: MinutesRecord): string => {
  const drafted = draftMinutes(record);
  if (!drafted.ok) throw new Error(drafted.code);
  return drafted.value.map(({ heading, lines }) => [heading, ...lines].join('\n')).join('\n');
};

describe('minutes', () => {
  it('are drafted from the record in the order of the guide', () => {
    const text = textOf(aRecord());
    const order = [
      'Bắt đầu lúc 19 giờ 30, ngày 03 tháng 11 năm 2026.',
      'Địa điểm: Nhà văn hóa thôn Nam.',
      'Triệu tập: 3 đảng viên.',
      'Có mặt: 2 (chính thức 1, dự bị 1).',
      'Vắng có lý do: 1: Nguyễn Văn Tám (đi viện).',
      'Vắng không lý do: 0.',
      'Chủ trì: Trần Thị Lan.',
      'Thư ký: Lê Văn Tú.',
      'Đại biểu: Trần Văn Ba (Đảng ủy xã).',
      'Thông tin tháng 11.',
      'Thu quỹ đạt.',
      'Làm đường.',
      'Trồng cây.',
      'Đồng chí Lê Văn Tú: Đề nghị sửa đường.',
      'Trả lời: Ghi nhận.',
      'Nhất trí.',
      'Đồng chí Nguyễn Văn Tám: Vận động ba hộ; hạn 30/11/2026.',
      'Cơ sở tính 3 đảng viên. Đồng ý 2, không đồng ý 0, ý kiến khác 1 (sổ tay 2, giơ tay 1). Được thông qua.',
      'Chi bộ tự đánh giá: 92/100 điểm, xếp loại Tốt.',
      'kết thúc lúc 21 giờ 06',
    ].map((line) => text.indexOf(line));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('name who came late and who left early, beside those who were there', () => {
    const cameAt = addMilliseconds(announced, 20 * MINUTE_MS);
    const leftAt = addMilliseconds(announced, 70 * MINUTE_MS);
    const roll = [aPresence('lan', { leftAt }), aPresence('tu', { cameAt }), aPresence('tam')];
    expect(textOf(aRecord({ roll }))).toContain(
      'Có mặt: 3 (chính thức 2, dự bị 1).\nĐến muộn: 1: Lê Văn Tú (19 giờ 50).\nVề sớm: 1: Trần Thị Lan (20 giờ 40).\n',
    );
    expect(textOf(aRecord())).not.toMatch(/Đến muộn|Về sớm/);
  });

  it('say what is not written yet, and are not adopted before it is', () => {
    const drafted = draftMinutes(aRecord({ conclusion: undefined }));
    if (!drafted.ok) throw new Error(drafted.code);
    const kept = decideCorrection(held, undefined, { basedOn: 0, sections: drafted.value }, by);
    if (!kept.ok) throw new Error(kept.code);
    expect(decideAdoption(held, kept.value, { version: 1, present: 3 }, by)).toMatchObject({ code: 'unwritten' });
  });

  it('are corrected over the version they were made from, and adopted once after the end', () => {
    const sections = [{ heading: 'Kết luận', lines: ['Nhất trí.'] }];
    const first = decideCorrection(held, undefined, { basedOn: 0, sections }, by);
    if (!first.ok) throw new Error(first.code);
    expect(first.value.version).toBe(1);
    // its answer was lost, and it is sent again
    expect(decideCorrection(held, first.value, { basedOn: 0, sections }, by)).toEqual(first);
    const others = [{ heading: 'Khác', lines: ['Khác'] }];
    expect(decideCorrection(held, first.value, { basedOn: 0, sections: others }, by)).toMatchObject({
      code: 'changed-meanwhile',
    });
    expect(decideCorrection(aMeeting('published'), undefined, { basedOn: 0, sections }, by)).toMatchObject({
      code: 'wrong-state',
    });
    expect(decideAdoption(aMeeting('open'), first.value, { version: 1, present: 3 }, by)).toMatchObject({
      code: 'wrong-state',
    });
    expect(decideAdoption(held, undefined, { version: 1, present: 3 }, by)).toMatchObject({ code: 'not-drafted' });
    expect(decideAdoption(held, first.value, { version: 2, present: 3 }, by)).toMatchObject({
      code: 'changed-meanwhile',
    });
    const adopted = decideAdoption(held, first.value, { version: 1, present: 3 }, by);
    if (!adopted.ok) throw new Error(adopted.code);
    expect(decideAdoption(held, adopted.value, { version: 1, present: 3 }, by)).toEqual(adopted);
    expect(decideCorrection(held, adopted.value, { basedOn: 1, sections }, by)).toMatchObject({
      code: 'already-adopted',
    });
  });

  it('are not drafted of a meeting that has not begun', () => {
    expect(draftMinutes(aRecord({ meeting: aMeeting('published') }))).toMatchObject({ code: 'wrong-state' });
  });
});

describe('a resolution', () => {
  it('has four parts and its number in the term', () => {
    const drafted = draftResolution(aRecord());
    expect(drafted).toMatchObject({ ok: true, value: { abstract: 'sinh hoạt chi bộ tháng 11/2026' } });
    if (drafted.ok)
      expect(drafted.value.sections.map(({ heading }) => heading.split('.')[0])).toEqual(['I', 'II', 'III', 'IV']);
    expect([resolutionNumber({ number: 5 }), resolutionNumber({ number: 12 })]).toEqual(['05-NQ/CB', '12-NQ/CB']);
    expect([termOf('2025-06-30' as Day), termOf(theDay)]).toEqual(['2020-2025', '2025-2030']);
  });

  it('is issued only when the branch has carried it and its parts are written', () => {
    const lost = { ...held, polls: [{ ...published, result: { ...published.result, passed: false } }] };
    expect(draftResolution(aRecord({ meeting: lost }))).toMatchObject({ code: 'not-carried' });
    expect(draftResolution(aRecord({ conclusion: undefined }))).toMatchObject({ code: 'unwritten' });
    expect(draftResolution(aRecord({ meeting: aMeeting('preparing') }))).toMatchObject({ code: 'wrong-state' });
  });
});

describe('the rating', () => {
  const full = Object.fromEntries(rubricOn(theDay).criteria.map(({ id, max }) => [id, max])) as Scores;
  const record = {
    counts: countRoll(
      { members: 3, exempt: [] },
      ['lan', 'tu', 'tam'].map((id) => aPresence(id)),
    ),
    opinions: [],
    concluded: true,
    adopted: true,
    committeeMetAt: addMilliseconds(announced, -2 * DAY_MS),
    now: by.now,
  };
  const proposed = (meeting: Meeting, over: Partial<typeof record> = {}) =>
    Object.fromEntries(proposeRating(meeting, { ...record, ...over }).map((one) => [one.criterion, one]));

  it('has a rubric of ten criteria and a hundred points, in the order of the guide', () => {
    const { criteria } = rubricOn(theDay);
    expect(criteria.map(({ id }) => id)).toEqual([...criterionIds]);
    expect(criteria.reduce((sum, { max }) => sum + max, 0)).toBe(100);
  });

  it('is graded at its borders', () => {
    expect([100, 90, 89, 70, 69, 50, 49, 0].map((total) => gradeOf(total, theDay))).toEqual([
      'good',
      'good',
      'fair',
      'fair',
      'average',
      'average',
      'poor',
      'poor',
    ]);
  });

  it('proposes full marks only for what the record proves, with its evidence', () => {
    const meeting = { ...aMeeting('closed'), papersAt: addMilliseconds(announced, -30 * HOUR_MS) };
    const all = proposed(meeting);
    expect(['1', '2', '3.2', '7'].map((id) => all[id]?.points)).toEqual([5, 5, 5, 5]);
    const late = proposed({ ...meeting, startedAt: addMilliseconds(announced, 11 * MINUTE_MS) });
    expect(late['1']).toMatchObject({ evidence: [{ fact: 'started-late-minutes', value: 11, holds: false }, {}] });
    expect(late['1']).not.toHaveProperty('points');
    const absent = proposed(meeting, { counts: countRoll({ members: 3, exempt: [] }, [aPresence('lan')]) });
    expect(absent['2']).toMatchObject({
      evidence: [
        { value: 33, holds: false },
        { value: 2, holds: false },
      ],
    });
    expect(proposed(aMeeting('closed'))['3.2']?.points).toBeUndefined();
    expect(proposed(meeting, { adopted: false })['7']?.points).toBeUndefined();
  });

  it('never fills in what only people can judge', () => {
    const meeting = { ...aMeeting('closed'), papersAt: addMilliseconds(announced, -30 * HOUR_MS) };
    for (const id of ['3.1', '4.1', '4.2', '4.3', '5', '6']) expect(proposed(meeting)[id]?.points).toBeUndefined();
    const opinion = {
      opinionId: 'a',
      memberId: 'tam' as MemberId,
      text: 'x',
      at: announced,
      recordedBy: 'tam' as MemberId,
    };
    expect(proposed(meeting, { opinions: [opinion, { ...opinion, opinionId: 'b' }] as never })['4.2']).toMatchObject({
      evidence: [{ fact: 'speakers', value: 1 }],
    });
    expect(proposeRating(aMeeting('published'), record)).toEqual([]);
  });

  it('needs every criterion within its maximum and adds them up', () => {
    expect(decideRating(held, full, by)).toMatchObject({ value: { total: 100, grade: 'good', rubric: '2025-10-28' } });
    const { '5': _, ...partly } = full;
    expect(decideRating(held, partly, by)).toMatchObject({ code: 'score-missing' });
    expect(decideRating(held, { ...full, '4.2': 26 }, by)).toMatchObject({ code: 'score-too-high' });
    expect(decideRating(aMeeting('published'), full, by)).toMatchObject({ code: 'wrong-state' });
    fc.assert(
      fc.property(fc.tuple(...rubricOn(theDay).criteria.map(({ max }) => fc.nat(max))), (points) => {
        const scores = Object.fromEntries(criterionIds.map((id, at) => [id, points[at] ?? 0])) as Scores;
        expect(decideRating(held, scores, by)).toMatchObject({ value: { total: points.reduce((a, b) => a + b, 0) } });
      }),
    );
  });
});

describe('the end', () => {
  it('comes once, and not over a vote without its result', () => {
    const open = aMeeting('open');
    expect(decideClose(open, by.now)).toMatchObject({ value: { state: 'closed', endedAt: by.now } });
    expect(decideClose(held, by.now)).toEqual({ ok: true, value: held });
    expect(decideClose(aMeeting('published'), by.now)).toMatchObject({ code: 'wrong-state' });
    const { result: _, publishedAt: __, ...closed } = published;
    expect(decideClose({ ...open, polls: [{ ...closed, state: 'closed' }] }, by.now)).toMatchObject({
      code: 'poll-open',
    });
    expect(decideClose({ ...open, polls: [published] }, by.now).ok).toBe(true);
  });

  it('tells the figures the counts of the record', () => {
    const fact = closedFact(
      held,
      { roll: [aPresence('lan')], opinions: [], rating: { total: 92, grade: 'good', at: by.now }, adopted: true },
      by.now,
    );
    expect(fact).toMatchObject({
      day: '2026-11-03',
      members: 3,
      present: 1,
      ratingTotal: 92,
      grade: 'good',
      gradedAt: by.now,
      minutesAdopted: true,
    });
  });
});
