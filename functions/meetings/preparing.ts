import { type Route, route } from '#runtime/http.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { isInvited, rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { dutiesOf } from '#shared/meetings/duties.ts';
import { mayRecord } from '#shared/meetings/leading.ts';
import type { MeetingRow } from '#shared/meetings/model.ts';
import { usualOf } from '#shared/meetings/preparation.ts';
import { asksFor, type Heard } from '#shared/meetings/reminders.ts';
import { type RequiredItem, requiredFor, stillRequired } from '#shared/meetings/required.ts';
import { awaitedOf, type Rhythm } from '#shared/meetings/rhythm.ts';
import { requiredAbove } from './required-above.ts';
import { rosterOf } from './store/attendance.ts';
import { heardOf } from './store/heard.ts';
import { meetingsOf, type Prepared, preparedOf } from './store/meetings.ts';
import { recordRhythm, rhythmOf } from './store/required.ts';

/** The branch's month, and what is left before a meeting. */
export const preparingRows: readonly Route[] = [
  route(contract.rhythm, async ({ input, now }) => {
    const [rows, own] = await Promise.all([meetingsOf(input.unitId), rhythmOf(input.unitId)]);
    return ok(month(rows, own ?? usualOf(dayOf(now)), now));
  }),

  route(contract.setRhythm, async ({ input, now }) => {
    await recordRhythm(input.unitId, input.rhythm);
    return ok(month(await meetingsOf(input.unitId), input.rhythm, now));
  }),

  route(contract.preparation, async ({ input, actor, now }) => {
    const [prepared, heard, roster] = await Promise.all([preparedOf(input), heardOf(input), rosterOf(input.unitId)]);
    if (!prepared) return refuse('not-found');
    const { meeting } = prepared;
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    const { required, duties } = await leftOf(input.unitId, prepared, heard, now);
    const members = rollOf(meeting, roster);
    const silent = members.filter((member) => asksFor(meeting, member, heard.get(member.memberId) ?? nothingHeard));
    return ok({
      duties,
      required,
      suggestions: suggestionsIn(heard),
      unheard: silent.map(({ memberId }) => memberId),
      told: members.filter(({ memberId, state }) => isInvited(meeting, memberId) && state !== 'exempt').length,
    });
  }),
];

const month = (rows: readonly MeetingRow[], rhythm: Rhythm, now: Instant) => ({
  rhythm,
  awaited: awaitedOf(rows, rhythm, now),
});

export const nothingHeard: Heard = { opinions: [], suggestions: [] };

const suggestionsIn = (heard: ReadonlyMap<string, Heard>) =>
  [...heard.values()].flatMap(({ suggestions }) => suggestions).toSorted((a, b) => a.at.localeCompare(b.at));

/** What is left before a meeting, and what it should take of what was asked for from above. */
export const leftOf = async (
  unitId: UnitId,
  prepared: Prepared,
  heard: ReadonlyMap<string, Heard>,
  now: Instant,
): Promise<{ required: RequiredItem[]; duties: ReturnType<typeof dutiesOf> }> => {
  const [rows, asked] = await Promise.all([meetingsOf(unitId), requiredAbove(unitId, now)]);
  const { meeting, plan } = prepared;
  const required = requiredFor({ ...meeting, startsAt: plan.startsAt }, asked, rows);
  const suggestions = suggestionsIn(heard);
  const duties = dutiesOf(
    {
      ...prepared,
      rows,
      required: required.length > 0,
      requiredLeft: stillRequired(plan, required).length,
      suggestions: suggestions.length,
      suggestionsLeft: suggestions.filter(({ answer }) => answer === undefined).length,
    },
    now,
  );
  return { required, duties };
};
