import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';

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
    'cognito-idp:AdminSetUserPassword',
    'cognito-idp:AdminSetUserMFAPreference',
    'cognito-idp:AdminUserGlobalSignOut',
  );

  const onRecordChanged = new ServiceFunction(here, 'OnRecordChanged', {
    entry: 'members/on-record-changed',
    impact: 'Whoever was moved or lost a role while a request broke off may keep the old rights until this runs.',
    timeoutSeconds: 30,
  });
  table.readBy(onRecordChanged);
  edge.house.identity.readWriteBy(onRecordChanged);
  onRecordChanged.learn('STAFF_POOL', edge.staffPool.userPoolId);
  edge.staffPool.grant(onRecordChanged, 'cognito-idp:AdminDisableUser', 'cognito-idp:AdminUserGlobalSignOut');
  const recordsChanged = new Inbox(here, 'RecordsChanged', { consumer: onRecordChanged, batch: 10 });
  table.factsTo('member-changed', recordsChanged);
  table.factsTo('unit-changed', recordsChanged);
  return { table, api };
};
