import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { officialDocument } from '#runtime/official-document.ts';
import type { OfficialPaper } from '#runtime/official-paper.ts';
import { officialPdf } from '#runtime/official-pdf.ts';
import { measured, pagesOf } from './measure.ts';
import { samplePapers } from './sample-papers.ts';

/**
 * `npm run proof [-- --to DIR]`: makes one paper of each kind as Word and PDF, lets LibreOffice set the Word files, takes
 * pictures of all pages and measures both against the layout of party documents. Ends with 1 when one is off.
 */
const root = join(import.meta.dirname, '../../..');
const { values } = parseArgs({ options: { to: { type: 'string', default: join(root, '.data/proof') } } });
const to = values.to;

const missing = [
  ['soffice', 'libreoffice-writer-nogui'],
  ['pdftoppm', 'poppler-utils'],
].filter(([program]) => spawnSync(program as string, ['--version']).error !== undefined);
if (missing.length > 0) {
  const packages = missing.map(([, name]) => name).join(' ');
  console.error(`This needs ${missing.map(([program]) => program).join(' and ')}: apt-get install ${packages}`);
  process.exit(1);
}

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });

/** LibreOffice has no Times New Roman here: its twin out of our own packages stands in, and nothing else does. */
const fontsFile = join(to, 'fonts.conf');
writeFileSync(
  fontsFile,
  `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
  <dir>${join(root, 'node_modules/@expo-google-fonts/tinos')}</dir><cachedir>${join(to, 'cache')}</cachedir>
  <match target="pattern"><edit name="family" mode="assign" binding="same"><string>Tinos</string></edit></match>
</fontconfig>`,
);

const setByOffice = (file: string): void => {
  const profile = `-env:UserInstallation=file://${join(to, 'profile')}`;
  execFileSync('soffice', [profile, '--headless', '--convert-to', 'pdf:writer_pdf_Export', '--outdir', to, file], {
    env: { ...process.env, FONTCONFIG_FILE: fontsFile },
    stdio: 'ignore',
    timeout: 120_000,
  });
};

const fontsOf = (pdf: string): string =>
  execFileSync('pdffonts', [pdf], { encoding: 'utf8' })
    .split('\n')
    .slice(2)
    .flatMap((line) => line.split(/\s+/)[0] || [])
    .map((name) => name.replace(/^[A-Z]{6}\+/, ''))
    .join(' ');

let off = 0;
const look = (name: string, paper: OfficialPaper, pdf: string): void => {
  const pages = pagesOf(pdf);
  execFileSync('pdftoppm', ['-r', '70', '-png', pdf, pdf.replace(/\.pdf$/, '')]);
  console.log(`\n${name}: ${pages.length} page(s)`);
  for (const { what, wanted, seen, holds } of measured(pages, { type: paper.type, fonts: fontsOf(pdf) })) {
    if (!holds) off += 1;
    console.log(`  ${holds ? 'ok ' : 'OFF'} ${what.padEnd(14)} wanted ${wanted}; seen ${seen}`);
  }
};

for (const [name, paper] of Object.entries(samplePapers)) {
  const word = join(to, `${name}-word.docx`);
  writeFileSync(word, await officialDocument(paper));
  setByOffice(word);
  look(`${name} (Word, set by LibreOffice)`, paper, join(to, `${name}-word.pdf`));
  const own = join(to, `${name}-pdf.pdf`);
  writeFileSync(own, await officialPdf(paper));
  look(`${name} (PDF)`, paper, own);
}
console.log(`\nPictures and files: ${to}\n${off === 0 ? 'Every paper holds the layout.' : `${off} measures are off.`}`);
process.exit(off === 0 ? 0 : 1);
