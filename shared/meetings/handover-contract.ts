import * as v from 'valibot';
import { UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Unsettled } from './handover.ts';

export const handover = operation({
  id: 'meetings.handover',
  summary:
    'Meetings of the last two years whose minutes are not written, adopted or signed, for who takes the office over',
  method: 'GET',
  path: '/api/meetings/{unitId}/handover',
  allow: 'meetings.run',
  input: v.object({ unitId: UnitId }),
  output: v.object({ unsettled: v.array(Unsettled) }),
  refusals: {},
});
