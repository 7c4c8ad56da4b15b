import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendingOf } from '#lib/api.ts';
import type { ActionId, MemberId } from '#shared/kernel/ids.ts';
import type { InputOf, Operation } from '#shared/kernel/operation.ts';
import { addMilliseconds } from '#shared/kernel/time.ts';
import { headsExpected } from '#shared/meetings/attendance.ts';
import { answerAbsence, countHeads, recordGuest, recordRoll } from '#shared/meetings/attendance-contract.ts';
import { close, conclude } from '#shared/meetings/closing-contract.ts';
import { recordHands } from '#shared/meetings/hands-contract.ts';
import { goToStep, open } from '#shared/meetings/leading-contract.ts';
import { answerOpinion } from '#shared/meetings/opinions-contract.ts';
import { checkIn, giveOpinion } from '#shared/meetings/own-contract.ts';
import { noCourse } from '#shared/meetings/rating-course.ts';
import { aMeeting, announced, aPlan, aRollMember } from '#shared/meetings/testing.ts';
import type { Desk } from '../desk.ts';
import { hallActs, type WaitingAct, withWaiting } from './waiting-acts.ts';

const [lan, tu, tam] = ['lan', 'tu', 'tam'].map((id) => id as MemberId) as [MemberId, MemberId, MemberId];
const meeting = aMeeting('open');
const { unitId, meetingId } = meeting;
const ref = { unitId, meetingId };
const bare: Desk = {
  meeting,
  plan: aPlan(),
  members: [lan, tu, tam].map((id) => aRollMember(id)),
  roll: [],
  absences: [{ memberId: tam, reason: 'Đi viện', askedAt: announced }],
  opinions: [],
  turnout: {},
  tasks: [],
  carried: [],
  proposals: [],
  course: noCourse,
  words: {},
};
const act = <Op extends Operation>(op: Op, input: InputOf<Op>): WaitingAct => ({
  operation: op.id,
  sending: sendingOf(op, input),
  at: addMilliseconds(announced, 60_000),
});
const tick = (
  memberId: MemberId,
  status: 'present' | 'excused' | 'unmarked',
  was: 'present' | 'excused' | 'unmarked',
) => act(recordRoll, { ...ref, marks: [{ memberId, status, was }] });
const guestId = '11111111-1111-4111-8111-111111111111' as ActionId;
const guest = { ...ref, guestId, name: 'Trần Văn Ba', from: 'Đảng ủy xã' };

describe('the hall with what still waits on this phone', () => {
  it('shows marks, guests, heads and answers as they will stand, in their order', () => {
    const desk = withWaiting(
      bare,
      [
        tick(tu, 'present', 'unmarked'),
        act(recordGuest, guest),
        act(answerAbsence, { ...ref, memberId: tam, excused: true }),
        act(countHeads, { ...ref, headCount: 2 }),
        tick(tu, 'unmarked', 'present'),
        tick(lan, 'present', 'unmarked'),
      ],
      lan,
    );
    const standing = Object.fromEntries(desk.roll.map(({ memberId, status }) => [memberId, status]));
    expect(standing).toEqual({ lan: 'present', tu: 'unmarked', tam: 'excused' });
    expect(desk.roll.find(({ memberId }) => memberId === tam)?.reason).toBe('Đi viện');
    expect(desk.absences[0]).toMatchObject({ excused: true, answeredBy: 'lan' });
    expect(desk.meeting).toMatchObject({ headCount: 2, headsCounted: { by: 'lan' }, version: meeting.version });
    expect(headsExpected(desk.roll, 'guests' in desk.meeting ? (desk.meeting.guests ?? []) : [])).toBe(2);
  });

  it('keeps one present who came although he was excused, and takes an excuse back with its answer', () => {
    const came = withWaiting(
      bare,
      [tick(tam, 'present', 'unmarked'), act(answerAbsence, { ...ref, memberId: tam, excused: true })],
      lan,
    );
    expect(came.roll).toMatchObject([{ memberId: 'tam', status: 'present' }]);
    const answers = [true, false].map((excused) => act(answerAbsence, { ...ref, memberId: tam, excused }));
    expect(withWaiting(bare, answers, lan).roll).toMatchObject([{ memberId: 'tam', status: 'unmarked' }]);
  });

  it('shows a whole evening that was led without a network, from the opening to the end', () => {
    const pollId = '22222222-2222-4222-8222-222222222222' as ActionId;
    const hands = { agree: 2, disagree: 0, other: 0 };
    const vote = {
      ...ref,
      actionId: pollId,
      decision: 'conclusion' as const,
      question: 'Thông qua?',
      hands,
      witnessId: tu,
    };
    const said = { ...ref, actionId: guestId, memberId: tam, text: 'Sửa đường.' };
    const conclusion = { information: '', results: '', direction: '', conclusion: 'Nhất trí.' };
    const acts = [
      act(open, ref),
      act(goToStep, { ...ref, stepId: 'roll' }),
      tick(lan, 'present', 'unmarked'),
      tick(tu, 'present', 'unmarked'),
      act(recordHands, vote),
      act(giveOpinion, said),
      act(answerOpinion, { ...ref, opinionId: guestId, memberId: tam, answer: 'Ghi nhận.' }),
      act(conclude, { ...ref, conclusion }),
      act(close, ref),
    ].map((one, at) => ({ ...one, at: addMilliseconds(announced, (at + 1) * 60_000) }));
    const before = { ...bare, meeting: aMeeting('published') };
    const desk = withWaiting(before, acts, lan);
    expect(desk).toMatchObject({
      meeting: {
        state: 'closed',
        startedAt: acts[0]?.at,
        endedAt: acts.at(-1)?.at,
        steps: [{}, { stepId: 'roll' }],
        polls: [{ pollId, result: { hands, passed: true } }],
        version: before.meeting.version,
      },
      opinions: [{ memberId: 'tam', text: 'Sửa đường.', answer: 'Ghi nhận.', recordedBy: 'lan' }],
      conclusion,
    });
    // some of it has come in already
    for (let some = 0; some <= acts.length; some++)
      expect(withWaiting(withWaiting(before, acts.slice(0, some), lan), acts, lan)).toEqual(desk);
  });

  it('leaves acts of other meetings and of other kinds alone', () => {
    const other = { ...ref, meetingId: '99999999-9999-4999-8999-999999999999' as typeof meetingId };
    const acts = [
      act(recordRoll, { ...other, marks: [{ memberId: tu, status: 'present', was: 'unmarked' }] }),
      act(checkIn, ref),
    ];
    expect(hallActs(bare, acts)).toEqual([]);
    expect(withWaiting(bare, acts, lan)).toEqual(bare);
  });

  it('is the same whether a part of it has come in already: seen twice is seen once', () => {
    const acts = fc.array(
      fc.oneof(
        fc.constantFrom(lan, tu, tam).map((memberId) => tick(memberId, 'present', 'unmarked')),
        fc.constantFrom(lan, tu, tam).map((memberId) => tick(memberId, 'unmarked', 'present')),
        fc.boolean().map((gone) => act(recordGuest, { ...guest, gone })),
        fc.nat(40).map((headCount) => act(countHeads, { ...ref, headCount })),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(acts, (waiting) => {
        const once = withWaiting(bare, waiting, lan);
        const standing = ({ roll, meeting: { version, ...rest } }: Desk) => [
          roll.toSorted((a, b) => a.memberId.localeCompare(b.memberId)),
          rest,
          version,
        ];
        expect(standing(withWaiting(once, waiting, lan))).toEqual(standing(once));
      }),
    );
  });
});
