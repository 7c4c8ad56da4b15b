/** Figures of one step: what a table row shows. Times in milliseconds. */
export interface StepFigures {
  readonly step: string;
  readonly count: number;
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Times of one step of the evening, from the intended start: a late start counts as waiting, as it does for a member. */
export class Step {
  private readonly times: number[] = [];
  /** Refusals and broken connections, by status; 0 is a connection that broke. */
  readonly failures = new Map<number, number>();
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  add(milliseconds: number): void {
    this.times.push(milliseconds);
  }

  fail(status: number): void {
    this.failures.set(status, (this.failures.get(status) ?? 0) + 1);
  }

  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  figures(): StepFigures {
    const sorted = this.times.toSorted((a, b) => a - b);
    const at = (share: number) =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
    return {
      step: this.name,
      count: sorted.length,
      failed: this.failed,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: at(1),
    };
  }
}

/** A table for a terminal: a head and rows of words or numbers, numbers to the right. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const cells = [head, ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? String(cell) : cell)))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[], index: number) =>
    row
      .map((cell, column) => {
        const isNumber = index > 0 && typeof rows[index - 1]?.[column] === 'number';
        return isNumber ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
};
