import { expect, it } from 'vitest';
import { aBucket } from '../../infra/local/testing.ts';
import { openBucket } from './files.ts';
import { addressToRead } from './read-address.ts';

it('an address opens one file for a while, under the name it is saved by, and no other', async () => {
  await aBucket('CONTENT_BUCKET');
  const key = 'content/docs/cb-1/nghị quyết (1)*.txt';
  await openBucket('CONTENT_BUCKET').write(key, 'Điều 1', { contentType: 'text/plain', cacheControl: '' });
  const address = addressToRead('CONTENT_BUCKET', key, 60, "Nghị quyết 'số 1'.txt");
  const answer = await fetch(address);
  expect(await answer.text()).toBe('Điều 1');
  expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''Ngh%E1%BB%8B");
  expect((await fetch(addressToRead('CONTENT_BUCKET', key, 60))).status).toBe(200);
  expect((await fetch(address.replace('Expires=60', 'Expires=600'))).status).toBe(403);
  expect((await fetch(address.replace('cb-1', 'cb-2'))).status).toBe(403);
  expect((await fetch(address, { method: 'PUT', body: 'x' })).status).toBe(403);
});
