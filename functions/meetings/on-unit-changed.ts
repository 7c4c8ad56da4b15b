import { eachFact } from '#runtime/queue.ts';
import { UnitChanged } from '#shared/members/model.ts';
import { parentsEver } from '#shared/members/tree.ts';
import { keepUnit } from './store/required.ts';

/** An organisation was founded, renamed, moved or closed: those above see the preparation of the branches that are theirs. */
export const handler = eachFact(UnitChanged, ({ unit }) => keepUnit(unit, parentsEver(unit)));
