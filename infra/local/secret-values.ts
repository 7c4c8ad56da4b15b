import { randomInt } from 'node:crypto';
import type { SecretSpec } from './template-resources.ts';

const signs = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

/** A value for a new secret, as its `GenerateSecretString` asks for it; the given one if the template holds one. */
export const inventSecret = ({ value, generate }: SecretSpec): string => {
  if (value !== undefined) return value;
  if (generate === undefined) return '';
  const alphabet = [
    generate.ExcludeLowercase ? '' : signs.lower,
    generate.ExcludeUppercase ? '' : signs.upper,
    generate.ExcludeNumbers ? '' : signs.digits,
    generate.ExcludePunctuation ? '' : signs.punctuation,
    generate.IncludeSpace ? ' ' : '',
  ]
    .join('')
    .split('')
    .filter((sign) => !generate.ExcludeCharacters.includes(sign));
  if (alphabet.length === 0) throw new Error('A secret of the template excludes every sign');
  const word = Array.from({ length: generate.PasswordLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  if (generate.GenerateStringKey === undefined) return word;
  return JSON.stringify({ ...JSON.parse(generate.SecretStringTemplate ?? '{}'), [generate.GenerateStringKey]: word });
};
