import * as v from 'valibot';
import { forgetAtEdge } from '#runtime/edge-cache.ts';
import { type Bucket, hashOf, json, keepBriefly, keepForever, openBucket } from '#runtime/files.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { isForAll, manifestOf } from '#shared/meetings/live.ts';
import { BranchManifest, type Pack, type Plan } from '#shared/meetings/model.ts';
import { meetingsOf } from './store/meetings.ts';

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
export const refreshBranch = async (unitId: UnitId, now: Instant): Promise<void> => {
  const path = `content/live/${unitId}/branch.json`;
  await refresh(path, BranchManifest, now, async () => manifestOf(unitId, await meetingsOf(unitId)));
};

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
    const body = JSON.stringify({ ...rendered, seq: seq + 1, at: now });
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
