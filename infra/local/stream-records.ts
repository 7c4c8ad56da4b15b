import type { WireRecord } from './stream-calls.ts';

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

export const eventRecordOf = (record: WireRecord, streamArn: string, region: string): StreamEventRecord => {
  const change = record.dynamodb ?? {};
  return {
    eventID: record.eventID ?? '',
    eventName: record.eventName ?? 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    eventSourceARN: streamArn,
    dynamodb: {
      ApproximateCreationDateTime: change.ApproximateCreationDateTime ?? 0,
      Keys: change.Keys,
      ...(change.NewImage && { NewImage: change.NewImage }),
      ...(change.OldImage && { OldImage: change.OldImage }),
      SequenceNumber: change.SequenceNumber ?? '0',
      SizeBytes: change.SizeBytes ?? 0,
      StreamViewType: change.StreamViewType ?? 'NEW_IMAGE',
    },
    ...(record.userIdentity && { userIdentity: record.userIdentity }),
  };
};

/** Whether one sequence number comes before another. They are long numbers without leading zeros. */
export const isBefore = (a: string, b: string): boolean => (a.length === b.length ? a < b : a.length < b.length);
