import { randomBytes, randomUUID } from 'node:crypto';
import { serviceError } from '../service-error.ts';
import { type Pool, requireUser, withPassword } from './pool.ts';
import { aliasesOf, type User } from './storage.ts';
import { totpCode } from './totp.ts';

export interface Attribute {
  readonly Name: string;
  readonly Value: string;
}

/** Attributes that a pool knows from the start. Source: Amazon Cognito, standard attributes. */
const standard = new Set(
  (
    'address birthdate email email_verified family_name gender given_name locale middle_name name nickname ' +
    'phone_number phone_number_verified picture preferred_username profile updated_at website zoneinfo'
  ).split(' '),
);

export const createUser = (
  pool: Pool,
  name: string,
  attributes: readonly Attribute[],
  temporaryPassword = randomBytes(12).toString('base64url'),
): object => {
  const { storage, settings, now } = pool;
  if (storage.find(settings.poolId, name) !== undefined) {
    throw serviceError(400, 'UsernameExistsException', 'User account already exists');
  }
  const bare: User = {
    pool: settings.poolId,
    username: name.toLowerCase(),
    sub: randomUUID(),
    attributes: checked(attributes),
    enabled: true,
    status: 'FORCE_CHANGE_PASSWORD',
    salt: '',
    verifier: '',
    created: now(),
    modified: now(),
  };
  requireFreeAliases(pool, bare);
  const user = withPassword(pool, bare, temporaryPassword, 'temporary');
  storage.save(user);
  return { User: described(user) };
};

export const setPassword = (pool: Pool, name: string, password: string, kind: 'permanent' | 'temporary'): object => {
  pool.storage.save(withPassword(pool, requireUser(pool, name), password, kind));
  return {};
};

export const getUser = (pool: Pool, name: string): object => {
  const user = requireUser(pool, name);
  const { Attributes, ...rest } = described(user);
  return { ...rest, UserAttributes: Attributes, ...secondFactors(user) };
};

/** A disabled user signs in no more, and what he holds is worth nothing at this service. */
export const setEnabled = (pool: Pool, name: string, enabled: boolean): object => {
  pool.storage.save({ ...requireUser(pool, name), enabled, modified: pool.now() });
  return {};
};

export const updateAttributes = (pool: Pool, name: string, attributes: readonly Attribute[]): object => {
  const user = requireUser(pool, name);
  const changed = { ...user, attributes: { ...user.attributes, ...checked(attributes) }, modified: pool.now() };
  requireFreeAliases(pool, changed);
  pool.storage.save(changed);
  return {};
};

/** Taking the app away makes the user set up a new one at the next sign-in, where the pool asks for one. */
export const setTotpPreference = (pool: Pool, name: string, enabled: boolean): object => {
  const user = requireUser(pool, name);
  if (enabled && user.totp === undefined) {
    throw serviceError(400, 'InvalidParameterException', 'User has not verified software token mfa');
  }
  if (!enabled) {
    const { totp: _, ...rest } = user;
    pool.storage.save({ ...rest, modified: pool.now() });
  }
  return {};
};

/** Only here: gives a user an authenticator app with a known secret, so that made-up people can sign in. */
export const setTotpSecret = (pool: Pool, name: string, secret: string): object => {
  // a secret that is no Base32 fails here and not at somebody's sign-in
  totpCode(secret, pool.now());
  const user = requireUser(pool, name);
  const totp = { sealed: pool.storage.seal.close(secret), lastStep: 0 };
  pool.storage.save({ ...user, totp, modified: pool.now() });
  return {};
};

export const signOutEverywhere = (pool: Pool, name: string): object => {
  const user = requireUser(pool, name);
  pool.storage.endSignIns(user.pool, user.username);
  return {};
};

export const deleteUser = (pool: Pool, name: string): object => {
  pool.storage.remove(requireUser(pool, name));
  return {};
};

export interface UserQuery {
  readonly limit: number;
  readonly after: string;
  /** As the service writes it: `email = "a@b.vn"` or `username ^= "a"`. */
  readonly filter: string;
}

export const listUsers = (pool: Pool, { limit, after, filter }: UserQuery): object => {
  const matches = filterOf(filter);
  const found: User[] = [];
  for (const user of pool.storage.page(pool.settings.poolId, after)) {
    if (!matches(user)) continue;
    if (found.length === limit) {
      const last = found.at(-1)?.username ?? '';
      return { Users: found.map(described), PaginationToken: Buffer.from(last).toString('base64url') };
    }
    found.push(user);
  }
  return { Users: found.map(described) };
};

/** What an owner is told of himself. */
export const ownUser = (user: User): object => ({
  Username: user.username,
  UserAttributes: described(user).Attributes,
  ...secondFactors(user),
});

const secondFactors = ({ totp }: User) =>
  totp === undefined ? {} : { UserMFASettingList: ['SOFTWARE_TOKEN_MFA'], PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA' };

const described = (user: User) => ({
  Username: user.username,
  Enabled: user.enabled,
  UserStatus: user.status,
  UserCreateDate: user.created / 1000,
  UserLastModifiedDate: user.modified / 1000,
  Attributes: Object.entries({ sub: user.sub, ...user.attributes }).map(([Name, Value]) => ({ Name, Value })),
});

const checked = (attributes: readonly Attribute[]): Record<string, string> => {
  for (const { Name, Value } of attributes) {
    const known = standard.has(Name) || /^custom:[\w.-]{1,20}$/.test(Name);
    const fits = Name !== 'phone_number' || /^\+\d{5,15}$/.test(Value);
    if (!known || !fits || Value.length > 2048) {
      throw serviceError(400, 'InvalidParameterException', `The attribute ${Name} is not known or does not fit.`);
    }
  }
  return Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]));
};

const requireFreeAliases = ({ storage, settings }: Pool, user: User): void => {
  for (const alias of aliasesOf(user)) {
    const owner = storage.findByAlias(settings.poolId, alias);
    if (owner !== undefined && owner.username !== user.username) {
      throw serviceError(
        400,
        'AliasExistsException',
        'An account with the given phone number or email already exists.',
      );
    }
  }
};

const filterOf = (filter: string): ((user: User) => boolean) => {
  if (filter === '') return () => true;
  const [, name = '', operator, value = ''] = /^"?([\w:]+)"?\s*(\^?=)\s*"(.*)"$/.exec(filter.trim()) ?? [];
  if (name === '') throw serviceError(400, 'InvalidParameterException', 'Error while parsing filter.');
  return (user) => {
    const own = valueOfFilter(user, name);
    return own !== undefined && (operator === '=' ? own === value : own.startsWith(value));
  };
};

const valueOfFilter = (user: User, name: string): string | undefined => {
  switch (name) {
    case 'username':
      return user.username;
    case 'sub':
      return user.sub;
    case 'status':
      return user.enabled ? 'Enabled' : 'Disabled';
    case 'cognito:user_status':
      return user.status;
    default:
      return user.attributes[name];
  }
};
