import { httpApi } from '#runtime/http.ts';
import { attendanceRows } from './attendance.ts';
import { closingRows } from './closing.ts';
import { committeeRows } from './committee.ts';
import { handoverRows } from './handover.ts';
import { handRows } from './hands.ts';
import { leadingRows } from './leading.ts';
import { opinionRows } from './opinions.ts';
import { planningRows } from './planning.ts';
import { practiceRows } from './practice.ts';
import { preparingRows } from './preparing.ts';
import { ratingRows } from './rating.ts';
import { receivedRows } from './received.ts';
import { reminderRows } from './reminders.ts';
import { requiredRows } from './required.ts';
import { secretRows } from './secret.ts';
import { speakerRows } from './speakers.ts';
import { suggestionRows } from './suggestions.ts';
import { votingRows } from './voting.ts';

/** Every operation of the contract, in the order of an evening. */
export const handler = httpApi('meetings', [
  ...requiredRows,
  ...planningRows,
  ...preparingRows,
  ...suggestionRows,
  ...reminderRows,
  ...committeeRows,
  ...leadingRows,
  ...attendanceRows,
  ...speakerRows,
  ...opinionRows,
  ...votingRows,
  ...handRows,
  ...secretRows,
  ...closingRows,
  ...ratingRows,
  ...receivedRows,
  ...handoverRows,
  ...practiceRows,
]);
