import { mustGiveWay } from '#runtime/pressure.ts';
import { type Instant, millisecondsOf } from '#shared/kernel/time.ts';
import { isForAll, liveOf, settledPapers, turnsOf } from '#shared/meetings/live.ts';
import { type Evening, withFacts } from '#shared/meetings/live-facts.ts';
import { type LiveFact, LiveMeeting, type Meeting } from '#shared/meetings/model.ts';
import { refresh } from './publication.ts';
import { eveningOf } from './store/evening.ts';
import type { MeetingRef } from './store/keys.ts';
import { meetingOf } from './store/meetings.ts';
import { papersOf } from './store/papers.ts';
import { speakersOf } from './store/speakers.ts';

/** What a live file shows, and was rendered from. */
interface Shown {
  readonly meeting: Meeting;
  readonly evening: Evening;
  readonly papers: LiveMeeting['papers'];
}

// what this function itself rendered last: it holds as long as the file still bears the etag it got then
const rendered = new Map<string, Shown & { readonly etag: string }>();
const RENDERED_KEPT = 300;

/**
 * Renders what everyone may see of a meeting from its facts; an unpublished one has no such file. Answers whether it is
 * over. Where nobody else has written the file since this function did, what members did since is added to what it knew
 * then, each mark and opinion under its own name, so that nothing is read; in every other case all is read as it stands.
 */
export const refreshLive = async (ref: MeetingRef, facts: readonly LiveFact[], now: Instant): Promise<boolean> => {
  const path = `content/live/${ref.unitId}/${ref.meetingId}.json`;
  let shown: Shown | undefined;
  const etag = await refresh(path, LiveMeeting, now, async (standing) => {
    const known = rendered.get(path);
    const evening = known && known.etag === standing ? withFacts(known.evening, facts) : undefined;
    shown = known && evening ? { ...known, evening } : await asItStands(ref);
    if (!shown || shown.meeting.state === 'preparing' || !isForAll(shown.meeting)) return undefined;
    const { meeting, evening: held, papers } = shown;
    return calmed({ ...liveOf(meeting, held, now), ...(papers && { papers }) }, facts, now);
  });
  remember(path, etag, shown);
  return shown?.meeting.state === 'closed';
};

const asItStands = async (ref: MeetingRef): Promise<Shown | undefined> => {
  const [meeting, evening, speakers] = await Promise.all([meetingOf(ref), eveningOf(ref), speakersOf(ref)]);
  if (!meeting) return undefined;
  const papers = meeting.state === 'closed' ? settledPapers(meeting, await papersOf(ref)) : undefined;
  return { meeting, evening: { ...evening, turns: turnsOf(speakers) }, papers };
};

const remember = (path: string, etag: string | undefined, shown: Shown | undefined): void => {
  rendered.delete(path);
  if (etag === undefined || shown === undefined) return;
  const oldest = rendered.size >= RENDERED_KEPT ? rendered.keys().next().value : undefined;
  if (oldest !== undefined) rendered.delete(oldest);
  rendered.set(path, { ...shown, etag });
};

/** Facts that come so late show that all is busy. */
const LATE_MS = 15_000;
/** Longest pause between two looks, in seconds. */
const LONGEST_PAUSE = 60;

/** Phones look a third as often while the tables are slow or the facts come late. Source: burst.md §5.5. */
const calmed = <L extends { readonly nextPollSeconds: number }>(
  live: L,
  facts: readonly LiveFact[],
  now: Instant,
): L => {
  const late = facts.some((fact) => millisecondsOf(now) - millisecondsOf(toldAt(fact)) > LATE_MS);
  const seconds = live.nextPollSeconds;
  const busy = seconds > 0 && (late || mustGiveWay('polls'));
  return busy ? { ...live, nextPollSeconds: Math.max(seconds, Math.min(LONGEST_PAUSE, seconds * 3)) } : live;
};

const toldAt = (fact: LiveFact): Instant =>
  fact.type === 'attendance-recorded' ? (fact.sentLater ?? fact.at) : fact.at;
