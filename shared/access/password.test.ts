import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decidePassword, PASSWORD_LENGTH } from './password.ts';

const own = { name: 'Nguyễn Văn Thảo', birthYear: 1956, phone: '0912345678' };
const decide = (password: string) => {
  const decided = decidePassword(password, own);
  return decided.ok ? 'kept' : decided.code;
};

describe('a password', () => {
  test.each([
    'nhà có cây khế ngọt',
    'mot cau dai de nho 2026',
    'Sáng mai con gà gáy ba lần',
    'ruong lua sau nha',
    'k7#vQz!p2m$Lx',
    'tháng tám năm ấy mưa to',
  ])('of one’s own is kept: %s', (password) => expect(decide(password)).toBe('kept'));

  test.each(['', 'ngắn quá', 'k7#vQz!p2m$'])('that is shorter than twelve signs is refused: %s', (password) =>
    expect(decide(password)).toBe('password-short'),
  );

  test.each([
    '123456789012',
    '098765432100',
    'aaaaaaaaaaaaa',
    'abcabcabcabc',
    '123456123456',
    'matkhau12345',
    'Mật khẩu 2026',
    'password1234',
    'qwertyuiop12',
    '1q2w3e4r5t6y',
    'đảng viên 1234',
    'sổ tay đảng viên',
    'vietnam vietnam',
    'Nguyễn Văn Thảo',
    'thao1956 thao1956',
    'nguyenvanthao56',
    '0912345678 1956',
    'anh yêu em 123',
    '............!',
  ])('that is guessed first is refused: %s', (password) => expect(decide(password)).toBe('password-common'));

  test('of digits only that come by chance is kept; of a few signs repeated it never is', () => {
    expect(decide('830492617550')).toBe('kept');
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 4 }), fc.integer({ min: 12, max: 40 }), (piece, length) => {
        const password = piece.repeat(length).slice(0, Math.max(PASSWORD_LENGTH, length));
        expect(decide(password)).not.toBe('kept');
      }),
    );
  });

  test('is not made worse by going on: a sentence after it keeps it kept', () => {
    const sentence = 'con trâu đi trước cái cày đi sau';
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (more) => {
        expect(decide(`${sentence} ${more}`)).toBe('kept');
      }),
    );
  });
});
