import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';

/** Where the facts come from that figures stand on. */
export interface FigureSources {
  readonly members: ContextTable;
  readonly documents: ContextTable;
  readonly meetings: ContextTable;
}

/** Figures of the organisations above: who met this evening, and the progress report of a period. */
export const reports = (scope: Construct, edge: Edge, { members, documents, meetings }: FigureSources) => {
  const here = new Construct(scope, 'Reports');
  const table = new ContextTable(here, 'Records', 'REPORTS_TABLE');

  const api = contextApi(here, 'reports', edge.house, {
    impact: 'The organisations above cannot see the evening or make reports; meetings go on and nothing is lost.',
    memoryMb: 1024,
    timeoutSeconds: 29,
  });
  table.readWriteBy(api);

  const onFact = new ServiceFunction(here, 'OnFactRecorded', {
    entry: 'reports/on-fact-recorded',
    impact: 'Figures of the evening and of reports stand still until this runs again; nothing is lost.',
    timeoutSeconds: 30,
  });
  table.readWriteBy(onFact);
  const facts = new Inbox(here, 'Facts', { consumer: onFact, batch: 500, gatherSeconds: 5 });
  for (const fact of ['unit-changed', 'member-changed', 'role-changed']) members.factsTo(fact, facts);
  for (const fact of ['signed-in', 'opened', 'account-repaired']) edge.house.identity.factsTo(fact, facts);
  documents.factsTo('document-published', facts);
  for (const fact of ['meeting-changed', 'meeting-closed', 'attendance-recorded']) meetings.factsTo(fact, facts);
  return { table, api };
};
