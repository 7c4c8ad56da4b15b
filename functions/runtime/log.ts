/** The closed set of fields a log line may have: ids, codes and counts, never names, texts or bodies. */
export interface LogLine {
  readonly level?: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly requestId?: string;
  readonly operation?: string;
  readonly status?: number;
  readonly code?: string;
  readonly memberId?: string;
  readonly unitId?: string;
  readonly fact?: string;
  readonly count?: number;
  readonly milliseconds?: number;
  /** Name and place of a fault; messages of the AWS SDK hold no personal data. */
  readonly fault?: string;
}

/** One line of JSON on standard output, which is where Lambda collects logs. */
export const log = (line: LogLine): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** What is logged of an error that was not expected: its name, message and where it came from. */
export const faultOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.name}: ${error.message} ${error.stack?.split('\n')[1]?.trim() ?? ''}`
    : 'not an error';
