import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';

/** Where the facts come from that points follow. */
export interface PointSources {
  readonly documents: ContextTable;
  readonly meetings: ContextTable;
}

/** The ledger of study and activity points: every line follows from a fact of another context. */
export const points = (scope: Construct, edge: Edge, { documents, meetings }: PointSources) => {
  const here = new Construct(scope, 'Points');
  const table = new ContextTable(here, 'Records', 'POINTS_TABLE');

  const api = contextApi(here, 'points', edge.house, {
    impact: 'Members cannot see their points; nothing is lost.',
  });
  table.readBy(api);

  const onFact = new ServiceFunction(here, 'OnFactRecorded', {
    entry: 'points/on-fact-recorded',
    impact: 'Points come later, when this runs again; nothing is lost.',
  });
  table.readWriteBy(onFact);
  // nobody waits for a point: twenty seconds make one write of what a hall did
  const facts = new Inbox(here, 'Facts', { consumer: onFact, batch: 1000, gatherSeconds: 20 });
  for (const fact of ['attendance-recorded', 'opinion-given']) meetings.factsTo(fact, facts);
  documents.factsTo('document-studied', facts);
  return { table, api };
};
