import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** An object came to be, or has new content. */
export interface Notification {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** Notifications that wait for their receiver; each is written in the transaction of the object it tells of. */
export interface Outbox {
  add(notification: Notification): void;
  /** Hands over one after the other, each again and again until the receiver took it. Ends when `signal` does. */
  deliver(receiver: (notification: Notification) => Promise<void> | void, signal: AbortSignal): Promise<void>;
}

/** Longest pause between two tries, in milliseconds. */
const longestPause = 5_000;

export const openOutbox = (database: DatabaseSync): Outbox => {
  database.exec(`CREATE TABLE IF NOT EXISTS notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL
  ) STRICT;`);
  const insert = database.prepare('INSERT INTO notifications (bucket, key, size, etag) VALUES (?, ?, ?, ?)');
  const first = database.prepare('SELECT * FROM notifications ORDER BY id LIMIT 1');
  const acknowledge = database.prepare('DELETE FROM notifications WHERE id = ?');
  let wake = () => {};
  return {
    add: ({ bucket, key, size, etag }) => {
      insert.run(bucket, key, size, etag);
      setImmediate(() => wake());
    },
    deliver: async (receiver, signal) => {
      let failures = 0;
      while (!signal.aborted) {
        const row = first.get();
        if (row === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
          continue;
        }
        const { id, bucket, key, size, etag } = row;
        try {
          await receiver({ bucket: String(bucket), key: String(key), size: Number(size), etag: String(etag) });
          failures = 0;
          if (!signal.aborted) acknowledge.run(Number(id));
        } catch {
          // whatever kept the receiver from taking it, the notification stays due; the receiver logs its own faults
          failures += 1;
          await pause(Math.min(50 * 2 ** failures, longestPause), undefined, { signal }).catch(() => {});
        }
      }
    },
  };
};
