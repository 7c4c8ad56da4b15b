import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fontkit from '@pdf-lib/fontkit';
import { PDFDocument } from 'pdf-lib';

const lines = [
  'ĐẢNG BỘ XÃ ĐÔNG HẢI',
  'CHI BỘ THÔN NAM',
  'Số 05-NQ/CB',
  'Đông Hải, ngày 03 tháng 11 năm 2026',
  'NGHỊ QUYẾT',
  'về nâng cao chất lượng sinh hoạt chi bộ',
  'Chi bộ lãnh đạo nhân dân thực hiện tốt nhiệm vụ tháng 11.',
];

/** A paper of one page whose words need no OCR, so that a journey about something else does not wait for it. */
export const aPaper = async (): Promise<Buffer> => {
  const pdf = await PDFDocument.create();
  pdf.registerFontkit(fontkit);
  const path = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
  const font = await pdf.embedFont(readFileSync(path), { subset: true });
  const page = pdf.addPage([595, 842]);
  for (const [at, text] of lines.entries()) page.drawText(text, { x: 60, y: 780 - at * 26, size: 13, font });
  return Buffer.from(await pdf.save());
};
