import { setTimeout as pause } from 'node:timers/promises';
import { addMilliseconds, DAY_MS, dayOf, type Instant, instantAt } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { type BranchManifest, meetingIdOf, type Plan } from '#shared/meetings/model.ts';
import { assign } from '#shared/tasks/contract.ts';
import { notes, taskTexts } from './meeting-texts.ts';
import { actOf, must, type SeededBranch, type SeededMember, type World } from './world.ts';

/**
 * Half past seven of the day on which the demonstration is made. Whoever makes it later in the evening finds a meeting that
 * waits for its opening: the door is open, and a secretary may open at any hour of that day and after.
 */
export const tonightOf = (now: Instant): Instant => instantAt(dayOf(now), '19:30');

export const placeOf = ({ name }: SeededBranch): string =>
  name.includes('thôn') ? `Nhà văn hóa ${name.replace('Chi bộ ', '')}` : `Phòng họp ${name.replace('Chi bộ ', '')}`;

/** The meeting of tonight at half past seven, prepared from last month's and published by the secretary himself. */
export const meetTonight = async (world: World, lastMonth: string | undefined): Promise<void> => {
  const { unitId, people, secretaryId } = world.tonight;
  const secretary = await world.as(people.find(({ memberId }) => memberId === secretaryId) as SeededMember);
  const scribe = people.find(({ part }) => part === 'scribe');
  if (lastMonth !== undefined) {
    const meetingId = meetingIdOf(actOf(`meeting ${unitId} ${lastMonth}`));
    for (const [at, text] of taskTexts.entries()) {
      const owner = people[3 + at] as SeededMember;
      const dueOn = dayOf(addMilliseconds(world.now, (5 + at * 10) * DAY_MS));
      const task = { unitId, actionId: actOf(`task ${at}`), text, ownerId: owner.memberId, followerId: secretaryId };
      await must('task', secretary.ask(assign, { ...task, dueOn, source: { kind: 'meeting', meetingId } }));
    }
  }
  const asked = { unitId, actionId: actOf('meeting of tonight'), kind: 'regular' } as const;
  const { meeting, plan } = await must('preparation', secretary.ask(contract.prepare, asked));
  const ref = { unitId, meetingId: meeting.meetingId };
  const startsAt = tonightOf(world.now);
  const changed: Plan = {
    ...plan,
    title: `Sinh hoạt chi bộ thường kỳ tháng ${Number(dayOf(startsAt).slice(5, 7))}/${dayOf(startsAt).slice(0, 4)}`,
    place: placeOf(world.tonight),
    startsAt,
    chairId: secretaryId,
    ...(scribe && { scribeId: scribe.memberId }),
    agenda: plan.agenda.map((step) => ({ ...step, note: notes[step.id] })),
  };
  await must('revision', secretary.ask(contract.revise, { ...ref, version: meeting.version, plan: changed }));
  await must('publication', secretary.ask(contract.publish, ref));
  const deadline = Date.now() + 60_000;
  for (;;) {
    const branch = await secretary.read<BranchManifest>(`/content/live/${unitId}/branch.json`);
    const live = await secretary.read(`/content/live/${unitId}/${ref.meetingId}.json`);
    const listed = branch.status === 200 && branch.body.meetings.some(({ meetingId }) => meetingId === ref.meetingId);
    if (listed && live.status === 200) break;
    if (Date.now() > deadline) throw new Error('seed: the meeting of tonight did not appear on the content path');
    await pause(250);
  }
  world.tell('the meeting of tonight');
};
