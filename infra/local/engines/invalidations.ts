import { randomUUID } from 'node:crypto';
import { type Credentials, localCredentials } from './credentials.ts';
import { type Listening, listen, readBody } from './listen.ts';
import { isServiceError, serviceError } from './service-error.ts';
import { sha256, splitTarget, verifySignature } from './signature.ts';

/** Longest request: the three thousand paths that an invalidation may name. */
const longestRequest = 1024 * 1024;

export interface InvalidationsOptions {
  /** Has the edge of this distribution forget the paths (`/content/x/*`). */
  readonly invalidate: (distributionId: string, paths: readonly string[]) => void;
  readonly credentials?: Credentials;
  readonly port?: number;
}

/** The one operation of the CDN's own service that functions use: CreateInvalidation. The same reference again is the same invalidation. */
export const startInvalidations = (options: InvalidationsOptions): Promise<Listening> => {
  const known = new Map<string, string>();
  return listen(async (request, response) => {
    const answer = (status: number, xml: string) =>
      response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() }).end(xml);
    try {
      const body = await readBody(request, longestRequest);
      const { method = '', headers, url = '/' } = request;
      verifySignature(
        { method, ...splitTarget(url), headers },
        {
          service: 'cloudfront',
          credentials: options.credentials ?? localCredentials,
          payloadHash: sha256(body),
          now: Date.now(),
        },
      );
      const distributionId = /^\/2020-05-31\/distribution\/([^/]+)\/invalidation\/?$/.exec(splitTarget(url).path)?.[1];
      if (method !== 'POST' || distributionId === undefined)
        throw serviceError(501, 'NotImplemented', 'This local service only takes invalidations.');
      const text = body.toString('utf8');
      const reference = valuesOf(text, 'CallerReference')[0];
      const paths = valuesOf(text, 'Path');
      if (reference === undefined || paths.length === 0 || paths.some((path) => !path.startsWith('/')))
        throw serviceError(
          400,
          'InvalidArgument',
          'An invalidation needs a reference and paths that begin with a slash.',
        );
      const key = `${distributionId} ${reference}`;
      if (!known.has(key)) options.invalidate(distributionId, paths);
      const id = known.get(key) ?? `I${randomUUID().replaceAll('-', '').slice(0, 13).toUpperCase()}`;
      known.set(key, id);
      answer(201, invalidation(id, new Date().toISOString(), text));
    } catch (cause) {
      const refusal = isServiceError(cause) ? cause : serviceError(500, 'InternalError', 'The local service failed.');
      if (!isServiceError(cause)) console.error('local cloudfront:', cause);
      answer(
        refusal.status,
        `<ErrorResponse><Error><Code>${refusal.code}</Code><Message>${refusal.message}</Message></Error></ErrorResponse>`,
      );
    }
  }, options.port);
};

/** What stands in the elements of this name. The SDK writes no attributes and no comments. */
const valuesOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) =>
    (value as string)
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
  );

const invalidation = (id: string, at: string, batch: string): string => {
  const sent = batch.replace(/^<\?xml[^>]*\?>/, '');
  return `<?xml version="1.0" encoding="UTF-8"?><Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>${id}</Id><Status>Completed</Status><CreateTime>${at}</CreateTime>${sent}</Invalidation>`;
};
