/** Every name a function can be given. A grant in infra sets the name and the permission together; there is no other way to learn one. */
export type EnvName =
  | 'IDENTITY_TABLE'
  | 'AUDIT_TABLE'
  | 'MEMBERS_TABLE'
  | 'TASKS_TABLE'
  | 'DOCUMENTS_TABLE'
  | 'MEETINGS_TABLE'
  | 'BALLOTS_TABLE'
  | 'POINTS_TABLE'
  | 'REPORTS_TABLE'
  | 'CONTENT_BUCKET'
  | 'INBOX_BUCKET'
  | 'SEAL_BUCKET'
  | 'KEYS_SECRET'
  | 'PUSH_SECRET'
  | 'EDGE_STORE'
  | 'FACT_ROUTES'
  | 'WAYS'
  | 'WARM_FUNCTIONS'
  | 'DISTRIBUTION'
  | 'ORIGIN_SECRET'
  | 'SITE_ORIGIN'
  | 'COOKIE_SUFFIX'
  | 'STAFF_POOL'
  | 'STAFF_CLIENT'
  | 'MEMBER_POOL'
  | 'MEMBER_CLIENT'
  | 'STAFF_JWKS';

/** The value of a granted name; a missing one is a missing grant, which is a bug. */
export const env = (name: EnvName): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not known here: grant it in infra`);
  return value;
};
