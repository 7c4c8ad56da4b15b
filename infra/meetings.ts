import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { meetingsMonth } from './meetings-month.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';

/** Meetings from preparation to minutes. What all read is rendered into files from the facts. */
export const meetings = (
  scope: Construct,
  edge: Edge,
  from: { readonly members: ContextTable; readonly tasks: ContextTable; readonly documents: ContextTable },
) => {
  const here = new Construct(scope, 'Meetings');
  const table = new ContextTable(here, 'Records', 'MEETINGS_TABLE');
  const ballots = new ContextTable(here, 'Ballots', 'BALLOTS_TABLE', {
    forgetful: 'Who can see what stood in the box of a secret vote at a moment can tell whose ballot came then.',
  });

  const api = contextApi(here, 'meetings', edge.house, {
    impact: 'Members cannot check in, speak or vote; what was published can still be read.',
    warm: true,
  });
  table.readWriteBy(api);
  ballots.readWriteBy(api);
  edge.content.writeBy(api, 'content/pack/*');
  edge.content.removeBy(api, 'content/pack/*');
  // an organisation above opens a resolution by an address that is good for minutes
  edge.content.readBy(api, 'content/docs/*');
  api.learn('DISTRIBUTION', edge.distribution.distributionId);
  edge.distribution.grantCreateInvalidation(api);

  // knows no member and reads no meeting; a line of its log would say when a ballot came
  const onBallotCast = new ServiceFunction(here, 'OnBallotCast', {
    entry: 'meetings/on-ballot-cast',
    impact: 'Secret ballots stay on the phones; a vote that is closed meanwhile is finished on paper.',
    silent: true,
  });
  ballots.narrowlyBy(onBallotCast, ['GetItem', 'ConditionCheckItem'], 'LOCK#');
  ballots.narrowlyBy(onBallotCast, ['PutItem'], 'BOX#');
  edge.ballotBox.addRoutes({
    path: '/api/ballots/{pollId}',
    methods: [HttpMethod.POST],
    integration: new HttpLambdaIntegration('ballotBox', onBallotCast),
  });
  onBallotCast.learn('ORIGIN_SECRET', edge.house.originSecret);
  onBallotCast.learn('SITE_ORIGIN', edge.house.siteOrigin);
  onBallotCast.learn('COOKIE_SUFFIX', edge.house.cookieSuffix);

  const onAttendanceRecorded = new ServiceFunction(here, 'OnAttendanceRecorded', {
    entry: 'meetings/on-attendance-recorded',
    impact: 'Acts of the evening are kept, but the state of meetings on all phones stands still until this runs again.',
  });
  table.readWriteBy(onAttendanceRecorded);
  edge.content.readBy(onAttendanceRecorded, 'content/live/*');
  edge.content.writeBy(onAttendanceRecorded, 'content/live/*');
  // some seconds of gathering: a hall that checks in makes one file, and phones look no oftener than every five
  const live = new Inbox(here, 'Live', { consumer: onAttendanceRecorded, batch: 1000, gatherSeconds: 3, abreast: 3 });
  for (const fact of ['attendance-recorded', 'opinion-given', 'meeting-changed', 'minutes-adopted', 'turn-changed'])
    table.bothTo(fact, live);

  const onMemberChanged = new ServiceFunction(here, 'OnMemberChanged', {
    entry: 'meetings/on-member-changed',
    impact: 'New or changed members are missing on the roll and in the base of votes until this runs again.',
  });
  table.readWriteBy(onMemberChanged);
  const roster = new Inbox(here, 'Roster', { consumer: onMemberChanged, batch: 50, gatherSeconds: 1 });
  from.members.factsTo('member-changed', roster);

  const onTaskAssigned = new ServiceFunction(here, 'OnTaskAssigned', {
    entry: 'meetings/on-task-assigned',
    impact: 'Tasks are given and settled, but agenda and minutes do not name them until this runs again.',
  });
  table.readWriteBy(onTaskAssigned);
  edge.content.readBy(onTaskAssigned, 'content/pack/*');
  edge.content.writeBy(onTaskAssigned, 'content/pack/*');
  const given = new Inbox(here, 'Given', { consumer: onTaskAssigned, batch: 10 });
  for (const fact of ['task-assigned', 'task-settled']) from.tasks.factsTo(fact, given);

  const onDocumentPublished = new ServiceFunction(here, 'OnDocumentPublished', {
    entry: 'meetings/on-document-published',
    impact: 'Papers published to a meeting stand in the library, but not yet on its agenda until this runs again.',
  });
  table.readWriteBy(onDocumentPublished);
  edge.content.writeBy(onDocumentPublished, 'content/pack/*');
  const agenda = new Inbox(here, 'Agenda', { consumer: onDocumentPublished, batch: 10 });
  for (const fact of ['document-published', 'document-withdrawn']) from.documents.bothTo(fact, agenda);

  const onMinutesAdopted = new ServiceFunction(here, 'OnMinutesAdopted', {
    entry: 'meetings/on-minutes-adopted',
    impact: 'Minutes and resolutions are adopted and kept, but their Word files come only when this runs again.',
    timeoutSeconds: 30,
  });
  table.readWriteBy(onMinutesAdopted);
  edge.house.identity.readBy(onMinutesAdopted);
  edge.content.writeBy(onMinutesAdopted, 'content/docs/*');
  const papers = new Inbox(here, 'Papers', { consumer: onMinutesAdopted, batch: 5 });
  for (const fact of ['minutes-adopted', 'resolution-issued']) table.bothTo(fact, papers);

  meetingsMonth(here, edge, { table, api, members: from.members });
  return { table, api };
};
