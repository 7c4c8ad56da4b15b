import { beforeAll, expect, test } from 'vitest';
import { isMemberPassword, keepMemberPassword, removeMemberUser } from './member-pool.ts';

beforeAll(() => {
  process.env['AWS_REGION'] = 'ap-southeast-1';
  process.env['AWS_ACCESS_KEY_ID'] = 'nobody';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'nothing';
  process.env['MEMBER_POOL'] = 'ap-southeast-1_Pool00001';
  process.env['MEMBER_CLIENT'] = 'client';
  // nobody listens there
  process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] = 'http://127.0.0.1:9';
});

test('where the pool of members is away, whoever asks is told to wait', async () => {
  const busy = { ok: false, code: 'busy' };
  expect(await keepMemberPassword('0912000001', 'nhà có cây khế ngọt')).toEqual(busy);
  expect(await isMemberPassword('0912000001', 'nhà có cây khế ngọt')).toEqual(busy);
  expect(await removeMemberUser('0912000001')).toEqual(busy);
});
