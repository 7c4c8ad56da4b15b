import { describe, expect, it } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, HOUR_MS } from '#shared/kernel/time.ts';
import type { Suggestion } from './shown.ts';
import { decideSuggestion, decideVerdict, MOST_SUGGESTIONS } from './suggestions.ts';
import { aMeeting, announced, aPlan } from './testing.ts';

const now = addMilliseconds(announced, -30 * HOUR_MS);
const [tam, lan] = ['tam', 'lan'] as MemberId[] as [MemberId, MemberId];
const words = { suggestionId: 'abcdef12-0000', memberId: tam, text: 'Bàn việc sửa đường ra nhà văn hóa' };
const suggestion: Suggestion = { ...words, at: now };
const yes = { verdict: { taken: true }, memberId: lan, now } as const;
const no = { verdict: { taken: false, reason: 'Để tháng sau, chờ xã duyệt' }, memberId: lan, now } as const;

describe('a suggestion of a member', () => {
  it('is given from the announcement until the beginning', () => {
    const given = { given: 0, now };
    expect(decideSuggestion(aMeeting('published'), words, given)).toEqual({ ok: true, value: suggestion });
    for (const state of ['open', 'closed'] as const)
      expect(decideSuggestion(aMeeting(state), words, given)).toEqual({ ok: false, code: 'meeting-begun' });
    for (const state of ['preparing', 'withdrawn'] as const)
      expect(decideSuggestion(aMeeting(state), words, given)).toEqual({ ok: false, code: 'not-found' });
  });

  it('is for those invited, and five at most', () => {
    const few = { ...aMeeting('published'), invited: [lan] };
    expect(decideSuggestion(few, words, { given: 0, now })).toEqual({ ok: false, code: 'not-invited' });
    const many = decideSuggestion(aMeeting('published'), words, { given: MOST_SUGGESTIONS, now });
    expect(many).toEqual({ ok: false, code: 'too-many' });
  });

  it('that is taken stands on the agenda before the closing part, in its own words', () => {
    const decided = decideVerdict(aMeeting('published'), aPlan(), suggestion, yes);
    if (!decided.ok) throw new Error(decided.code);
    const { plan, suggestion: answered } = decided.value;
    const at = plan.agenda.findIndex(({ id }) => id === answered.answer?.stepId);
    expect(plan.agenda[at]).toMatchObject({ phase: 'conduct', title: words.text });
    expect(plan.agenda[at + 1]?.phase).toBe('close');
    expect(decideVerdict(aMeeting('published'), plan, answered, yes)).toEqual({
      ok: true,
      value: { plan, suggestion: answered },
    });
    expect(decideVerdict(aMeeting('published'), plan, answered, no)).toEqual({ ok: false, code: 'already-answered' });
  });

  it('that is declined carries the reason and leaves the plan as it was; it may still be taken later', () => {
    const plan = aPlan();
    const decided = decideVerdict(aMeeting('published'), plan, suggestion, no);
    if (!decided.ok) throw new Error(decided.code);
    expect(decided.value.plan).toBe(plan);
    expect(decided.value.suggestion.answer).toMatchObject({ taken: false, reason: no.verdict.reason, by: lan });
    expect(decideVerdict(aMeeting('published'), plan, decided.value.suggestion, yes).ok).toBe(true);
  });

  it('is not answered any more once the meeting has begun, nor taken onto a full agenda', () => {
    expect(decideVerdict(aMeeting('open'), aPlan(), suggestion, yes)).toEqual({ ok: false, code: 'meeting-begun' });
    const [step] = aPlan().agenda;
    const full = aPlan({ agenda: Array.from({ length: 30 }, (_, at) => ({ ...step!, id: `s${at}` })) });
    expect(decideVerdict(aMeeting('published'), full, suggestion, yes)).toEqual({ ok: false, code: 'agenda-full' });
  });

  it('of many words has a short title and all its words below it', () => {
    const text = `${'rất dài '.repeat(40)}`.trim();
    const decided = decideVerdict(aMeeting('published'), aPlan(), { ...suggestion, text }, yes);
    const step = decided.ok ? decided.value.plan.agenda.find(({ id }) => id.startsWith('de-xuat')) : undefined;
    expect(step?.title.length).toBeLessThanOrEqual(120);
    expect(step?.note).toBe(text);
  });
});
