import type { Section } from './minutes.ts';

/** One line of a comparison. */
export interface ComparedLine {
  readonly is: 'kept' | 'added' | 'removed';
  readonly text: string;
}
export interface ComparedSection {
  readonly heading: string;
  readonly lines: readonly ComparedLine[];
  readonly changed: boolean;
}

/** Two versions side by side as one text: every line of both stands in it, in the order of the minutes. */
export const compared = (before: readonly Section[], after: readonly Section[]): ComparedSection[] => {
  const headings = comparedLines(
    before.map(({ heading }) => heading),
    after.map(({ heading }) => heading),
  );
  const [earlier, later] = [[...before], [...after]];
  return headings.map(({ is, text }) => {
    const lines = comparedLines(
      is === 'added' ? [] : (earlier.shift()?.lines ?? []),
      is === 'removed' ? [] : (later.shift()?.lines ?? []),
    );
    return { heading: text, lines, changed: is !== 'kept' || lines.some((line) => line.is !== 'kept') };
  });
};

/** The longest common part of two lists of lines is kept; all else was added or removed. */
export const comparedLines = (before: readonly string[], after: readonly string[]): ComparedLine[] => {
  const common = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      (common[i] as number[])[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: ComparedLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ is: 'kept', text: before[i] as string });
      i += 1;
      j += 1;
    } else if (i < before.length && (j >= after.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ is: 'removed', text: before[i] as string });
      i += 1;
    } else {
      lines.push({ is: 'added', text: after[j] as string });
      j += 1;
    }
  }
  return lines;
};
