import { afterAll, beforeAll, expect, it } from 'vitest';
import { aHouse, call } from '#runtime/testing.ts';
import { keepReady } from '#runtime/warmth.ts';
import * as contract from '#shared/meetings/contract.ts';
import { startWarmth } from '../../infra/local/engines/warmth.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onHourNear } from './on-hour-near.ts';
import { handler as onMeetingChanged } from './on-meeting-changed.ts';
import { aBranch, aPublished, deliver, factsOf, who } from './testing.ts';

const asked: [string, number][] = [];
const service = await startWarmth({ onReady: (name, environments) => void asked.push([name, environments]) });
afterAll(() => service.stop());

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = service.endpoint;
  process.env['WARM_FUNCTIONS'] = JSON.stringify([
    { name: 'Access', alias: 'warm' },
    { name: 'Meetings', alias: 'warm' },
  ]);
});

it('keeps functions ready while a published meeting is near, asks once, and lets them go when it is over', async () => {
  await onHourNear();
  expect(asked).toEqual([]);
  const ref = await aPublished(20);
  await deliver(onMeetingChanged, await factsOf(ref));
  for (let run = 0; run < 2; run++) await onHourNear();
  expect(asked.splice(0).sort()).toEqual([
    ['Access', 2],
    ['Meetings', 2],
  ]);
  for (const act of [contract.open, contract.close])
    expect((await call(handler, act, ref, who('lan'))).status).toBe(200);
  for (let run = 0; run < 2; run++) await onHourNear();
  expect(asked.splice(0).sort()).toEqual([
    ['Access', 0],
    ['Meetings', 0],
  ]);
});

it('tells when the service refuses, so that the run counts as failed', async () => {
  await expect(keepReady({ name: 'Meetings', alias: 'warm' }, -1)).rejects.toThrow('At least one environment');
});
