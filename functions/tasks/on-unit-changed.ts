import { eachFact } from '#runtime/queue.ts';
import { UnitChanged } from '#shared/members/model.ts';
import { keepUnit } from './store.ts';

/** An organisation was founded, renamed, moved or closed: those above see the tasks of the branches that are theirs. */
export const handler = eachFact(UnitChanged, ({ unit }) => keepUnit(unit));
