import { eachFact } from '#runtime/queue.ts';
import { DocumentStudied } from '#shared/documents/model.ts';
import { entryOfStudy } from '#shared/points/rules.ts';
import { keepEntry } from './store.ts';

export const handler = eachFact(DocumentStudied, async (fact) => keepEntry(entryOfStudy(fact)));
