import * as v from 'valibot';
import { operation } from '#shared/kernel/operation.ts';
import { Day } from '#shared/kernel/time.ts';

// A file of its own: every phone carries it, and nothing else of the reports.
export const opened = operation({
  id: 'reports.opened',
  summary: 'A page was seen: one access for member and day, however often it is sent',
  method: 'POST',
  path: '/api/reports/opened',
  allow: 'signed-in',
  later: true,
  givesWay: 'statistics',
  input: v.object({ day: Day }),
  output: v.object({ day: Day }),
  refusals: {},
});
