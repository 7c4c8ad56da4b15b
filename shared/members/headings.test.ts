import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '#shared/kernel/time.ts';
import { cellsOf, findHeading, memberColumns, unitColumnsOf } from './headings.ts';
import { readRow } from './roll.ts';

const now = '2026-11-21T12:00:00.000Z' as Instant;

describe('headings', () => {
  const usual = [
    'STT',
    'Họ và tên',
    'Ngày sinh',
    'Giới tính',
    'Ngày vào Đảng',
    'Ngày chính thức',
    'Số thẻ Đảng viên',
    'Chi bộ sinh hoạt',
    'Số CCCD',
    'Điện thoại',
  ];

  it('are known in many wordings', () => {
    expect(memberColumns(usual)).toEqual({
      name: 1,
      birthDate: 2,
      sex: 3,
      admissionDate: 4,
      officialDate: 5,
      cardNumber: 6,
      branch: 7,
      citizenId: 8,
      phone: 9,
    });
    expect(
      memberColumns([
        'HỌ TÊN KHAI SINH',
        'Ngày, tháng, năm sinh',
        'Nam/Nữ',
        'Ngày kết nạp',
        'Ngày vào Đảng chính thức',
        'Số thẻ',
        'Ngày cấp thẻ',
        'Đảng bộ cơ sở',
        'Chi bộ',
        'CMND/CCCD',
        'Nơi cấp CCCD',
        'SĐT',
      ]),
    ).toEqual({
      name: 0,
      birthDate: 1,
      sex: 2,
      admissionDate: 3,
      officialDate: 4,
      cardNumber: 5,
      partyBody: 7,
      branch: 8,
      citizenId: 9,
      phone: 11,
    });
    expect(memberColumns(['Họ và tên đệm', 'Tên'])).toEqual({ name: 0, givenName: 1 });
  });

  it('may stand in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(usual, { minLength: usual.length }), (shuffled) => {
        const mapping = memberColumns(shuffled);
        const expected = memberColumns(usual);
        for (const [column, index] of Object.entries(mapping))
          expect(shuffled[index]).toBe(usual[expected[column as keyof typeof expected] as number]);
        expect(Object.keys(mapping).sort()).toEqual(Object.keys(expected).sort());
      }),
    );
  });

  it('are found below a letterhead, and tell people from organisations', () => {
    const lines = [['ĐẢNG BỘ XÃ ĐÔNG HẢI'], [], ['DANH SÁCH ĐẢNG VIÊN'], usual, ['1', 'Nguyễn Văn Nam']];
    expect(findHeading(lines)).toEqual({ at: 3, kind: 'members' });
    expect(findHeading([['Tên tổ chức đảng', 'Loại hình', 'Trực thuộc', 'Mã số']])).toEqual({ at: 0, kind: 'units' });
    expect(unitColumnsOf(['Tên tổ chức đảng', 'Loại hình', 'Trực thuộc', 'Mã số'])).toEqual({
      name: 0,
      kind: 1,
      parent: 2,
      code: 3,
    });
    expect(findHeading([['a', 'b'], ['c']])).toBeUndefined();
  });

  it('bring the same cells out of a line whatever the order of the columns', () => {
    const values = [
      '1',
      'Nguyễn Văn Nam',
      '03/02/1958',
      'Nam',
      '19/05/1985',
      '19/05/1986',
      '035058000123',
      'Chi bộ thôn Nam',
      '035058000123',
      '0912345678',
    ];
    const order = usual.map((_, index) => index);
    fc.assert(
      fc.property(fc.shuffledSubarray(order, { minLength: order.length }), (shuffled) => {
        const mapping = memberColumns(shuffled.map((index) => usual[index] as string));
        const line = shuffled.map((index) => values[index] as string);
        expect(readRow(cellsOf(line, mapping), now)).toEqual(readRow(cellsOf(values, memberColumns(usual)), now));
      }),
    );
  });

  it('may be anything without a fault', () => {
    fc.assert(fc.property(fc.array(fc.array(fc.string({ unit: 'binary' }))), (lines) => void findHeading(lines)));
  });
});
