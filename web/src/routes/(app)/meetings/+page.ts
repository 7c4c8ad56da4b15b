import { content } from '#lib/api.ts';
import { BranchManifest } from '#shared/meetings/model.ts';
import type { PageLoad } from './$types';
import { branchFile } from './meeting-paths.ts';

export const load: PageLoad = async ({ parent }) => {
  const { session } = await parent();
  const branch = await content(branchFile(session.me.unitId), BranchManifest);
  // the pack of the next meeting comes along, so that it can be read when the hall has no network
  if (branch.ok)
    for (const { state, pack } of branch.value.value.meetings.slice(0, 2))
      if (state !== 'closed') void fetch(`/content/pack/${session.me.unitId}/${pack}.json`).catch(() => undefined);
  return { branch };
};
