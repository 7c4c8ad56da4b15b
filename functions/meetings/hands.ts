import { type Route, route } from '#runtime/http.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { decideHandVote } from '#shared/meetings/hands.ts';
import { doneAt } from '#shared/meetings/later.ts';
import { pollIdOf } from '#shared/meetings/model.ts';
import { changing, ofMeeting } from './changing.ts';
import { rosterOf } from './store/attendance.ts';
import { eveningOf } from './store/evening.ts';
import { recordMeeting } from './store/meetings.ts';
import { minutesOf } from './store/papers.ts';

/** Votes in which no phone had a part: a hall decides by hands also where there is no network. */
export const handRows: readonly Route[] = [
  route(contract.recordHands, ({ input, actor, now, actedAt }) =>
    changing(
      input,
      async ({ meeting }) => {
        const [roster, evening, minutes] = await Promise.all([
          rosterOf(input.unitId),
          eveningOf(input),
          minutesOf(input),
        ]);
        const vote = { ...input, pollId: pollIdOf(input.actionId) };
        const hall = {
          by: actor.memberId,
          roll: rollOf(meeting, roster),
          attendance: evening.roll,
          adopted: minutes?.state === 'adopted',
          done: doneAt(actedAt, now),
        };
        return ofMeeting(decideHandVote(meeting, vote, hall));
      },
      ({ meeting }) => recordMeeting(meeting, now),
    ),
  ),
];
