import { httpApi } from '#runtime/http.ts';
import { correctionRows } from './corrections.ts';
import { importRows } from './importing.ts';
import { logRows } from './log.ts';
import { recordRows } from './records.ts';
import { roleRows } from './roles.ts';
import { unitRows } from './units.ts';

export const handler = httpApi('members', [
  ...unitRows,
  ...recordRows,
  ...importRows,
  ...roleRows,
  ...correctionRows,
  ...logRows,
]);
