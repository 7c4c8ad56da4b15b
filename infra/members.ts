import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';

/** Organisations, members and roles. The only context that writes who someone is and what he may do. */
export const members = (scope: Construct, edge: Edge) => {
  const here = new Construct(scope, 'Members');
  const table = new ContextTable(here, 'Records', 'MEMBERS_TABLE');

  const api = contextApi(here, 'members', edge.house, {
    impact: 'Records of members and organisations cannot be seen or changed; meetings go on.',
    timeoutSeconds: 29,
  });
  table.readWriteBy(api);
  edge.house.identity.readWriteBy(api);
  edge.house.audit.readBy(api);
  api.learn('STAFF_POOL', edge.staffPool.userPoolId);
  edge.staffPool.grant(
    api,
    'cognito-idp:AdminCreateUser',
    'cognito-idp:AdminDisableUser',
    'cognito-idp:AdminEnableUser',
    'cognito-idp:AdminUserGlobalSignOut',
  );
  return { table, api };
};
