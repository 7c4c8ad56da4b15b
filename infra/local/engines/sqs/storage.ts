import { createHash, randomUUID } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import { openDatabase, transact } from '../database.ts';
import { serviceError } from '../service-error.ts';

export interface QueueSettings {
  readonly name: string;
  /** Seconds for which a received message is hidden from other receivers. */
  readonly visibilityTimeout: number;
  /** A message received this many times without being deleted goes to the other queue. */
  readonly redrive?: { readonly to: string; readonly maxReceiveCount: number };
}

export interface NewMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly delaySeconds: number;
}

/** A message as `ReceiveMessage` answers it. */
export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: {
    readonly ApproximateReceiveCount: string;
    readonly ApproximateFirstReceiveTimestamp: string;
    readonly SentTimestamp: string;
    readonly SenderId: string;
  };
  readonly MessageAttributes: Readonly<Record<string, unknown>>;
}

/** How many messages wait, are with a receiver, or are not due yet. */
export interface Depth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Milliseconds since the oldest that is not deleted was sent. */
  readonly oldestMs: number;
}

export interface MessageStorage {
  /** All of them are kept, or none. Answers their ids. */
  send(queue: string, messages: readonly NewMessage[], now: number): readonly string[];
  receive(queue: QueueSettings, options: { limit: number; visibilityTimeout: number }, now: number): ReceivedMessage[];
  /** Deletes the messages whose latest receipts these are; an older one does nothing. */
  remove(queue: string, receipts: readonly string[]): void;
  /** Hides the message for so many seconds from now; `MessageNotInflight` when the receipt no longer holds. */
  hide(queue: string, receipt: string, seconds: number, now: number): void;
  depth(queue: string, now: number): Depth;
  /** When the next hidden message of the queue is due; `undefined` when none is hidden. */
  nextDue(queue: string, now: number): number | undefined;
  /** Moves to the dead letters what was received too often from this queue. */
  bury(queue: QueueSettings, now: number): void;
  /** Hands everything that lies in one queue to another, as if it had never been received there; answers how much. */
  move(from: string, to: string, now: number): number;
  /** Drops what is too old. */
  expire(now: number): void;
  /** Gives back every message that is with a receiver, as if it had not been received. */
  giveBackAll(now: number): void;
  close(): void;
}

/** Milliseconds a message is kept: 14 days, the longest that the service allows. */
const retention = 14 * 24 * 3_600_000;

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

export const openMessageStorage = (dataDir: string): MessageStorage => {
  const database = openDatabase(
    dataDir,
    'sqs.sqlite',
    `CREATE TABLE IF NOT EXISTS messages (
       id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message TEXT NOT NULL, body TEXT NOT NULL,
       attributes TEXT NOT NULL, sent INTEGER NOT NULL, visible INTEGER NOT NULL, received INTEGER NOT NULL DEFAULT 0,
       first INTEGER, receipt TEXT
     ) STRICT;
     CREATE INDEX IF NOT EXISTS due ON messages (queue, visible);
     CREATE INDEX IF NOT EXISTS receipts ON messages (receipt);`,
  );
  const insert = database.prepare(
    'INSERT INTO messages (queue, message, body, attributes, sent, visible) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const due = database.prepare('SELECT * FROM messages WHERE queue = ? AND visible <= ? ORDER BY visible, id LIMIT ?');
  const take = database.prepare(
    'UPDATE messages SET visible = ?, received = received + 1, first = coalesce(first, ?), receipt = ? WHERE id = ? RETURNING *',
  );
  const erase = database.prepare('DELETE FROM messages WHERE queue = ? AND receipt = ?');
  const postpone = database.prepare(
    'UPDATE messages SET visible = ? WHERE queue = ? AND receipt = ? AND visible > ? RETURNING id',
  );
  const bury = database.prepare(
    'UPDATE messages SET queue = ?, received = 0, receipt = NULL WHERE queue = ? AND received >= ? AND visible <= ?',
  );
  const move = database.prepare(
    'UPDATE messages SET queue = ?, received = 0, first = NULL, receipt = NULL, visible = ? WHERE queue = ? AND visible <= ?',
  );
  const expire = database.prepare('DELETE FROM messages WHERE sent < ?');
  const count = database.prepare(
    `SELECT count(*) FILTER (WHERE visible <= :now) AS visible,
            count(*) FILTER (WHERE visible > :now AND received > 0) AS inFlight,
            count(*) FILTER (WHERE visible > :now AND received = 0) AS delayed,
            min(sent) AS oldest
     FROM messages WHERE queue = :queue`,
  );
  const next = database.prepare('SELECT min(visible) AS due FROM messages WHERE queue = ? AND visible > ?');
  return {
    send: (queue, messages, now) =>
      transact(database, () =>
        messages.map(({ body, attributes, delaySeconds }) => {
          const id = randomUUID();
          insert.run(queue, id, body, JSON.stringify(attributes), now, now + delaySeconds * 1000);
          return id;
        }),
      ),
    receive: (queue, { limit, visibilityTimeout }, now) => {
      const rows = due.all(queue.name, now, limit);
      if (rows.length === 0) return [];
      return transact(database, () =>
        rows
          .map(({ id }) => take.get(now + visibilityTimeout * 1000, now, newReceipt(), Number(id)))
          .map((row) => receivedOf(row as Record<string, SQLOutputValue>)),
      );
    },
    remove: (queue, receipts) => {
      const all = receipts.map(requireReceipt);
      if (all.length === 1) erase.run(queue, all[0] as string);
      else transact(database, () => all.map((receipt) => erase.run(queue, receipt)));
    },
    hide: (queue, receipt, seconds, now) => {
      if (postpone.get(now + seconds * 1000, queue, requireReceipt(receipt), now) === undefined) {
        throw serviceError(400, 'MessageNotInflight', 'The message is not in flight with this receipt.');
      }
    },
    depth: (queue, now) => {
      const row = count.get({ queue, now });
      const oldestMs = row?.oldest == null ? 0 : Math.max(0, now - Number(row.oldest));
      const { visible, inFlight, delayed } = row ?? {};
      return { visible: Number(visible), inFlight: Number(inFlight), delayed: Number(delayed), oldestMs };
    },
    nextDue: (queue, now) => {
      const row = next.get(queue, now);
      return typeof row?.due === 'number' ? row.due : undefined;
    },
    bury: ({ name, redrive }, now) => {
      if (redrive !== undefined) bury.run(redrive.to, name, redrive.maxReceiveCount, now);
    },
    move: (from, to, now) => Number(move.run(to, now, from, now).changes),
    expire: (now) => void expire.run(now - retention),
    giveBackAll: (now) =>
      void database
        .prepare('UPDATE messages SET visible = ?, received = received - 1 WHERE receipt IS NOT NULL AND visible > ?')
        .run(now, now),
    close: () => database.close(),
  };
};

const newReceipt = (): string => `${randomUUID()}${randomUUID()}`;

const requireReceipt = (receipt: string): string => {
  if (!/^[0-9a-f-]{72}$/.test(receipt)) {
    throw serviceError(400, 'ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
  }
  return receipt;
};

const receivedOf = (row: Record<string, SQLOutputValue>): ReceivedMessage => ({
  MessageId: String(row.message),
  ReceiptHandle: String(row.receipt),
  Body: String(row.body),
  MD5OfBody: md5(String(row.body)),
  Attributes: {
    ApproximateReceiveCount: String(row.received),
    ApproximateFirstReceiveTimestamp: String(row.first),
    SentTimestamp: String(row.sent),
    SenderId: 'local',
  },
  MessageAttributes: JSON.parse(String(row.attributes)),
});
