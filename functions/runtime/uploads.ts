import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  NoSuchUpload,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type EnvName, env } from './env.ts';

/** A part that has arrived; numbers count from 1. */
export interface ArrivedPart {
  readonly number: number;
  readonly bytes: number;
  readonly etag: string;
}

let client: S3Client | undefined;
/** A client of its own: an address signed with a checksum of nothing would refuse what the browser sends. */
const signer = (): S3Client => {
  client ??= new S3Client({ forcePathStyle: true, maxAttempts: 5, requestChecksumCalculation: 'WHEN_REQUIRED' });
  return client;
};

/** Files that a browser sends straight to a bucket, in parts that can be taken up again. */
export const openUploads = (name: EnvName) => ({
  async begin(key: string): Promise<string> {
    const answer = await signer().send(new CreateMultipartUploadCommand({ Bucket: env(name), Key: key }));
    if (answer.UploadId === undefined) throw new Error('the bucket gave no id for the upload');
    return answer.UploadId;
  },

  /** What has arrived, in order; undefined when the upload was completed, given up or cleaned away. */
  async arrived(key: string, uploadId: string): Promise<readonly ArrivedPart[] | undefined> {
    const parts: ArrivedPart[] = [];
    let after: string | undefined;
    try {
      do {
        const answer: ListPartsCommandOutput = await signer().send(
          new ListPartsCommand({
            Bucket: env(name),
            Key: key,
            UploadId: uploadId,
            ...(after !== undefined && { PartNumberMarker: after }),
          }),
        );
        for (const { PartNumber, Size, ETag } of answer.Parts ?? [])
          parts.push({ number: PartNumber ?? 0, bytes: Size ?? 0, etag: ETag ?? '' });
        after = answer.IsTruncated ? answer.NextPartNumberMarker : undefined;
      } while (after !== undefined);
      return parts;
    } catch (error) {
      if (error instanceof NoSuchUpload) return undefined;
      throw error;
    }
  },

  /** An address to which this one part may be put, for so many seconds. */
  addressOfPart(key: string, uploadId: string, number: number, seconds: number): Promise<string> {
    const command = new UploadPartCommand({ Bucket: env(name), Key: key, UploadId: uploadId, PartNumber: number });
    return getSignedUrl(signer(), command, { expiresIn: seconds });
  },

  /** Puts the parts together; false when the upload is no longer there, as after a repeat. */
  async complete(key: string, uploadId: string, parts: readonly ArrivedPart[]): Promise<boolean> {
    try {
      await signer().send(
        new CompleteMultipartUploadCommand({
          Bucket: env(name),
          Key: key,
          UploadId: uploadId,
          MultipartUpload: { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof NoSuchUpload) return false;
      throw error;
    }
  },

  async giveUp(key: string, uploadId: string): Promise<void> {
    try {
      await signer().send(new AbortMultipartUploadCommand({ Bucket: env(name), Key: key, UploadId: uploadId }));
    } catch (error) {
      if (!(error instanceof NoSuchUpload)) throw error;
    }
  },
});
export type Uploads = ReturnType<typeof openUploads>;
