import * as v from 'valibot';
import { forgetAtEdge } from '#runtime/edge-cache.ts';
import { type Bucket, hashOf, json, keepBriefly, keepForever, openBucket } from '#runtime/files.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { ok } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import { isForAll, manifestOf } from '#shared/meetings/live.ts';
import { BranchManifest, type Pack, type Plan, type RosterMember } from '#shared/meetings/model.ts';
import { packOf, withTasks } from '#shared/meetings/planning.ts';
import { withAgenda } from '#shared/meetings/suggestions.ts';
import { changing } from './changing.ts';
import { rosterOf } from './store/attendance.ts';
import { meetingsOf, type Prepared, recordMove } from './store/meetings.ts';
import { carriedOf } from './store/tasks.ts';

const content: Bucket = openBucket('CONTENT_BUCKET');

/** Letters of a pack's name: 128 bits of its hash. Every look at the live file carries it, and nothing compresses it. */
const NAME_LETTERS = 32;

/**
 * Writes the pack under its own hash, so that writing it again is the same; answers the hash. The pack of a meeting to
 * which only some are invited is no file: all of the branch could read it.
 */
export const writePack = async (pack: Pack, { invited }: Pick<Plan, 'invited'> = {}): Promise<string> => {
  const body = JSON.stringify(pack);
  const hash = hashOf(body).slice(0, NAME_LETTERS);
  if (!isForAll({ invited })) return hash;
  await content.write(`content/pack/${pack.unitId}/${hash}.json`, body, {
    contentType: json,
    cacheControl: keepForever,
  });
  return hash;
};

/** Writes what members read of a meeting: its agenda, and the tasks that come back to it. Answers its hash. */
export const writePackOf = async (
  { meeting, plan }: Prepared,
  roster: readonly RosterMember[],
  now: Instant,
): Promise<string> => {
  const roll = rollOf({ ...plan, unitId: meeting.unitId }, roster);
  return writePack(withTasks(packOf(meeting, plan, roll, now), await carriedOf(meeting), roll), plan);
};

/**
 * Brings the tasks into the agendas that members read already; all else of them stays as it was published. A meeting that
 * has begun keeps its own: its desk shows how the tasks stand. Unchanged: not written.
 */
export const refreshTasks = async (unitId: UnitId, now: Instant): Promise<void> => {
  const rows = (await meetingsOf(unitId)).filter((row) => row.state === 'published' && isForAll(row));
  for (const { meetingId } of rows)
    await changing(
      { unitId, meetingId },
      async ({ meeting, plan }) => {
        if (meeting.state !== 'published') return ok({ meeting, plan });
        const [file, roster, carried] = await Promise.all([
          content.read(`content/pack/${unitId}/${meeting.pack}.json`),
          rosterOf(unitId),
          carriedOf(meeting),
        ]);
        if (!file) return ok({ meeting, plan });
        const before = JSON.parse(new TextDecoder().decode(file.body)) as Pack; // written above; its order makes its hash
        const pack = await writePack(withTasks(before, carried, rollOf(meeting, roster)), plan);
        return ok({ meeting: pack === meeting.pack ? meeting : withAgenda(meeting, pack), plan });
      },
      (decided) => recordMove(decided, now),
    );
};

/** Deletes a withdrawn pack and has the edge forget it. Repeating it is the same. Source: access.md §4. */
export const removePack = async (unitId: UnitId, hash: string): Promise<void> => {
  const path = `content/pack/${unitId}/${hash}.json`;
  await content.remove(path);
  await forgetAtEdge([path], hashOf(path));
};

/** Renders the branch's list of meetings from its rows. */
export const refreshBranch = async (unitId: UnitId, now: Instant): Promise<void> => {
  const path = `content/live/${unitId}/branch.json`;
  await refresh(path, BranchManifest, now, async () => manifestOf(unitId, await meetingsOf(unitId)));
};

/** The edge compresses from so many bytes on. Spaces cost nothing there, and a small file half. Source: CloudFront quotas. */
const COMPRESSED_FROM = 1_000;

/** Writers that meet at one file at most; each round one of them succeeds. */
const MOST_ROUNDS = 12;

/**
 * Brings a shared file up to its facts: reads the file, then the facts, and writes only over what it read; if another was
 * faster, from the start. So the last to write has seen every fact that came before its reading. Unchanged: not written.
 * Answers the etag of what stands then; nothing where there is no such file.
 */
export const refresh = async <F extends { readonly seq: number; readonly at: Instant }>(
  path: string,
  schema: v.GenericSchema<unknown, F>,
  now: Instant,
  render: (etag: string | undefined) => Promise<Omit<F, 'seq' | 'at'> | undefined>,
): Promise<string | undefined> => {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const file = await content.read(path);
    const before = file && v.parse(schema, JSON.parse(new TextDecoder().decode(file.body)));
    const rendered = await render(file?.etag);
    if (!rendered) return undefined;
    const { seq = 0, at: _, ...shown } = before ?? {};
    if (before && sorted(shown) === sorted(rendered)) return file?.etag;
    const body = JSON.stringify({ ...rendered, seq: seq + 1, at: now }).padEnd(COMPRESSED_FROM);
    const condition = file ? { ifMatch: file.etag } : { ifNew: true as const };
    const etag = await content.write(path, body, { contentType: json, cacheControl: keepBriefly, ...condition });
    if (etag !== false) return etag;
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
