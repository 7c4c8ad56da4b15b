import type { Functions } from './functions.ts';
import type { NotificationSpec } from './template-events.ts';

/** Tells queues and functions of an object that arrived, as the template's notifications ask for. Throws when one could not be told, so that it is told again. */
export const notifier =
  (
    specs: readonly NotificationSpec[],
    options: {
      readonly region: string;
      send(queue: string, body: string): void;
      invoke: Functions['invoke'];
    },
  ) =>
  async (bucket: string, key: string, size: number, etag: string): Promise<void> => {
    const wanted = specs.filter(
      (it) =>
        it.bucket === bucket &&
        key.startsWith(it.prefix) &&
        key.endsWith(it.suffix) &&
        it.events.some((event) => event.startsWith('s3:ObjectCreated:')),
    );
    for (const { target } of wanted) {
      const event = eventOf({ bucket, key, size, etag, region: options.region });
      if (target.kind === 'queue') {
        options.send(target.name, JSON.stringify(event));
        continue;
      }
      const outcome = await options.invoke(target.name, event);
      if (!outcome.ok) throw new Error(`${target.name} was told of ${key}: ${outcome.message}`);
    }
  };

const eventOf = (it: { bucket: string; key: string; size: number; etag: string; region: string }) => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: it.region,
      eventTime: new Date().toISOString(),
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: it.bucket, arn: `arn:aws:s3:::${it.bucket}` },
        object: {
          // the service encodes keys as in a form
          key: encodeURIComponent(it.key).replaceAll('%2F', '/').replaceAll('%20', '+'),
          size: it.size,
          eTag: it.etag.replaceAll('"', ''),
          sequencer: Date.now().toString(16).toUpperCase(),
        },
      },
    },
  ],
});
