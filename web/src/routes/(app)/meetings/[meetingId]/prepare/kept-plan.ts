import * as v from 'valibot';
import type { Unsent } from '#lib/unsent.svelte.ts';
import { Typed } from './plan-draft.svelte.ts';

const FIELD = 'plan';
const Kept = v.object({ version: v.number(), typed: Typed });

/** What was typed and not saved, made from this version of the meeting; made from another it is not taken up. */
export const keptPlan = (unsent: Unsent, version: number): Typed | undefined => {
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), unsent.get(FIELD));
  return kept.success && kept.output.version === version ? kept.output.typed : undefined;
};

/** Keeps what is typed; nothing of it when it is what stands. */
export const keepPlan = (unsent: Unsent, version: number, typed: Typed, standing: Typed): void => {
  const isSame = JSON.stringify(typed) === JSON.stringify(standing);
  unsent.set(FIELD, isSame ? undefined : JSON.stringify({ version, typed }));
};
