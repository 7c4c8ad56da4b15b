import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { env } from './env.ts';

let client: CloudFrontClient | undefined;

/**
 * Has the edge forget these files, so that what was withdrawn is asked for again and not found. `reference` names the
 * act: the same one again is the same request, not a second. Paths without the leading slash.
 */
export const forgetAtEdge = async (paths: readonly string[], reference: string): Promise<void> => {
  if (paths.length === 0) return;
  client ??= new CloudFrontClient({ maxAttempts: 5 });
  await client.send(
    new CreateInvalidationCommand({
      DistributionId: env('DISTRIBUTION'),
      InvalidationBatch: {
        CallerReference: reference,
        Paths: { Quantity: paths.length, Items: paths.map((path) => `/${path}`) },
      },
    }),
  );
};
