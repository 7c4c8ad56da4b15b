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

  const onAttendance = new ServiceFunction(here, 'OnAttendanceRecorded', {
    entry: 'points/on-attendance-recorded',
    impact: 'Points for meetings come later, when this runs again.',
  });
  table.readWriteBy(onAttendance);
  meetings.factsTo(
    'attendance-recorded',
    new Inbox(here, 'Attendance', { consumer: onAttendance, batch: 50, gatherSeconds: 5 }),
  );

  const onOpinion = new ServiceFunction(here, 'OnOpinionGiven', {
    entry: 'points/on-opinion-given',
    impact: 'Points for opinions come later, when this runs again.',
  });
  table.readWriteBy(onOpinion);
  meetings.factsTo('opinion-given', new Inbox(here, 'Opinions', { consumer: onOpinion, batch: 50, gatherSeconds: 5 }));

  const onStudied = new ServiceFunction(here, 'OnDocumentStudied', {
    entry: 'points/on-document-studied',
    impact: 'Points for documents read come later, when this runs again.',
  });
  table.readWriteBy(onStudied);
  documents.factsTo(
    'document-studied',
    new Inbox(here, 'Studies', { consumer: onStudied, batch: 50, gatherSeconds: 5 }),
  );
  return { table, api };
};
