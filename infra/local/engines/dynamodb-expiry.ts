import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { localCredentials, localRegion } from './credentials.ts';

/**
 * Deletes what has expired, as DynamoDB's own time-to-live does: items whose `attribute` is a number of epoch seconds in
 * the past. An item that was given a later time meanwhile stays. Answers how many were deleted.
 */
export const sweepExpired = async (
  endpoint: string,
  tableName: string,
  attribute: string,
  nowSeconds: number,
): Promise<number> => {
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    const keys = (Table?.KeySchema ?? []).map((key) => key.AttributeName as string);
    const expired = {
      ExpressionAttributeNames: { '#expires': attribute },
      ExpressionAttributeValues: { ':now': { N: String(nowSeconds) }, ':number': { S: 'N' } },
    };
    const due = 'attribute_type(#expires, :number) AND #expires < :now';
    let swept = 0;
    for await (const page of paginateScan({ client }, { TableName: tableName, FilterExpression: due, ...expired })) {
      for (const item of page.Items ?? []) {
        const key = Object.fromEntries(keys.map((name) => [name, item[name] as AttributeValue]));
        try {
          await client.send(
            new DeleteItemCommand({ TableName: tableName, Key: key, ConditionExpression: due, ...expired }),
          );
          swept += 1;
        } catch (renewed) {
          if (!(renewed instanceof ConditionalCheckFailedException)) throw renewed;
        }
      }
    }
    return swept;
  } finally {
    client.destroy();
  }
};
