export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The key pair that local clients sign with and local engines verify. It opens nothing but engines on 127.0.0.1. */
export const localCredentials: Credentials = { accessKeyId: 'local-access-key', secretAccessKey: 'local-secret-key' };

/** Region of everything local, the same as in the template. */
export const localRegion = 'ap-southeast-1';

/** Account number that stands in ARNs and queue URLs of local engines. */
export const localAccount = '000000000000';
