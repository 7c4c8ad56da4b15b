import { askAws } from './aws-call.ts';
import { type EnvName, env } from './env.ts';

const kept = new Map<EnvName, { value: Promise<string>; at: number }>();
/** A secret is asked for again after this; rotation is a deployment's matter. */
const AGE_MS = 3_600_000;

/** The text of the secret granted under this name, kept in memory for an hour. */
export const secretOf = (name: EnvName): Promise<string> => {
  const known = kept.get(name);
  if (known && Date.now() - known.at < AGE_MS) return known.value;
  const value = fetchSecret(name);
  kept.set(name, { value, at: Date.now() });
  // a failed look is not kept: the next request asks again
  value.catch(() => kept.delete(name));
  return value;
};

const fetchSecret = async (name: EnvName): Promise<string> => {
  const { SecretString } = await askAws<{ SecretString?: string }>('secretsmanager', 'GetSecretValue', {
    SecretId: env(name),
  });
  if (!SecretString) throw new Error(`${name} names a secret without text`);
  return SecretString;
};
