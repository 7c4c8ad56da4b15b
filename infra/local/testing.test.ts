import '@aws-sdk/signature-v4a';
import { CloudFrontKeyValueStoreClient, DescribeKeyValueStoreCommand } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { AdminCreateUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { aBucket, anEdgeStore, aQueue, aSecret, aUserPool } from './testing.ts';

test('clients made with nothing but the environment reach every engine', async () => {
  const bucket = await aBucket('SOME_BUCKET');
  const QueueUrl = await aQueue('SOME_QUEUE');
  const SecretId = await aSecret('SOME_SECRET', 'value');
  const store = await anEdgeStore('SOME_EDGE_STORE');
  const { poolId } = await aUserPool('SOME_POOL', 'SOME_CLIENT');

  await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'b' }));
  const queue = new SQSClient({});
  await queue.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  expect((await queue.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0]?.Body).toBe('hello');
  const secret = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId }));
  expect(secret.SecretString).toBe('value');
  const described = new DescribeKeyValueStoreCommand({ KvsARN: store.arn });
  expect((await new CloudFrontKeyValueStoreClient({}).send(described)).Status).toBe('READY');
  const user = new AdminCreateUserCommand({ UserPoolId: poolId, Username: 'an' });
  expect((await new CognitoIdentityProviderClient({}).send(user)).User?.UserStatus).toBe('FORCE_CHANGE_PASSWORD');
  expect([process.env.SOME_BUCKET, process.env.SOME_POOL]).toEqual([bucket, poolId]);
});
