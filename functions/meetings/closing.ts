import { type Route, route } from '#runtime/http.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import * as contract from '#shared/meetings/contract.ts';
import { doneAt } from '#shared/meetings/later.ts';
import { decideClose, mayRecord } from '#shared/meetings/leading.ts';
import { decideAdoption, decideCorrection, draftMinutes, draftResolution, termOf } from '#shared/meetings/minutes.ts';
import { dayOfMeeting } from '#shared/meetings/model.ts';
import { changing, ofMeeting } from './changing.ts';
import { baseOf, wholeRecordOf } from './record.ts';
import { rosterOf } from './store/attendance.ts';
import { meetingOf, recordMove } from './store/meetings.ts';
import {
  minutesOf,
  minutesVersionsOf,
  recordAdoption,
  recordConclusion,
  recordMinutes,
  recordResolution,
} from './store/papers.ts';

/** From the conclusion to the adopted minutes. Each act is kept by itself, so that the end can be left and taken up again. */
export const closingRows: readonly Route[] = [
  route(contract.conclude, async ({ input, actor, now, actedAt }) => {
    const [meeting, minutes] = await Promise.all([meetingOf(input), minutesOf(input)]);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('wrong-state');
    if (minutes?.state === 'adopted') return refuse('already-adopted');
    // words that waited on a phone do not take the place of newer ones
    const { at } = doneAt(actedAt, now);
    const stands = await recordConclusion(input, input.conclusion, at);
    return stands ? ok(stands) : refuse('changed-meanwhile');
  }),

  route(contract.close, ({ input, now, actedAt }) =>
    changing(
      input,
      ({ meeting }) => {
        const { at, sentLater } = doneAt(actedAt, now);
        return ofMeeting(decideClose(meeting, at, sentLater));
      },
      ({ meeting }, { plan }) => recordMove({ meeting, plan }, now),
    ),
  ),

  route(contract.draft, async ({ input, actor, now }) => {
    const record = await wholeRecordOf(input);
    if (!record) return refuse('not-found');
    if (!mayRecord(record.meeting, actor, now)) return refuse('not-allowed');
    const drafted = draftMinutes(record);
    return drafted.ok ? ok({ sections: drafted.value }) : drafted;
  }),

  route(contract.correctMinutes, async ({ input, actor, now }) => {
    const [meeting, standing] = await Promise.all([meetingOf(input), minutesOf(input)]);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    const decided = decideCorrection(meeting, standing, input, { memberId: actor.memberId, now });
    if (!decided.ok || decided.value === standing) return decided;
    return (await recordMinutes(input, decided.value)) ? decided : refuse('changed-meanwhile');
  }),

  route(contract.adoptMinutes, async ({ input, actor, now }) => {
    const [meeting, standing] = await Promise.all([meetingOf(input), minutesOf(input)]);
    if (!meeting) return refuse('not-found');
    const { present } = await baseOf(meeting);
    const decided = decideAdoption(meeting, standing, { ...input, present }, { memberId: actor.memberId, now });
    if (!decided.ok || decided.value === standing) return decided;
    const adopted = await recordAdoption(input, decided.value);
    return adopted ? ok(adopted) : refuse('changed-meanwhile');
  }),

  route(contract.minutesHistory, async ({ input, actor, now }) => {
    const meeting = await meetingOf(input);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    const [versions, roster] = await Promise.all([minutesVersionsOf(input), rosterOf(input.unitId)]);
    const nameOf = (id: MemberId) => roster.find(({ memberId }) => memberId === id)?.name ?? '';
    return ok({
      versions: versions.map(({ version, sections, editedBy, editedAt }) => ({
        version,
        sections,
        editedBy: nameOf(editedBy),
        editedAt,
      })),
    });
  }),

  route(contract.issueResolution, async ({ input, actor, now }) => {
    const record = await wholeRecordOf(input);
    if (!record) return refuse('not-found');
    if (record.papers.resolution) return ok(record.papers.resolution);
    const drafted = draftResolution(record);
    if (!drafted.ok) return drafted;
    const term = termOf(dayOfMeeting(record.meeting));
    return ok(await recordResolution(input, { ...drafted.value, term, issuedBy: actor.memberId, issuedAt: now }));
  }),
];
