import * as v from 'valibot';
import { groupedFacts } from '#runtime/queue.ts';
import { DocumentStudied } from '#shared/documents/model.ts';
import { AttendanceRecorded, OpinionGiven } from '#shared/meetings/model.ts';
import { entryOf } from '#shared/points/rules.ts';
import { keepEntries } from './store.ts';

/** Whatever earns points, a branch at a time: what a hall did in some seconds is a handful of writes. */
export const handler = groupedFacts(
  v.variant('type', [AttendanceRecorded, OpinionGiven, DocumentStudied]),
  ({ unitId }) => unitId,
  async (facts) => keepEntries(facts.map(entryOf)),
);
