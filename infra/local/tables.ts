import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { sweepExpired } from './engines/dynamodb-expiry.ts';
import type { TableSpec } from './template-resources.ts';

/**
 * Milliseconds between two sweeps of what has expired. The cloud takes up to two days; here a sweep reads whole tables, and
 * the engine (dynoxide 1.2.1) reads the rest of one for each page: with 50,000 members it did little else.
 */
const sweepEveryMs = 6 * 3_600_000;

/** Makes the tables of the template that are not there yet. A table with other indexes is refused in one sentence. */
export const ensureTables = async (client: DynamoDBClient, tables: readonly TableSpec[]): Promise<void> => {
  await Promise.all(tables.map((table) => ensureTable(client, table)));
};

const ensureTable = async (client: DynamoDBClient, table: TableSpec): Promise<void> => {
  const names = (indexes: readonly { readonly IndexName?: string | undefined }[] | undefined) =>
    (indexes ?? []).map(({ IndexName }) => IndexName).sort();
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table.name }));
    const wanted = names(table.GlobalSecondaryIndexes);
    if (String(names(Table?.GlobalSecondaryIndexes)) !== String(wanted)) {
      throw new Error(`Table ${table.name} has other indexes than the template; start with --fresh.`);
    }
    return;
  } catch (missing) {
    if (!(missing instanceof ResourceNotFoundException)) throw missing;
  }
  const index = ({ IndexName, KeySchema, Projection }: NonNullable<TableSpec['GlobalSecondaryIndexes']>[number]) => ({
    IndexName,
    KeySchema,
    Projection: {
      ProjectionType: Projection.ProjectionType,
      ...(Projection.NonKeyAttributes && { NonKeyAttributes: Projection.NonKeyAttributes }),
    },
  });
  await client.send(
    new CreateTableCommand({
      TableName: table.name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: table.KeySchema,
      AttributeDefinitions: table.AttributeDefinitions,
      ...(table.GlobalSecondaryIndexes && { GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map(index) }),
      ...(table.LocalSecondaryIndexes && { LocalSecondaryIndexes: table.LocalSecondaryIndexes.map(index) }),
      ...(table.StreamSpecification && {
        StreamSpecification: { StreamEnabled: true, StreamViewType: table.StreamSpecification.StreamViewType },
      }),
    }),
  );
  const expiry = table.TimeToLiveSpecification?.AttributeName;
  if (expiry !== undefined) {
    const TimeToLiveSpecification = { AttributeName: expiry, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: table.name, TimeToLiveSpecification }));
  }
};

/** Deletes what has expired, now and then; the engine itself does not. Answers how to stop. */
export const sweepTables = (endpoint: string, tables: readonly TableSpec[]): (() => void) => {
  const sweep = async (): Promise<void> => {
    for (const { name, TimeToLiveSpecification: expiry } of tables) {
      if (expiry?.Enabled !== true || expiry.AttributeName === undefined) continue;
      await sweepExpired(endpoint, name, expiry.AttributeName, Math.floor(Date.now() / 1_000));
    }
  };
  const timer = setInterval(() => {
    sweep().catch((error) => console.error('sweeping what has expired:', error));
  }, sweepEveryMs).unref();
  return () => clearInterval(timer);
};
