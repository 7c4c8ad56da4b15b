import { httpApi } from '#runtime/http.ts';
import { attendanceRows } from './attendance.ts';
import { closingRows } from './closing.ts';
import { leadingRows } from './leading.ts';
import { opinionRows } from './opinions.ts';
import { planningRows } from './planning.ts';
import { votingRows } from './voting.ts';

/** Every operation of the contract, in the order of an evening. */
export const handler = httpApi('meetings', [
  ...planningRows,
  ...leadingRows,
  ...attendanceRows,
  ...opinionRows,
  ...votingRows,
  ...closingRows,
]);
