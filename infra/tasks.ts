import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';

/** Tasks given to members, their progress, and how the branch settled them. */
export const tasks = (scope: Construct, edge: Edge) => {
  const here = new Construct(scope, 'Tasks');
  const table = new ContextTable(here, 'Records', 'TASKS_TABLE');
  const api = contextApi(here, 'tasks', edge.house, {
    impact: 'Tasks cannot be seen, given or reported on; progress told meanwhile waits on the phones.',
  });
  table.readWriteBy(api);
  return { table, api };
};
