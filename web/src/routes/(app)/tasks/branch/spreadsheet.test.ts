import { describe, expect, it } from 'vitest';
import { aTask } from '#shared/tasks/testing.ts';
import { spreadsheetOf } from './spreadsheet.ts';

describe('the list as a spreadsheet', () => {
  it('opens with its accents and takes no cell for a formula', async () => {
    const task = aTask({ text: '=HYPERLINK("x")', ownerName: 'Nguyễn Văn Tám, "anh Tám"' });
    const bytes = new Uint8Array(await spreadsheetOf([{ task, standing: 'late' }]).arrayBuffer());
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [head, line] = new TextDecoder().decode(bytes).split('\r\n');
    expect(head).toContain('"Nội dung","Người thực hiện"');
    expect(line).toContain(`"'=HYPERLINK(""x"")","Nguyễn Văn Tám, ""anh Tám"""`);
    expect(line).toContain('"30/11/2026","0","Quá hạn"');
  });
});
