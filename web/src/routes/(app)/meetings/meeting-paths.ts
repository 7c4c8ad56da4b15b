import type { MeetingId, UnitId } from '#shared/kernel/ids.ts';

export interface MeetingRef {
  readonly unitId: UnitId;
  readonly meetingId: MeetingId;
}

/** Files of a branch's meetings, as the content network serves them. */
export const branchFile = (unitId: UnitId) => `/content/live/${unitId}/branch.json` as const;
export const liveFile = ({ unitId, meetingId }: MeetingRef) => `/content/live/${unitId}/${meetingId}.json` as const;
export const packFile = (unitId: UnitId, pack: string) => `/content/pack/${unitId}/${pack}.json` as const;
