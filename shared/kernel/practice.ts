import * as v from 'valibot';
import { UnitId } from './ids.ts';
import { addDays, Day, dayOf, type Instant, instantAt, millisecondsOf } from './time.ts';

// A branch may practise: beside it stands a branch of the same people for one day, in which everybody may do everything. What
// happens there is told to nobody else, and goes after the day. Source: decision "A practice branch is known by its name" (README).
const NAME = /^tap-(\d{2})(\d{2})(\d{2})-(.+)$/;

/** The practice branch of a unit on the day of this instant; nothing where its name leaves no room. */
export const practiceOf = (unitId: UnitId, now: Instant): UnitId | undefined => {
  if (isPractice(unitId)) return undefined;
  const parsed = v.safeParse(UnitId, `tap-${dayOf(now).slice(2).replaceAll('-', '')}-${unitId}`);
  return parsed.success ? parsed.output : undefined;
};

export const isPractice = (unitId: string): boolean => NAME.test(unitId);

/** The unit whose people practise here. */
export const practisingUnit = (practice: UnitId): UnitId | undefined => {
  const parsed = v.safeParse(UnitId, NAME.exec(practice)?.[4]);
  return parsed.success ? parsed.output : undefined;
};

/** The id of something made at this unit: what is practised bears its day, so that it goes with it wherever it is written. */
export const idAt = (unitId: UnitId, id: string): string =>
  isPractice(unitId) ? `${unitId.slice(0, 'tap-yymmdd-'.length)}${id}` : id;

/** When what was practised goes, in seconds since 1970: a day after the last hour in which anybody can act there. */
export const practiceExpiry = (practice: string): number | undefined => {
  const [, year, month, day] = NAME.exec(practice) ?? [];
  const parsed = v.safeParse(Day, `20${year}-${month}-${day}`);
  return parsed.success ? millisecondsOf(instantAt(addDays(parsed.output, 2), '00:00')) / 1000 : undefined;
};
