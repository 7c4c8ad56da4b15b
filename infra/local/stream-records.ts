import type { AttributeValue, _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';

/** A record of a table's stream in the form in which Lambda hands it to a function. */
export interface StreamEventRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: unknown;
    readonly NewImage?: unknown;
    readonly OldImage?: unknown;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
  readonly userIdentity?: unknown;
}

export const eventRecordOf = (record: StreamRecord, streamArn: string, region: string): StreamEventRecord => {
  const change = record.dynamodb ?? {};
  return {
    eventID: record.eventID ?? '',
    eventName: record.eventName ?? 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    eventSourceARN: streamArn,
    dynamodb: {
      ApproximateCreationDateTime: (change.ApproximateCreationDateTime?.getTime() ?? 0) / 1_000,
      Keys: imageOf(change.Keys),
      ...(change.NewImage && { NewImage: imageOf(change.NewImage) }),
      ...(change.OldImage && { OldImage: imageOf(change.OldImage) }),
      SequenceNumber: change.SequenceNumber ?? '0',
      SizeBytes: change.SizeBytes ?? 0,
      StreamViewType: change.StreamViewType ?? 'NEW_IMAGE',
    },
    ...(record.userIdentity && { userIdentity: record.userIdentity }),
  };
};

const imageOf = (image: Readonly<Record<string, AttributeValue>> | undefined): unknown =>
  image && Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plainValue(value)]));

/** The same value with bytes in base64, as JSON carries it. */
const plainValue = (value: AttributeValue): unknown => {
  if (value.B !== undefined) return { B: Buffer.from(value.B).toString('base64') };
  if (value.BS !== undefined) return { BS: value.BS.map((bytes) => Buffer.from(bytes).toString('base64')) };
  if (value.L !== undefined) return { L: value.L.map(plainValue) };
  if (value.M !== undefined) return { M: imageOf(value.M) };
  return value;
};

/** Whether one sequence number comes before another. They are long numbers without leading zeros. */
export const isBefore = (a: string, b: string): boolean => (a.length === b.length ? a < b : a.length < b.length);
