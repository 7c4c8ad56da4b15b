import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { xlsxOf } from '#lib/sheet-file.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { cellsOf, findHeading, memberColumns } from '#shared/members/headings.ts';
import { readRow } from '#shared/members/roll.ts';
import { readSheets } from './reading.ts';

const lines = [
  ['ĐẢNG BỘ XÃ ĐÔNG HẢI', '', ''],
  ['Họ và tên', 'Ngày sinh', 'Số CCCD'],
  ['Nguyễn Thị Ánh "Tuyết"', '03/02/1960', '035160000123'],
  ['Đỗ & <Ngọc>', '', '001'],
];
const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = async (bytes: Uint8Array, name = 'danh-sach.csv') => {
  const sheets = await readSheets(name, bytes);
  if (!sheets.ok) throw new Error(sheets.code);
  return sheets.value;
};
const code = async (bytes: Uint8Array) => {
  const sheets = await readSheets('tep', bytes);
  return sheets.ok ? 'ok' : sheets.code;
};

describe('files of people', () => {
  it('come back from .xlsx as they were written, zeros in front included', async () => {
    const [sheet] = await read(xlsxOf({ name: 'Dòng lỗi', lines }));
    expect(sheet?.name).toBe('Dòng lỗi');
    expect(sheet?.lines.map((line) => line.map(String))).toEqual(lines);
  });

  it('come back from .csv with any of the usual separators', async () => {
    expect(
      (await read(bytesOf(`\ufeff${Papa.unparse(lines.map((line) => [...line]))}`)))[0]?.lines.slice(0, 4),
    ).toEqual(lines);
    const [semicolons] = await read(bytesOf('Họ và tên;Ngày sinh\nNguyễn Văn Nam;3/2/1960\n'));
    expect(semicolons?.lines[1]).toEqual(['Nguyễn Văn Nam', '3/2/1960']);
    const [tabs] = await read(
      new Uint8Array([
        0xff,
        0xfe,
        ...[...'Họ tên\tNgày sinh'].flatMap((sign) => [sign.charCodeAt(0) & 255, sign.charCodeAt(0) >> 8]),
      ]),
    );
    expect(tabs?.lines[0]).toEqual(['Họ tên', 'Ngày sinh']);
  });

  it('in the code page of older Windows keep their letters', async () => {
    // "Họ tên: Nguyễn" in windows-1258: the mark below and the tilde stand as signs of their own
    const bytes = new Uint8Array([
      0x48, 0x6f, 0xf2, 0x20, 0x74, 0xea, 0x6e, 0x3b, 0x4e, 0x67, 0x75, 0x79, 0xea, 0xde, 0x6e,
    ]);
    expect((await read(bytes))[0]?.lines[0]).toEqual(['Họ tên', 'Nguyễn']);
  });

  const bytesOfSigns = (text: string) => Uint8Array.from([...text].map((sign) => sign.charCodeAt(0)));
  const old = {
    TCVN3: [
      ['Hä vµ tªn', 'Ngµy sinh', 'Giíi tÝnh', 'Chi bé'],
      ['NguyÔn ThÞ Nga', '3/2/1958', 'N÷', 'Chi bé th«n B¾c'],
      ['Vò V¨n Léc', '3/2/1960', 'Nam', 'Chi bé th«n B¾c'],
      ['TRÇN ®¨ng B×nh', '4/5/1971', 'Nam', 'Chi bé tr­êng THCS'],
    ],
    VNI: [
      ['Hoï vaø teân', 'Ngaøy sinh', 'Giôùi tính', 'Chi boä'],
      ['Nguyeãn Thò Nga', '3/2/1958', 'Nöõ', 'Chi boä thoân Baéc'],
      ['Vuõ Vaên Loäc', '3/2/1960', 'Nam', 'Chi boä thoân Baéc'],
      ['TRAÀN ñaêng Bình', '4/5/1971', 'Nam', 'Chi boä tröôøng THCS'],
    ],
  };
  const today = [
    ['Họ và tên', 'Ngày sinh', 'Giới tính', 'Chi bộ'],
    ['Nguyễn Thị Nga', '3/2/1958', 'Nữ', 'Chi bộ thôn Bắc'],
    ['Vũ Văn Lộc', '3/2/1960', 'Nam', 'Chi bộ thôn Bắc'],
    ['TRẦN đăng Bình', '4/5/1971', 'Nam', 'Chi bộ trường THCS'],
  ];

  it.each(['TCVN3', 'VNI'] as const)(
    'typed with the fonts of before Unicode (%s) get letters of today',
    async (was) => {
      const semicolons = old[was].map((line) => line.join(';')).join('\r\n');
      for (const bytes of [xlsxOf({ name: 'A', lines: old[was] }), bytesOfSigns(semicolons)]) {
        const [sheet] = await read(bytes);
        expect(sheet).toMatchObject({ lines: today, lettersWere: was });
      }
      // names of an old list under headings of today
      const mixed = [today[0] ?? [], ...old[was].slice(1)];
      expect((await read(xlsxOf({ name: 'A', lines: mixed })))[0]).toMatchObject({ lines: today });
    },
  );

  it('of today stay as they are, whatever signs stand among them', async () => {
    const kept = [...lines, ['Y Ñao · Êban', '½ ngày', '5 × 3 «x» º']];
    const [sheet] = await read(xlsxOf({ name: 'A', lines: kept }));
    expect(sheet?.lines).toEqual(kept);
    expect(sheet).not.toHaveProperty('lettersWere');
    const apart = today.map((line) => line.map((text) => text.normalize('NFD')));
    expect((await read(xlsxOf({ name: 'A', lines: apart })))[0]?.lines).toEqual(apart);
  });

  it('are refused in one word each when they are empty, old, too large or something else', async () => {
    expect(await code(new Uint8Array())).toBe('empty-file');
    expect(await code(bytesOf('\n\n,,\n'))).toBe('empty-file');
    expect(await code(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]))).toBe('old-excel');
    expect(await code(new Uint8Array([0x50, 0x4b, 3, 4, 9, 9, 9, 9]))).toBe('unreadable');
    expect(await code(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]))).toBe('unreadable');
    expect(await code(new Uint8Array(20_000_001))).toBe('too-large');
  });

  it('lead from bytes to a row that can be taken', async () => {
    const heading = ['STT', 'Số CCCD', 'Chi bộ', 'Họ và tên', 'Giới tính', 'Ngày sinh', 'Ngày vào Đảng'];
    const line = ['1', '035158000123', 'Chi bộ thôn Nam', 'NGUYỄN THỊ NGA', 'Nữ', '3/2/1958', '19/5/1985'];
    const [sheet] = await read(xlsxOf({ name: 'A', lines: [['Danh sách'], heading, line] }));
    const found = findHeading(sheet?.lines ?? []);
    expect(found).toEqual({ at: 1, kind: 'members' });
    const cells = cellsOf(sheet?.lines[2] ?? [], memberColumns(sheet?.lines[1] ?? []));
    const { row } = readRow(cells, '2026-11-21T12:00:00.000Z' as Instant);
    expect(row).toMatchObject({ name: 'Nguyễn Thị Nga', birthDate: '1958-02-03', citizenId: '035158000123' });
  });
});
