import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { serviceError } from './service-error.ts';

export interface Listening {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly endpoint: string;
  readonly port: number;
  /** Ends open connections and frees the port. */
  stop(): Promise<void>;
}

/** Serves on 127.0.0.1 only; port 0 takes a free one. A taken port is refused in one sentence. */
export const listen = (answer: RequestListener, port = 0): Promise<Listening> =>
  new Promise((resolve, reject) => {
    // an idle connection must outlive the pause between two requests of a client that keeps it, or the client sees a reset
    const server = createServer({ keepAliveTimeout: 75_000 }, answer);
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken; choose another one.`) : cause),
    );
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      const stop = () =>
        new Promise<void>((stopped) => {
          server.close(() => stopped());
          server.closeAllConnections();
        });
      resolve({ endpoint: `http://127.0.0.1:${bound}`, port: bound, stop });
    });
  });

/** The whole body, or the refusal `RequestEntityTooLarge` once it is longer than `limit` bytes. */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit)
      throw serviceError(413, 'RequestEntityTooLarge', 'The request is longer than this service takes.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
