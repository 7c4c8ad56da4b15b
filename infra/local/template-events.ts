import * as v from 'valibot';
import type { Template } from './template.ts';
import { lastPart } from './template-resources.ts';

/** One event source mapping: which records go to which function, in what portions, and what becomes of failures. */
export interface MappingSpec {
  readonly logicalId: string;
  readonly source:
    | { readonly kind: 'stream'; readonly table: string }
    | { readonly kind: 'queue'; readonly queue: string };
  readonly functionName: string;
  readonly batchSize: number;
  /** Longest wait for a batch to fill. */
  readonly windowMs: number;
  /** A record is taken if one of these matches; no filter takes all. */
  readonly filters: readonly unknown[];
  readonly partialFailures: boolean;
  /** `undefined`: for ever. */
  readonly maximumRetries: number | undefined;
  readonly maximumAgeMs: number | undefined;
  readonly bisect: boolean;
  readonly onFailureQueue: string | undefined;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Batches of one shard that may be under way at once. */
  readonly parallel: number;
  /** Batches of a queue that may be under way at once. */
  readonly maximumConcurrency: number;
}

/** Lambda starts with five readers of a queue. Source: Lambda developer guide, "Scaling and concurrency for SQS". */
const queueReaders = 5;

const MappingProperties = v.object({
  EventSourceArn: v.string(),
  FunctionName: v.string(),
  Enabled: v.optional(v.boolean(), true),
  BatchSize: v.optional(v.number()),
  MaximumBatchingWindowInSeconds: v.optional(v.number(), 0),
  FilterCriteria: v.optional(v.object({ Filters: v.optional(v.array(v.object({ Pattern: v.string() })), []) })),
  FunctionResponseTypes: v.optional(v.array(v.string()), []),
  MaximumRetryAttempts: v.optional(v.number(), -1),
  MaximumRecordAgeInSeconds: v.optional(v.number(), -1),
  BisectBatchOnFunctionError: v.optional(v.boolean(), false),
  DestinationConfig: v.optional(v.object({ OnFailure: v.optional(v.object({ Destination: v.string() })) })),
  StartingPosition: v.optional(v.picklist(['TRIM_HORIZON', 'LATEST']), 'TRIM_HORIZON'),
  ParallelizationFactor: v.optional(v.number(), 1),
  ScalingConfig: v.optional(v.object({ MaximumConcurrency: v.number() })),
});

/** Mappings that are switched on, in the order of the template. */
export const mappingsOf = (template: Template): readonly MappingSpec[] =>
  template.resources('AWS::Lambda::EventSourceMapping').flatMap(({ logicalId, properties }) => {
    const it = v.parse(MappingProperties, properties());
    if (!it.Enabled) return [];
    const table = /:table\/([^/]+)\/stream\//.exec(it.EventSourceArn)?.[1];
    const failures = it.DestinationConfig?.OnFailure?.Destination;
    return [
      {
        logicalId,
        source: table === undefined ? { kind: 'queue', queue: lastPart(it.EventSourceArn) } : { kind: 'stream', table },
        functionName: functionNameOf(it.FunctionName),
        batchSize: it.BatchSize ?? (table === undefined ? 10 : 100),
        windowMs: it.MaximumBatchingWindowInSeconds * 1_000,
        filters: (it.FilterCriteria?.Filters ?? []).map(({ Pattern }) => JSON.parse(Pattern)),
        partialFailures: it.FunctionResponseTypes.includes('ReportBatchItemFailures'),
        maximumRetries: it.MaximumRetryAttempts < 0 ? undefined : it.MaximumRetryAttempts,
        maximumAgeMs: it.MaximumRecordAgeInSeconds < 0 ? undefined : it.MaximumRecordAgeInSeconds * 1_000,
        bisect: it.BisectBatchOnFunctionError,
        onFailureQueue: failures === undefined ? undefined : lastPart(failures),
        startingPosition: it.StartingPosition,
        parallel: it.ParallelizationFactor,
        maximumConcurrency: it.ScalingConfig?.MaximumConcurrency ?? queueReaders,
      },
    ];
  });

/** The function's name from its name, its ARN, or its ARN with a version or an alias. */
export const functionNameOf = (nameOrArn: string): string =>
  /:function:([^:/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.replace(/:[^:]*$/, '');

/** What is told when an object arrives in a bucket. */
export interface NotificationSpec {
  readonly bucket: string;
  /** `s3:ObjectCreated:*` and the like. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
  readonly target:
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'queue'; readonly name: string };
}

const RuleSchema = v.object({ Name: v.string(), Value: v.string() });
const filtered = {
  Events: v.array(v.string()),
  Filter: v.optional(v.object({ Key: v.object({ FilterRules: v.array(RuleSchema) }) })),
};
const NotificationProperties = v.object({
  BucketName: v.string(),
  NotificationConfiguration: v.object({
    QueueConfigurations: v.optional(v.array(v.object({ ...filtered, QueueArn: v.string() })), []),
    LambdaFunctionConfigurations: v.optional(v.array(v.object({ ...filtered, LambdaFunctionArn: v.string() })), []),
  }),
});

const OwnProperties = v.object({
  NotificationConfiguration: v.optional(
    v.object({
      QueueConfigurations: v.optional(
        v.array(
          v.object({
            Event: v.string(),
            Queue: v.string(),
            Filter: v.optional(v.object({ S3Key: v.object({ Rules: v.array(RuleSchema) }) })),
          }),
        ),
        [],
      ),
    }),
  ),
});

/** Bucket notifications: those that stand in the bucket's own properties, and those in the form in which CDK writes them. */
export const notificationsOf = (template: Template): readonly NotificationSpec[] => [
  ...template.resources('AWS::S3::Bucket').flatMap((bucket) => {
    const own = v.parse(OwnProperties, bucket.properties()).NotificationConfiguration;
    return (own?.QueueConfigurations ?? []).map(({ Event, Queue, Filter }) => ({
      bucket: bucket.name,
      events: [Event],
      ...affixes(Filter?.S3Key.Rules ?? []),
      target: { kind: 'queue' as const, name: lastPart(Queue) },
    }));
  }),
  ...template.resources('Custom::S3BucketNotifications').flatMap(({ properties }) => {
    const { BucketName, NotificationConfiguration } = v.parse(NotificationProperties, properties());
    const common = ({ Events, Filter }: v.InferOutput<v.ObjectSchema<typeof filtered, undefined>>) => ({
      bucket: BucketName,
      events: Events,
      ...affixes(Filter?.Key.FilterRules ?? []),
    });
    return [
      ...NotificationConfiguration.QueueConfigurations.map((it) => ({
        ...common(it),
        target: { kind: 'queue' as const, name: lastPart(it.QueueArn) },
      })),
      ...NotificationConfiguration.LambdaFunctionConfigurations.map((it) => ({
        ...common(it),
        target: { kind: 'function' as const, name: functionNameOf(it.LambdaFunctionArn) },
      })),
    ];
  }),
];

const affixes = (rules: readonly v.InferOutput<typeof RuleSchema>[]) => {
  const rule = (name: string) => rules.find((it) => it.Name.toLowerCase() === name)?.Value ?? '';
  return { prefix: rule('prefix'), suffix: rule('suffix') };
};

/** Something that runs by the clock. */
export interface ScheduleSpec {
  readonly logicalId: string;
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  readonly expression: string;
  readonly timeZone: string;
  readonly target:
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'queue'; readonly name: string };
  /** Text given to the target; absent: the event that the scheduler itself makes. */
  readonly input: string | undefined;
  readonly maximumRetries: number;
  readonly deadLetterQueue: string | undefined;
}

const TargetSchema = v.object({
  Arn: v.string(),
  Input: v.optional(v.string()),
  RetryPolicy: v.optional(v.object({ MaximumRetryAttempts: v.optional(v.number()) })),
  DeadLetterConfig: v.optional(v.object({ Arn: v.optional(v.string()) })),
});
const ScheduleProperties = v.object({
  ScheduleExpression: v.string(),
  ScheduleExpressionTimezone: v.optional(v.string(), 'UTC'),
  State: v.optional(v.string(), 'ENABLED'),
  Target: TargetSchema,
});
const RuleProperties = v.object({
  ScheduleExpression: v.optional(v.string()),
  State: v.optional(v.string(), 'ENABLED'),
  Targets: v.optional(v.array(TargetSchema), []),
});

/** Schedules of EventBridge Scheduler and scheduled rules of EventBridge. A rule with several targets is several. */
export const schedulesOf = (template: Template): readonly ScheduleSpec[] => [
  ...template.resources('AWS::Scheduler::Schedule').flatMap(({ logicalId, properties }) => {
    const it = v.parse(ScheduleProperties, properties());
    if (it.State !== 'ENABLED') return [];
    return [scheduleOf(logicalId, it.ScheduleExpression, it.ScheduleExpressionTimezone, it.Target)];
  }),
  ...template.resources('AWS::Events::Rule').flatMap(({ logicalId, properties }) => {
    const it = v.parse(RuleProperties, properties());
    const expression = it.ScheduleExpression;
    if (it.State !== 'ENABLED' || expression === undefined) return [];
    return it.Targets.map((target, index) =>
      scheduleOf(index === 0 ? logicalId : `${logicalId}-${index}`, expression, 'UTC', target),
    );
  }),
];

const scheduleOf = (
  logicalId: string,
  expression: string,
  timeZone: string,
  target: v.InferOutput<typeof TargetSchema>,
): ScheduleSpec => ({
  logicalId,
  expression,
  timeZone,
  target: target.Arn.includes(':lambda:')
    ? { kind: 'function', name: functionNameOf(target.Arn) }
    : { kind: 'queue', name: lastPart(target.Arn) },
  input: target.Input,
  maximumRetries: target.RetryPolicy?.MaximumRetryAttempts ?? 2,
  deadLetterQueue: target.DeadLetterConfig?.Arn === undefined ? undefined : lastPart(target.DeadLetterConfig.Arn),
});
