import * as v from 'valibot';
import { type Credentials, localCredentials } from './credentials.ts';
import { jsonOperation, serveJson } from './json-service.ts';
import type { Listening } from './listen.ts';

export interface MeasuresOptions {
  /** How the readers of this machine stand now. */
  readonly streams: () => readonly { readonly functionName: string; readonly oldestMs: number }[];
  readonly queues: () => readonly { readonly queue: string; readonly oldestMs: number }[];
  readonly credentials?: Credentials;
  readonly port?: number;
}

const Query = v.object({
  Id: v.string(),
  MetricStat: v.object({
    Metric: v.object({
      Namespace: v.string(),
      MetricName: v.string(),
      Dimensions: v.array(v.object({ Name: v.string(), Value: v.string() })),
    }),
    Period: v.number(),
    Stat: v.string(),
  }),
});

/** The one operation of CloudWatch that functions use: GetMetricData, of the ages that this machine knows, as they are now. */
export const startMeasures = (options: MeasuresOptions): Promise<Listening> => {
  const ageOf = ({ MetricStat: { Metric } }: v.InferOutput<typeof Query>): number | undefined => {
    const name = Metric.Dimensions[0]?.Value;
    switch (`${Metric.Namespace} ${Metric.MetricName}`) {
      case 'AWS/SQS ApproximateAgeOfOldestMessage': {
        const queue = options.queues().find((one) => one.queue === name);
        return queue && Math.floor(queue.oldestMs / 1000);
      }
      case 'AWS/Lambda IteratorAge':
        return options.streams().find((one) => one.functionName === name)?.oldestMs;
      default:
        return undefined;
    }
  };
  return serveJson({
    port: options.port,
    target: 'GraniteServiceVersion20100801',
    service: 'monitoring',
    credentials: options.credentials ?? localCredentials,
    malformed: 'InvalidParameterValue',
    operations: {
      GetMetricData: jsonOperation(
        v.object({ MetricDataQueries: v.array(Query), StartTime: v.number(), EndTime: v.number() }),
        ({ MetricDataQueries, EndTime }) => ({
          MetricDataResults: MetricDataQueries.map((query) => {
            const value = ageOf(query);
            const found =
              value === undefined ? { Timestamps: [], Values: [] } : { Timestamps: [EndTime], Values: [value] };
            return { Id: query.Id, Label: query.MetricStat.Metric.MetricName, ...found, StatusCode: 'Complete' };
          }),
        }),
      ),
    },
  });
};
