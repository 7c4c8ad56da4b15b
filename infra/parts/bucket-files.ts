import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { EnvName } from '../../functions/runtime/env.ts';
import type { ServiceFunction } from './service-function.ts';
import { allowWildcard } from './wildcard.ts';

/** The files of one bucket: a grant names the prefix (`content/live/*`), and is the only way to learn the bucket's name. */
export class BucketFiles {
  readonly bucket: IBucket;
  private readonly envName: EnvName;

  constructor(bucket: IBucket, envName: EnvName) {
    this.bucket = bucket;
    this.envName = envName;
  }

  readBy(fn: ServiceFunction, prefix: string): void {
    this.allow(fn, prefix, ['s3:GetObject']);
    // without it a missing file is answered as forbidden, and a function could not tell the two apart
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': prefix } },
      }),
    );
  }

  writeBy(fn: ServiceFunction, prefix: string): void {
    this.allow(fn, prefix, ['s3:PutObject']);
  }

  /** Uploads in parts: begin, add, list, finish, give up. */
  uploadBy(fn: ServiceFunction, prefix: string): void {
    this.allow(fn, prefix, ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']);
  }

  removeBy(fn: ServiceFunction, prefix: string): void {
    this.allow(fn, prefix, ['s3:DeleteObject']);
  }

  private allow(fn: ServiceFunction, prefix: string, actions: string[]): void {
    fn.learn(this.envName, this.bucket.bucketName);
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [this.bucket.arnForObjects(prefix)] }));
    allowWildcard(fn, this.bucket.bucketArn, `/${prefix}`, 'Files below one named prefix.');
  }
}
