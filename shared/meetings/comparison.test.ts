import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compared, comparedLines } from './comparison.ts';

const text = fc.array(fc.constantFrom('Nhất trí.', 'Làm đường.', 'Trồng cây.', 'Họp dân.'), { maxLength: 8 });
const section = fc.record({ heading: fc.constantFrom('Kết luận', 'Ý kiến', 'Bế mạc'), lines: text });

describe('a comparison of two versions', () => {
  it('holds every line of both, in their order, and nothing else', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = comparedLines(before, after);
        expect(lines.filter(({ is }) => is !== 'added').map((line) => line.text)).toEqual(before);
        expect(lines.filter(({ is }) => is !== 'removed').map((line) => line.text)).toEqual(after);
      }),
    );
  });

  it('finds no change in what is the same, and one in what is not', () => {
    fc.assert(
      fc.property(fc.array(section, { maxLength: 4 }), fc.array(section, { maxLength: 4 }), (before, after) => {
        expect(compared(before, before).some(({ changed }) => changed)).toBe(false);
        const same = JSON.stringify(before) === JSON.stringify(after);
        expect(compared(before, after).some(({ changed }) => changed)).toBe(!same);
      }),
    );
  });

  it('shows a corrected line as removed and added at its place', () => {
    const before = [{ heading: 'Kết luận', lines: ['Nhất trí.', 'Làm đường trong tháng 11.', 'Họp dân.'] }];
    const after = [{ heading: 'Kết luận', lines: ['Nhất trí.', 'Làm đường trong tháng 12.', 'Họp dân.'] }];
    expect(compared(before, after)[0]?.lines.map(({ is, text: line }) => `${is} ${line}`)).toEqual([
      'kept Nhất trí.',
      'removed Làm đường trong tháng 11.',
      'added Làm đường trong tháng 12.',
      'kept Họp dân.',
    ]);
  });
});
