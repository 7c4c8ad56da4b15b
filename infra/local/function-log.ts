import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** One line that a function wrote, or that was said about it. */
export interface LogLine {
  readonly at: string;
  readonly from: 'stdout' | 'stderr' | 'platform';
  /** Parsed when the line was JSON, else as it was written. */
  readonly said: unknown;
}

/** Lines of one function: kept on disk, the latest also in memory. */
export interface FunctionLog {
  listen(stream: Readable, from: 'stdout' | 'stderr'): void;
  say(said: unknown): void;
  latest(): readonly LogLine[];
  close(): Promise<void>;
}

/** Lines of one function that stay in memory, for tests and for messages. */
const keptInMemory = 500;

/** Milliseconds for which lines are gathered before they go to the file together. */
const gatheredFor = 50;

/** Appends to `<folder>/<name>.jsonl`. */
export const openLog = (folder: string, name: string): FunctionLog => {
  mkdirSync(folder, { recursive: true });
  const file = createWriteStream(join(folder, `${name}.jsonl`), { flags: 'a' });
  const latest: LogLine[] = [];
  let gathered = '';
  const flush = (): void => {
    if (gathered !== '') file.write(gathered);
    gathered = '';
  };
  const add = (from: LogLine['from'], said: unknown): void => {
    const line: LogLine = { at: new Date().toISOString(), from, said };
    latest.push(line);
    if (latest.length > keptInMemory) latest.shift();
    if (gathered === '') setTimeout(flush, gatheredFor).unref();
    gathered += `${JSON.stringify(line)}\n`;
  };
  return {
    listen: (stream, from) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') add(from, parsed(line));
      });
      stream.on('end', () => {
        if (rest !== '') add(from, parsed(rest));
      });
    },
    say: (said) => add('platform', said),
    latest: () => latest,
    close: () => {
      flush();
      return new Promise((resolve) => file.end(resolve));
    },
  };
};

const parsed = (line: string): unknown => {
  if (!line.startsWith('{')) return line;
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return line;
    throw error;
  }
};
