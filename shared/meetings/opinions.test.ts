import { describe, expect, it } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import { decideOpinion, MOST_OPINIONS } from './opinions.ts';
import { aMeeting, announced, aPlan } from './testing.ts';

const tam = 'tam' as MemberId;

describe('opinions', () => {
  const opinion = { opinionId: 'a', memberId: tam, text: 'Đề nghị sửa đường thôn.' };
  const by = { recordedBy: tam, given: 0, now: announced };

  it('are proposals before the meeting and opinions in it', () => {
    expect(decideOpinion(aMeeting('published'), opinion, by)).toMatchObject({ value: { before: true } });
    expect(decideOpinion(aMeeting('open'), opinion, by)).toEqual({
      ok: true,
      value: { ...opinion, at: announced, recordedBy: 'tam' },
    });
  });

  it('end with the meeting, are for the invited, and are not without number', () => {
    expect(decideOpinion(aMeeting('closed'), opinion, by)).toMatchObject({ code: 'meeting-closed' });
    expect(decideOpinion(aMeeting('preparing'), opinion, by)).toMatchObject({ code: 'not-found' });
    expect(decideOpinion(aMeeting('open', aPlan({ invited: [] })), opinion, by)).toMatchObject({
      code: 'not-invited',
    });
    expect(decideOpinion(aMeeting('open'), opinion, { ...by, given: MOST_OPINIONS })).toMatchObject({
      code: 'too-many',
    });
  });
});
