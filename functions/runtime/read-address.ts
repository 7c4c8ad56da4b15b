import { hash } from 'node:crypto';
import { endpointOf, hmac, regionOf, signingKeyOf } from './aws-call.ts';
import { type EnvName, env } from './env.ts';
import { encoded } from './files.ts';

/**
 * An address from which one file can be read for so many seconds; saved under `fileName` if one is given. Signed in its
 * query. Source: AWS General Reference, "Authenticating requests: using query parameters".
 */
export const addressToRead = (name: EnvName, key: string, seconds: number, fileName?: string): string => {
  const { AWS_ACCESS_KEY_ID: keyId = '', AWS_SECRET_ACCESS_KEY: secret = '', AWS_SESSION_TOKEN: token } = process.env;
  const { protocol, host } = endpointOf('s3');
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/${regionOf('s3')}/s3/aws4_request`;
  const path = `/${env(name)}/${key.split('/').map(encoded).join('/')}`;
  const said: Readonly<Record<string, string>> = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
    'X-Amz-Credential': `${keyId}/${scope}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
    ...(token !== undefined && { 'X-Amz-Security-Token': token }),
    ...(fileName !== undefined && {
      'response-content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    }),
  };
  const query = Object.entries(said)
    .map(([field, value]) => `${encoded(field)}=${encoded(value)}`)
    .sort()
    .join('&');
  const canonical = `GET\n${path}\n${query}\nhost:${host}\n\nhost\nUNSIGNED-PAYLOAD`;
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical, 'hex')}`;
  const signature = hmac(signingKeyOf(secret, scope), toSign).toString('hex');
  return `${protocol}//${host}${path}?${query}&X-Amz-Signature=${signature}`;
};
