import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { contentOf, siteFiles } from '../site-files.ts';

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

// functions run on arm64: the one native part of their bundles must be of that kind, whatever this machine is
const canvas = 'canvas-linux-arm64-gnu';
const place = join(root, 'node_modules/@napi-rs', canvas);
if (!existsSync(place)) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@napi-rs/canvas/package.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'canvas-'));
  run('npm', ['pack', `@napi-rs/${canvas}@${version}`, '--pack-destination', folder]);
  mkdirSync(place);
  run('tar', ['-xzf', join(folder, `napi-rs-${canvas}-${version}.tgz`), '-C', place, '--strip-components=1']);
}

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
const s3 = new S3Client({ region: values.region });
// hashed files first, pages last: a page never names a file that is not there yet
const files = [join(root, 'web/build'), join(root, 'dist/site')]
  .filter(existsSync)
  .flatMap(siteFiles)
  .sort((a, b) => Number(a.key.endsWith('.html')) - Number(b.key.endsWith('.html')));
for (const file of files) {
  await s3.send(
    new PutObjectCommand({
      Bucket: Handbook['SiteBucket'] ?? '',
      Key: file.key,
      Body: contentOf(file),
      ContentType: file.contentType,
      CacheControl: file.cacheControl,
    }),
  );
}
console.log(
  `${files.length} files of the site are up: ${values.domain === undefined ? Handbook['SiteAddress'] : `https://${values.domain}`}`,
);
