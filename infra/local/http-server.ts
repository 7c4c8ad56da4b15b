import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest, HttpResponse } from './http-message.ts';

export interface Listening {
  readonly port: number;
  stop(): Promise<void>;
}

/** Raised when a body is longer than the server takes. */
const tooLong = Symbol('too long');

/**
 * Serves on 127.0.0.1; `no answer` breaks the connection; port 0 takes a free one. Bodies longer than `bodyLimit` bytes are refused with 413 and nobody is asked.
 * A taken port is one clear sentence.
 */
export const listen = async (
  answer: (request: HttpRequest) => Promise<HttpResponse | 'no answer'>,
  options: { readonly port: number; readonly bodyLimit: number },
): Promise<Listening> => {
  const server = createServer((incoming, outgoing) => {
    void serve(answer, incoming, outgoing, options.bodyLimit);
  });
  server.keepAliveTimeout = 65_000;
  await opened(server, options.port);
  return {
    port: (server.address() as AddressInfo).port, // a TCP server that listens
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};

const opened = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken; choose another with --port.`) : cause),
    );
    server.listen(port, '127.0.0.1', resolve);
  });

const serve = async (
  answer: (request: HttpRequest) => Promise<HttpResponse | 'no answer'>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  bodyLimit: number,
): Promise<void> => {
  try {
    const body = await bodyOf(incoming, bodyLimit);
    if (body === tooLong) {
      outgoing.writeHead(413, { 'content-type': 'application/json', connection: 'close' });
      outgoing.end('{"message":"Request Entity Too Large"}');
      return;
    }
    const url = incoming.url ?? '/';
    const mark = url.indexOf('?');
    const response = await answer({
      method: incoming.method ?? 'GET',
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers: headersOf(incoming),
      body,
      ip: (incoming.socket.remoteAddress ?? '127.0.0.1').replace('::ffff:', ''),
    });
    if (response === 'no answer') incoming.socket.destroy();
    else write(incoming, outgoing, response);
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) return;
    console.error(error);
    if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'application/json' });
    outgoing.end('{"message":"Internal Server Error"}');
  }
};

const write = (incoming: IncomingMessage, outgoing: ServerResponse, response: HttpResponse): void => {
  const withoutBody = response.status === 304 || response.status === 204;
  outgoing.writeHead(response.status, {
    ...response.headers,
    ...(withoutBody ? {} : { 'content-length': String(response.headers['content-length'] ?? response.body.length) }),
    ...(response.cookies.length > 0 ? { 'set-cookie': [...response.cookies] } : {}),
  });
  outgoing.end(incoming.method === 'HEAD' || withoutBody ? undefined : response.body);
};

const headersOf = (incoming: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(name === 'cookie' ? '; ' : ',') : (value ?? ''),
    ]),
  );

const bodyOf = async (incoming: IncomingMessage, limit: number): Promise<Buffer | typeof tooLong> => {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) {
    incoming.resume();
    return tooLong;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return tooLong;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
