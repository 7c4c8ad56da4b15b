import { connect, createServer, type Socket } from 'node:net';

/** A line to a service that can be cut: what speaks through it then finds nobody; or one that hangs: nobody answers any more. */
export interface Line {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export type LineState = 'open' | 'cut' | 'hangs';

/** Listens on 127.0.0.1 and passes everything on to `target` for as long as it is open. What once hung never answers. */
export const startLine = (target: string, state: () => LineState): Promise<Line> =>
  new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(target);
    const open = new Set<Socket>();
    const server = createServer((near) => {
      if (state() === 'cut') return near.destroy();
      let silent = false;
      const far = connect(Number(port), host);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(from);
        from.on('data', (chunk) => {
          silent ||= state() === 'hangs';
          if (state() === 'cut') near.destroy();
          else if (!silent) to.write(chunk);
        });
        from.on('error', () => to.destroy());
        from.on('close', () => {
          open.delete(from);
          to.destroy();
        });
      }
    });
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        endpoint: `http://127.0.0.1:${bound}`,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            for (const socket of open) socket.destroy();
          }),
      });
    });
  });
