import { App } from 'aws-cdk-lib';
import { handbook } from './app.ts';

const app = new App({ outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out' });
handbook(app);
app.synth();
