import { groupedFacts } from '#runtime/queue.ts';
import { PassEnded } from '#shared/access/model.ts';
import { tellEnded } from './published-keys.ts';

/** Carries ended passes to the edge, those of one batch in one write. Telling the same twice changes nothing. */
export const handler = groupedFacts(
  PassEnded,
  () => 'all',
  async (facts) => tellEnded([...new Map(facts.map((fact) => [fact.pass, fact])).values()]),
);
