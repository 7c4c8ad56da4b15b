import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/**
 * `npm run deploy -- --account N --region R [--domain D --certificate ARN]`: builds, deploys the stack and puts the site's
 * files into its bucket. Needs AWS credentials in the usual places and a bootstrapped account (`npx cdk bootstrap`).
 * README, Deploy, says what comes before and after.
 */
const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    account: { type: 'string' },
    region: { type: 'string', default: 'ap-southeast-1' },
    domain: { type: 'string' },
    certificate: { type: 'string' },
  },
});
const stop = (sentence: string): never => {
  console.error(sentence);
  process.exit(1);
};
const account = /^\d{12}$/.test(values.account ?? '')
  ? (values.account as string)
  : stop('--account takes the 12 digits of an AWS account.');
if ((values.domain === undefined) !== (values.certificate === undefined))
  stop('--domain and --certificate go together.');

const run = (command: string, args: readonly string[], cwd = root): void => {
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: '1' },
  });
  if (status !== 0) stop(`${args[0] ?? command} failed; nothing after it was done.`);
};
const bin = (name: string) => join(root, 'node_modules/.bin', name);

run(process.execPath, ['functions/build.ts']);
run(bin('vite'), ['build', '--logLevel', 'warn'], join(root, 'web'));

const outputs = join(mkdtempSync(join(tmpdir(), 'deploy-')), 'outputs.json');
const context = Object.entries({
  account,
  region: values.region,
  domain: values.domain,
  certificate: values.certificate,
}).flatMap(([name, value]) => (value === undefined ? [] : ['--context', `${name}=${value}`]));
const origin = values.domain === undefined ? [] : ['--parameters', `SiteOrigin=https://${values.domain}`];
run(bin('cdk'), [
  'deploy',
  'Handbook',
  '--require-approval',
  'broadening',
  '--outputs-file',
  outputs,
  ...context,
  ...origin,
]);

const { Handbook } = JSON.parse(readFileSync(outputs, 'utf8')) as { Handbook: Record<string, string> }; // written by the CDK
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.webmanifest': 'application/manifest+json',
};
const s3 = new S3Client({ region: values.region });
const site = join(root, 'web/build');
// hashed files first, pages last: a page never names a file that is not there yet
const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
  .map((entry) => relative(site, join(entry.parentPath, entry.name)))
  .sort((a, b) => Number(a.endsWith('.html')) - Number(b.endsWith('.html')));
for (const file of files) {
  await s3.send(
    new PutObjectCommand({
      Bucket: Handbook['SiteBucket'] ?? '',
      Key: file,
      Body: readFileSync(join(site, file)),
      ContentType: types[extname(file)] ?? 'application/octet-stream',
      CacheControl: file.includes('/immutable/') ? 'public, max-age=31536000, immutable' : 'public, max-age=60',
    }),
  );
}
console.log(
  `${files.length} files of the site are up: ${values.domain === undefined ? Handbook['SiteAddress'] : `https://${values.domain}`}`,
);
