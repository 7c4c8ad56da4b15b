import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';

/** Tasks given to members, their progress, and how the branch settled them. */
export const tasks = (scope: Construct, edge: Edge, from: { readonly members: ContextTable }) => {
  const here = new Construct(scope, 'Tasks');
  const table = new ContextTable(here, 'Records', 'TASKS_TABLE');
  const api = contextApi(here, 'tasks', edge.house, {
    impact: 'Tasks cannot be seen, given or reported on; progress told meanwhile waits on the phones.',
  });
  table.readWriteBy(api);

  const onUnitChanged = new ServiceFunction(here, 'OnUnitChanged', {
    entry: 'tasks/on-unit-changed',
    impact: 'Tasks of founded or moved branches are missing in the view of those above until this runs again.',
  });
  table.readWriteBy(onUnitChanged);
  const units = new Inbox(here, 'Units', { consumer: onUnitChanged, batch: 25, gatherSeconds: 1 });
  from.members.factsTo('unit-changed', units);
  return { table, api };
};
