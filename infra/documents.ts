import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';

/** Papers: sent in parts to the inbox, looked at, read page by page, reviewed, and put out as files for phones. */
export const documents = (scope: Construct, edge: Edge) => {
  const here = new Construct(scope, 'Documents');
  const table = new ContextTable(here, 'Records', 'DOCUMENTS_TABLE');
  const { inbox: files, content } = edge;

  const api = contextApi(here, 'documents', edge.house, {
    impact: 'Papers cannot be added, reviewed or published; those already published can be read and found.',
    // the hash of 50 MB is compared before the sender is thanked
    memoryMb: 1024,
    timeoutSeconds: 29,
  });
  table.readWriteBy(api);
  files.uploadBy(api, 'upload/*');
  files.readBy(api, 'upload/*');
  files.readBy(api, 'derived/*');
  files.writeBy(api, 'derived/*');

  const arrived = new ServiceFunction(here, 'OnFileArrived', {
    entry: 'documents/on-file-arrived',
    impact: 'A paper that was sent stays at "đang kiểm tra" until this runs again.',
    memoryMb: 2048,
    timeoutSeconds: 60,
  });
  table.readWriteBy(arrived);
  files.readBy(arrived, 'upload/*');
  const filesArrived = new Inbox(here, 'FilesArrived', { consumer: arrived, batch: 1 });
  uploadsTo(edge, filesArrived);
  table.bothTo('file-due', filesArrived);

  const due = new ServiceFunction(here, 'OnPageDue', {
    entry: 'documents/on-page-due',
    impact: 'Pages that were sent are not read; a paper stays at "đang đọc" until this runs again.',
    // the reading is pure computing: memory is what buys the processor
    memoryMb: 3008,
    timeoutSeconds: 120,
  });
  table.readWriteBy(due);
  files.readBy(due, 'upload/*');
  files.readBy(due, 'derived/*');
  files.writeBy(due, 'derived/*');
  table.bothTo('page-due', new Inbox(here, 'PagesDue', { consumer: due, batch: 1 }));

  const published = new ServiceFunction(here, 'OnDocumentPublished', {
    entry: 'documents/on-document-published',
    impact: 'A paper said to be published does not appear on the phones until this runs again.',
    memoryMb: 1024,
    timeoutSeconds: 60,
  });
  const withdrawn = new ServiceFunction(here, 'OnDocumentWithdrawn', {
    entry: 'documents/on-document-withdrawn',
    impact: 'A paper that was taken back can still be read until this runs again.',
    timeoutSeconds: 60,
  });
  for (const fn of [published, withdrawn]) {
    table.readWriteBy(fn);
    files.readBy(fn, 'derived/*');
    content.readBy(fn, 'content/live/*');
    content.writeBy(fn, 'content/live/*');
  }
  for (const prefix of ['content/docs/*', 'content/page/*']) {
    content.writeBy(published, prefix);
    content.removeBy(withdrawn, prefix);
  }
  content.removeBy(published, 'content/docs/*');
  withdrawn.learn('DISTRIBUTION', edge.distribution.distributionId);
  edge.distribution.grantCreateInvalidation(withdrawn);
  table.bothTo('document-published', new Inbox(here, 'Published', { consumer: published, batch: 10 }));
  table.bothTo('document-withdrawn', new Inbox(here, 'Withdrawn', { consumer: withdrawn, batch: 10 }));

  return { table, api };
};

/**
 * The bucket tells the queue of every file below `upload/`. Said in the bucket's own words: CDK's way brings a function
 * in Python that may change the notifications of every bucket.
 */
const uploadsTo = (edge: Edge, inbox: Inbox): void => {
  const { queue } = inbox;
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { StringEquals: { 'aws:SourceAccount': queue.stack.account } },
    }),
  );
  const bucket = edge.inbox.bucket.node.defaultChild as CfnBucket; // a bucket of ours is made by this one resource
  bucket.notificationConfiguration = {
    queueConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        queue: queue.queueArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: 'upload/' }] } },
      },
    ],
  };
  // the bucket tries the queue when it is told of it, so the queue must let it speak by then
  const policy = queue.node.tryFindChild('Policy');
  if (policy) bucket.node.addDependency(policy);
};
