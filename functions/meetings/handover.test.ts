import { beforeAll, expect, it } from 'vitest';
import { aHouse, call } from '#runtime/testing.ts';
import * as contract from '#shared/meetings/contract.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { aBranch, anOpen, aPublished, unitId, who } from './testing.ts';

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
});

const folder = async (name: string) => (await call(handler, contract.handover, { unitId }, who(name))).body;

it('tells who takes the office over which held meetings are not settled, and nobody else', async () => {
  expect(await folder('lan')).toEqual({ unsettled: [] });
  await aPublished(10);
  const ref = await anOpen();
  expect(await folder('lan')).toEqual({ unsettled: [] });
  await call(handler, contract.close, ref, who('lan'));
  expect(await folder('lan')).toMatchObject({ unsettled: [{ meetingId: ref.meetingId, wanting: 'minutes' }] });
  const draft = (await call(handler, contract.draft, ref, who('lan'))).body.sections;
  await call(handler, contract.correctMinutes, { ...ref, basedOn: 0, sections: draft }, who('lan'));
  expect(await folder('lan')).toMatchObject({ unsettled: [{ wanting: 'adoption' }] });
  for (const name of ['tam', 'tu', 'stranger', 'officer']) expect((await folder(name)).code).toBe('not-allowed');
});
