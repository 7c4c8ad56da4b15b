import { content } from '#lib/api.ts';
import { practiceUnit } from '#lib/practice.ts';
import { BranchManifest } from '#shared/meetings/shown.ts';
import type { PageLoad } from './$types';

/** What is being practised in the branch today: one small file, or none yet. */
export const load: PageLoad = async ({ parent, depends }) => {
  depends('practice:today');
  const { session } = await parent();
  const unitId = practiceUnit(session);
  const list = unitId && (await content(`/content/live/${unitId}/branch.json`, BranchManifest));
  return { unitId, meetings: list?.ok ? list.value.value.meetings : [] };
};
