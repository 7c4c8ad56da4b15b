import { eachFact } from '#runtime/queue.ts';
import { OpinionGiven } from '#shared/meetings/model.ts';
import { entryOfOpinion } from '#shared/points/rules.ts';
import { keepEntry } from './store.ts';

export const handler = eachFact(OpinionGiven, async (fact) => keepEntry(entryOfOpinion(fact)));
