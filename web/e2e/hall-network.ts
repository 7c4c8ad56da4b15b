import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The Wi-Fi between one phone and the world: it counts what passes, and can lose the answers of acts. */
export interface HallNetwork {
  readonly server: string;
  /** Bytes that came down, heads included. */
  bytes: number;
  /** The same without heads, which a connection of our days sends compressed. */
  bodies: number;
  /** What came down, for a message when it was too much. */
  readonly passed: string[];
  /** While true an act arrives and its answer does not. */
  losesAnswers: boolean;
  /** Answers that were lost. */
  lost: number;
  stop(): void;
}

export const hallNetwork = async (): Promise<HallNetwork> => {
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '');
    const { method } = incoming;
    const options = { host: url.hostname, port: url.port, path: url.pathname + url.search, method };
    const onward = request({ ...options, headers: incoming.headers }, (answer) => {
      if (network.losesAnswers && method === 'POST' && url.pathname.startsWith('/api/meetings/')) {
        answer.resume();
        answer.on('end', () => {
          network.lost++;
          incoming.destroy();
        });
        return;
      }
      const head = answer.rawHeaders.reduce((sum, text) => sum + text.length + 2, 20);
      let body = 0;
      answer.on('data', (chunk: Buffer) => {
        body += chunk.length;
      });
      answer.on('end', () => {
        network.bytes += head + body;
        network.bodies += body;
        network.passed.push(`${method} ${url.pathname} ${answer.statusCode} ${head + body}`);
      });
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens
  const network: HallNetwork = {
    server: `http://127.0.0.1:${port}`,
    bytes: 0,
    bodies: 0,
    passed: [],
    losesAnswers: false,
    lost: 0,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return network;
};
