import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * How the line is. `bad`: a proxy that holds back what the server says, and a Wi-Fi that carries 400 kbit/s for the whole
 * hall and loses three packets of a hundred. `portal`: the Wi-Fi answers everything with its own sign-in page.
 */
export type LineState = 'clear' | 'bad' | 'portal';

export interface BadLine {
  /** The way to the site through this line. */
  readonly url: string;
  be(state: LineState): void;
  stop(): Promise<void>;
}

const BYTES_PER_SECOND = 400_000 / 8;
const PACKET_BYTES = 1_460;
const LOSS = 0.03;
/** A lost packet comes after the sender's timeout. Source: RFC 6298 allows one second; systems take 200 ms and the way. */
const SENT_AGAIN_AFTER_MS = 300;
/** The proxy passes on what it has gathered so often. */
const HELD_BACK_MS = 500;

const PORTAL_PAGE = '<!doctype html><title>Wi-Fi</title><p>Đăng nhập Wi-Fi hội trường</p>';
const portalAnswer = [
  'HTTP/1.1 200 OK',
  'content-type: text/html; charset=utf-8',
  `content-length: ${Buffer.byteLength(PORTAL_PAGE)}`,
  'connection: close',
  '',
  PORTAL_PAGE,
].join('\r\n');

/** A line to the site that can be made bad; all who speak through it share it. */
export const startBadLine = (target: string, random: () => number): Promise<BadLine> =>
  new Promise((resolve, reject) => {
    const port = Number(new URL(target).port);
    const open = new Set<Socket>();
    let state: LineState = 'clear';
    let freeAt = 0;

    /** One after the other over the air: waits for its turn, its length, and its losses. */
    const carried = async (bytes: number): Promise<void> => {
      const now = performance.now();
      freeAt = Math.max(now, freeAt) + (bytes / BYTES_PER_SECOND) * 1_000;
      const lost = random() < LOSS ? SENT_AGAIN_AFTER_MS : 0;
      await pause(freeAt - now + lost);
    };

    const pump = (from: Socket, to: Socket, heldBack: boolean): void => {
      let before: Promise<void> = Promise.resolve();
      const pass = async (chunk: Buffer): Promise<void> => {
        if (state === 'bad') {
          if (heldBack) await pause(random() * HELD_BACK_MS);
          for (let at = 0; at < chunk.length; at += PACKET_BYTES) {
            const packet = chunk.subarray(at, at + PACKET_BYTES);
            await carried(packet.length);
            if (to.writable) to.write(packet);
          }
        } else if (to.writable) to.write(chunk);
      };
      open.add(from);
      from.on('data', (chunk: Buffer) => {
        if (state === 'portal') from.end(heldBack ? '' : portalAnswer);
        else before = before.then(() => pass(chunk));
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        void before.then(() => to.end());
      });
    };

    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      pump(near, far, false);
      pump(far, near, true);
    });
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        url: `http://localhost:${bound}`,
        be: (next) => {
          state = next;
        },
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            for (const socket of open) socket.destroy();
          }),
      });
    });
  });
