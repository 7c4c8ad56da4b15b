import { practiceOf } from '#shared/kernel/practice.ts';
import { addMilliseconds, DAY_MS, instantOf } from '#shared/kernel/time.ts';
import type { Session } from './session.svelte.ts';

/** Which practice branch this tab is in: another tab, and the next evening, are in none. */
const KEPT_UNDER = 'practice';
/** What may be practised: everything else stays real, and going there ends the practice. */
export const PRACTISED = /^\/(meetings|documents|practice)(\/|$)/;

/** The practice branch of this person's own unit today. */
export const practiceUnit = (session: Session) => practiceOf(session.real.unitId, instantOf(Date.now()));

/** From here on this tab shows the practice branch, in which everybody may do everything. */
export const enterPractice = (session: Session): void => {
  const unitId = practiceUnit(session);
  if (unitId === undefined) return;
  const from = addMilliseconds(instantOf(Date.now()), -DAY_MS);
  sessionStorage.setItem(KEPT_UNDER, unitId);
  session.practice = {
    unitId,
    units: [{ unitId, name: 'Chi bộ tập dượt' }],
    grants: [
      { role: 'member', unitId, from },
      { role: 'branch_secretary', unitId, from },
    ],
  };
};

export const leavePractice = (session: Session): void => {
  sessionStorage.removeItem(KEPT_UNDER);
  session.practice = undefined;
};

/** Goes on with it after a reload, on the same day and where it may be practised. */
export const resumePractice = (session: Session): void => {
  const same = sessionStorage.getItem(KEPT_UNDER) === practiceUnit(session);
  if (same && PRACTISED.test(location.pathname)) enterPractice(session);
  else leavePractice(session);
};
