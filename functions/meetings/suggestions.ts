import { type Route, route } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import * as contract from '#shared/meetings/contract.ts';
import { decideSuggestion, decideVerdict, withAgenda } from '#shared/meetings/suggestions.ts';
import { writePackOf } from './publication.ts';
import { rosterOf } from './store/attendance.ts';
import { ownHeardOf, recordDeclined, recordSuggestion, recordVerdict, suggestionsOf } from './store/heard.ts';
import { meetingOf, preparedOf } from './store/meetings.ts';

/** What members propose for a meeting before it, and what becomes of it. */
export const suggestionRows: readonly Route[] = [
  route(contract.suggest, async ({ input, actor, now }) => {
    const [meeting, own] = await Promise.all([meetingOf(input), ownHeardOf(input, actor.memberId)]);
    if (!meeting) return refuse('not-found');
    const before = own.suggestions.find(({ suggestionId }) => suggestionId === input.actionId);
    if (before) return ok(before);
    const words = { suggestionId: input.actionId, memberId: actor.memberId, text: input.text };
    const decided = decideSuggestion(meeting, words, { given: own.suggestions.length, now });
    return decided.ok ? ok(await recordSuggestion(input, decided.value)) : decided;
  }),

  route(contract.answerSuggestion, async ({ input, actor, now }) => {
    const [before, suggestions, roster] = await Promise.all([
      preparedOf(input),
      suggestionsOf(input),
      rosterOf(input.unitId),
    ]);
    const asked = suggestions.find(({ suggestionId }) => suggestionId === input.suggestionId);
    if (!before || !asked) return refuse('not-found');
    const { meeting } = before;
    const by = { verdict: input.verdict, memberId: actor.memberId, now };
    const decided = decideVerdict(meeting, before.plan, asked, by);
    if (!decided.ok) return decided;
    const { plan, suggestion } = decided.value;
    if (plan === before.plan) {
      if (suggestion !== asked && !(await recordDeclined(input, suggestion))) return refuse('changed-meanwhile');
      return ok({ suggestion, meeting, plan });
    }
    // members read the new agenda at once, as when a paper comes onto it
    const pack = await writePackOf({ meeting, plan }, roster, now);
    const after = { meeting: withAgenda(meeting, pack), plan };
    return (await recordVerdict(after, suggestion, now)) ? ok({ suggestion, ...after }) : refuse('changed-meanwhile');
  }),
];
