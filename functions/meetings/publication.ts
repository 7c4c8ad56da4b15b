import * as v from 'valibot';
import { forgetAtEdge } from '#runtime/edge-cache.ts';
import { type Bucket, hashOf, json, keepBriefly, keepForever, openBucket } from '#runtime/files.ts';
import { mustGiveWay } from '#runtime/pressure.ts';
import type { HowRead } from '#runtime/table.ts';
import type { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { type Instant, millisecondsOf } from '#shared/kernel/time.ts';
import { isForAll, liveOf, manifestOf, settledPapers } from '#shared/meetings/live.ts';
import { BranchManifest, type LiveFact, LiveMeeting, type Pack, type Plan } from '#shared/meetings/model.ts';
import { type EveningRecord, eveningOf } from './store/evening.ts';
import { meetingOf, meetingsOf } from './store/meetings.ts';
import { papersOf } from './store/papers.ts';
import { speakersOf } from './store/speakers.ts';

const content: Bucket = openBucket('CONTENT_BUCKET');

/**
 * Writes the pack under its own hash, so that writing it again is the same; answers the hash. The pack of a meeting to
 * which only some are invited is no file: all of the branch could read it.
 */
export const writePack = async (pack: Pack, { invited }: Pick<Plan, 'invited'> = {}): Promise<string> => {
  const body = JSON.stringify(pack);
  const hash = hashOf(body);
  if (!isForAll({ invited })) return hash;
  await content.write(`content/pack/${pack.unitId}/${hash}.json`, body, {
    contentType: json,
    cacheControl: keepForever,
  });
  return hash;
};

/** Deletes a withdrawn pack and has the edge forget it. Repeating it is the same. Source: access.md §4. */
export const removePack = async (unitId: UnitId, hash: string): Promise<void> => {
  const path = `content/pack/${unitId}/${hash}.json`;
  await content.remove(path);
  await forgetAtEdge([path], hashOf(path));
};

/** Renders the branch's list of meetings from its rows. */
export const refreshBranch = (unitId: UnitId, now: Instant): Promise<void> =>
  refresh(`content/live/${unitId}/branch.json`, BranchManifest, now, async () =>
    manifestOf(unitId, await meetingsOf(unitId)),
  );

/**
 * Renders what everyone may see of a meeting from its facts; an unpublished one has no such file. Answers whether it is
 * over. A cheap look is enough when it shows all that was told and nothing less than the file; if not, the facts are read
 * as they stand now.
 */
export const refreshLive = async (
  { unitId, meetingId }: { readonly unitId: UnitId; readonly meetingId: MeetingId },
  facts: readonly LiveFact[],
  now: Instant,
): Promise<boolean> => {
  const ref = { unitId, meetingId };
  let closed = false;
  const render = async (how: HowRead, before: LiveMeeting | undefined) => {
    const [meeting, evening, speakers] = await Promise.all([meetingOf(ref, how), eveningOf(ref, how), speakersOf(ref)]);
    closed = meeting?.state === 'closed';
    if (!meeting || meeting.state === 'preparing' || !isForAll(meeting)) return undefined;
    const settled = closed ? settledPapers(meeting, await papersOf(ref)) : undefined;
    const shown = { ...liveOf(meeting, { ...evening, speakers }, now), ...(settled && { papers: settled }) };
    const live = calmed(shown, facts, now);
    const current = facts.every((fact) => isSeen(fact, evening)) && before && !isLess(live, before);
    return current || !how.eventually ? live : undefined;
  };
  await refresh(
    `content/live/${unitId}/${meetingId}.json`,
    LiveMeeting,
    now,
    async (before) => (await render({ eventually: true }, before)) ?? render({}, before),
  );
  return closed;
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
  const late = facts.some(({ at }) => millisecondsOf(now) - millisecondsOf(at) > LATE_MS);
  const seconds = live.nextPollSeconds;
  const busy = seconds > 0 && (late || mustGiveWay('polls'));
  return busy ? { ...live, nextPollSeconds: Math.max(seconds, Math.min(LONGEST_PAUSE, seconds * 3)) } : live;
};

const isSeen = (fact: LiveFact, { roll, opinions }: EveningRecord): boolean => {
  if (fact.type === 'attendance-recorded')
    return roll.some(({ memberId, at }) => memberId === fact.memberId && at >= fact.at);
  return fact.type === 'opinion-given' && opinions.some(({ opinionId }) => opinionId === fact.opinionId);
};

/** Whether a look shows less than the file, or anything else than more marks and opinions. */
const isLess = (now: Omit<LiveMeeting, 'seq' | 'at'>, before: LiveMeeting): boolean =>
  now.attendance.present < before.attendance.present ||
  now.attendance.unmarked > before.attendance.unmarked ||
  now.opinions.given < before.opinions.given ||
  now.opinions.answered < before.opinions.answered ||
  hashOf(sorted(theRest(now))) !== hashOf(sorted(theRest(before)));

const theRest = (live: Partial<LiveMeeting>) => {
  const { attendance: _1, opinions: _2, nextPollSeconds: _3, seq: _4, at: _5, ...rest } = live;
  return rest;
};

/** Writers that meet at one file at most; each round one of them succeeds. */
const MOST_ROUNDS = 12;

/**
 * Brings a shared file up to its facts: reads the file, then the facts, and writes only over what it read; if another was
 * faster, from the start. So the last to write has seen every fact that came before its reading. Unchanged: not written.
 */
const refresh = async <F extends { readonly seq: number; readonly at: Instant }>(
  path: string,
  schema: v.GenericSchema<unknown, F>,
  now: Instant,
  render: (before: F | undefined) => Promise<Omit<F, 'seq' | 'at'> | undefined>,
): Promise<void> => {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const file = await content.read(path);
    const before = file && v.parse(schema, JSON.parse(new TextDecoder().decode(file.body)));
    const rendered = await render(before);
    if (!rendered) return;
    const { seq = 0, at: _, ...shown } = before ?? {};
    if (before && hashOf(sorted(shown)) === hashOf(sorted(rendered))) return;
    const body = JSON.stringify({ ...rendered, seq: seq + 1, at: now });
    const condition = file ? { ifMatch: file.etag } : { ifNew: true as const };
    if (await content.write(path, body, { contentType: json, cacheControl: keepBriefly, ...condition })) return;
  }
  throw new Error('a shared file was written by others in every round');
};

/** One text for equal content, whatever the order of its fields. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a.localeCompare(b)))
      : part,
  );
