import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Box } from './model.ts';
import { paragraphsOf } from './paragraphs.ts';

const line = (text: string, left: number, right: number) => ({ text, box: [left, 0, right, 0] as Box, sure: 90 });

test('what the printer broke is joined, and each paragraph, bullet and title stands alone', () => {
  const page = {
    lines: [
      line('NGHỊ QUYẾT', 0.4, 0.6),
      line('Chi bộ đã lãnh đạo nhân dân trong thôn', 0.15, 0.9),
      line('hoàn thành đường hoa.', 0.12, 0.4),
      line('- Ủng hộ quỹ khuyến học của xã và', 0.15, 0.89),
      line('của thôn.', 0.12, 0.25),
      line('1. Công tác xây dựng Đảng', 0.15, 0.5),
    ],
  };
  expect(paragraphsOf(page)).toEqual([
    'NGHỊ QUYẾT',
    'Chi bộ đã lãnh đạo nhân dân trong thôn hoàn thành đường hoa.',
    '- Ủng hộ quỹ khuyến học của xã và của thôn.',
    '1. Công tác xây dựng Đảng',
  ]);
});

test('no word is lost or moved', () => {
  const text = fc.stringMatching(/^[a-zđ.:-]{1,12}( [a-zđ.:-]{1,12}){0,6}$/);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
      const page = { lines: texts.map((each) => ({ text: each, sure: 100 })) };
      expect(paragraphsOf(page).join(' ')).toBe(texts.join(' '));
    }),
  );
});
