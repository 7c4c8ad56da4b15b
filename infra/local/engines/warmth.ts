import { randomUUID } from 'node:crypto';
import { type Credentials, localCredentials } from './credentials.ts';
import { type Listening, listen, readBody } from './listen.ts';
import { isServiceError, serviceError } from './service-error.ts';
import { sha256, splitTarget, verifySignature } from './signature.ts';

export interface WarmthOptions {
  /** So many environments of this function are to be ready. */
  readonly onReady: (functionName: string, environments: number) => void;
  readonly credentials?: Credentials;
  readonly port?: number;
}

/** The part of Lambda's own service that functions use: provisioned concurrency of an alias, asked, set and ended. */
export const startWarmth = (options: WarmthOptions): Promise<Listening> => {
  const ready = new Map<string, number>();
  const perform = (method: string, target: string, body: Buffer): { status: number; answer?: object } => {
    const { path, query } = splitTarget(target);
    const name = /^\/2019-09-30\/functions\/([^/]+)\/provisioned-concurrency$/.exec(path)?.[1];
    const alias = /(?:^|&)Qualifier=([^&]+)/.exec(query)?.[1];
    if (name === undefined || alias === undefined)
      throw serviceError(400, 'InvalidParameterValueException', 'Names of a function and its alias are needed.');
    const key = `${name}:${alias}`;
    const standing = ready.get(key);
    if (method === 'PUT') {
      const wanted: unknown = JSON.parse(body.toString())?.ProvisionedConcurrentExecutions;
      if (typeof wanted !== 'number' || !Number.isInteger(wanted) || wanted < 1)
        throw serviceError(400, 'InvalidParameterValueException', 'At least one environment.');
      ready.set(key, wanted);
      options.onReady(name, wanted);
      return { status: 202, answer: { RequestedProvisionedConcurrentExecutions: wanted, Status: 'IN_PROGRESS' } };
    }
    if (method === 'DELETE') {
      ready.delete(key);
      options.onReady(name, 0);
      return { status: 204 };
    }
    if (standing === undefined)
      throw serviceError(
        404,
        'ProvisionedConcurrencyConfigNotFoundException',
        'No Provisioned Concurrency Config found',
      );
    return { status: 200, answer: { RequestedProvisionedConcurrentExecutions: standing, Status: 'READY' } };
  };
  return listen(async (request, response) => {
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
    try {
      const body = await readBody(request, 100_000);
      const { method = '', url = '/' } = request;
      verifySignature(
        { method, ...splitTarget(url), headers: request.headers },
        {
          service: 'lambda',
          credentials: options.credentials ?? localCredentials,
          payloadHash: sha256(body),
          now: Date.now(),
        },
      );
      const { status, answer } = perform(method, url, body);
      response.writeHead(status, headers).end(answer && JSON.stringify(answer));
    } catch (cause) {
      const refusal = isServiceError(cause)
        ? cause
        : serviceError(500, 'ServiceException', 'The local service failed.');
      if (!isServiceError(cause)) console.error('local lambda:', cause);
      response
        .writeHead(refusal.status, { ...headers, 'x-amzn-errortype': refusal.code })
        .end(JSON.stringify({ Message: refusal.message }));
    }
  }, options.port);
};
