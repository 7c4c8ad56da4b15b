import type { PageLoad } from './$types';
import { readShelf } from './library.ts';

export const load: PageLoad = async ({ parent }) => {
  const { session } = await parent();
  return { shelf: await readShelf(session.chain) };
};
