import { type AwsAnswer, callAws } from './aws-call.ts';
import { env } from './env.ts';

/** A function behind an alias whose environments can be kept ready. */
export interface WarmFunction {
  readonly name: string;
  readonly alias: string;
}

/** The functions that this one may keep ready. */
export const warmFunctions = (): readonly WarmFunction[] => JSON.parse(env('WARM_FUNCTIONS')) as WarmFunction[]; // set by infra

const ask = (method: 'GET' | 'PUT' | 'DELETE', { name, alias }: WarmFunction, body = ''): Promise<AwsAnswer> =>
  callAws({
    service: 'lambda',
    method,
    path: `/2019-09-30/functions/${name}/provisioned-concurrency?Qualifier=${alias}`,
    headers: { 'content-type': 'application/json' },
    body,
  });

/** Keeps so many environments of a function ready from now on, or none; asks for nothing that is so already. */
export const keepReady = async (fn: WarmFunction, environments: number): Promise<void> => {
  const standing = await ask('GET', fn);
  const now = standing.status === 404 ? 0 : Number(parsed(standing)['RequestedProvisionedConcurrentExecutions']);
  if (standing.status !== 200 && standing.status !== 404) throw fault(standing);
  if (now === environments) return;
  const answer =
    environments === 0
      ? await ask('DELETE', fn)
      : await ask('PUT', fn, JSON.stringify({ ProvisionedConcurrentExecutions: environments }));
  if (answer.status >= 300) throw fault(answer);
};

const parsed = ({ body }: AwsAnswer): Record<string, unknown> => JSON.parse(body.toString()) as Record<string, unknown>;

const fault = ({ status, body }: AwsAnswer): Error =>
  new Error(`lambda: ${status} ${/"(?:Message|message)":"([^"]*)"/.exec(body.toString())?.[1] ?? ''}`);
