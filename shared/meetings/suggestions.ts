import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { isInvited } from './attendance.ts';
import type { Meeting, Plan } from './model.ts';
import type { AgendaStep, Suggestion } from './shown.ts';

/** Suggestions of one member to one meeting, at most. */
export const MOST_SUGGESTIONS = 5;
/** Steps of an agenda at most, as `Plan` holds. */
const MOST_STEPS = 30;
/** Minutes planned for a suggestion that is taken; the secretary may change them. */
const SUGGESTED_MINUTES = 10;

/** A member proposes content for a meeting that is announced and has not begun. */
export const decideSuggestion = (
  meeting: Meeting,
  suggestion: Pick<Suggestion, 'suggestionId' | 'memberId' | 'text'>,
  by: { readonly given: number; readonly now: Instant },
): Result<Suggestion, 'not-found' | 'not-invited' | 'meeting-begun' | 'too-many'> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  if (meeting.state !== 'published') return refuse('meeting-begun');
  if (!isInvited(meeting, suggestion.memberId)) return refuse('not-invited');
  if (by.given >= MOST_SUGGESTIONS) return refuse('too-many');
  return ok({ ...suggestion, at: by.now });
};

/** What the secretary does with a suggestion. */
export type Verdict = { readonly taken: true } | { readonly taken: false; readonly reason: string };

/**
 * Takes a suggestion onto the agenda or declines it with a reason. One that was taken may not be declined any more while
 * its step stands; the same verdict again changes nothing.
 */
export const decideVerdict = (
  meeting: Meeting,
  plan: Plan,
  suggestion: Suggestion,
  { verdict, memberId, now }: { readonly verdict: Verdict; readonly memberId: MemberId; readonly now: Instant },
): Result<{ plan: Plan; suggestion: Suggestion }, 'meeting-begun' | 'already-answered' | 'agenda-full'> => {
  const before = suggestion.answer;
  if (before && before.taken === verdict.taken && before.reason === (verdict.taken ? undefined : verdict.reason))
    return ok({ plan, suggestion });
  if (meeting.state !== 'published' && meeting.state !== 'preparing') return refuse('meeting-begun');
  if (before?.taken) return refuse('already-answered');
  const answered = { by: memberId, at: now };
  if (!verdict.taken)
    return ok({ plan, suggestion: { ...suggestion, answer: { ...answered, taken: false, reason: verdict.reason } } });
  if (plan.agenda.length >= MOST_STEPS) return refuse('agenda-full');
  const step = stepOf(suggestion);
  return ok({
    plan: { ...plan, agenda: withStep(plan.agenda, step) },
    suggestion: { ...suggestion, answer: { ...answered, taken: true, stepId: step.id } },
  });
};

/** The meeting whose agenda took a suggestion: what members of a published one read is this pack from now on. */
export const withAgenda = (meeting: Meeting, pack: string): Meeting =>
  meeting.state === 'published'
    ? { ...meeting, pack, version: meeting.version + 1 }
    : { ...meeting, version: meeting.version + 1 };

/** Letters of a step's title that come out of a suggestion; the whole text stands below it. */
const TITLE_LENGTH = 120;

const stepOf = ({ suggestionId, text }: Suggestion): AgendaStep => {
  const first = text.split('\n')[0] ?? text;
  const title = first.length > TITLE_LENGTH ? `${first.slice(0, TITLE_LENGTH - 1)}…` : first;
  return {
    id: `de-xuat-${suggestionId.slice(0, 8)}`,
    phase: 'conduct',
    title,
    minutes: SUGGESTED_MINUTES,
    papers: [],
    ...(title !== text && { note: text }),
  };
};

/** After the discussion's own content, before the evening is closed. */
const withStep = (agenda: readonly AgendaStep[], step: AgendaStep): AgendaStep[] => {
  if (agenda.some(({ id }) => id === step.id)) return [...agenda];
  const at = agenda.findIndex(({ phase }) => phase === 'close');
  return at < 0 ? [...agenda, step] : [...agenda.slice(0, at), step, ...agenda.slice(at)];
};
