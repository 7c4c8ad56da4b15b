import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { handbook } from './app.ts';

// the CDK's command line reads cdk.json itself; without it (offline, in tests, on a laptop) the same settings are read here
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8'));

/** Synthesises the cloud into `cdk.out`; a finding of cdk-nag without a written reason ends it with an error. */
const app = new App({
  outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out',
  context,
  // the local cloud and access.txt name things by their path, and find code by its asset
  postCliContext: { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true },
});
handbook(app);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
