import { describe, expect, it } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, HOUR_MS } from '#shared/kernel/time.ts';
import { decideOpinion, MOST_OPINIONS } from './opinions.ts';
import { aMeeting, announced, aPlan } from './testing.ts';

const tam = 'tam' as MemberId;

describe('opinions', () => {
  const opinion = { opinionId: 'a', memberId: tam, text: 'Đề nghị sửa đường thôn.' };
  const by = { recordedBy: tam, given: 0, adopted: false, now: announced };

  it('are proposals before the meeting and opinions in it', () => {
    expect(decideOpinion(aMeeting('published'), opinion, by)).toMatchObject({ value: { before: true } });
    expect(decideOpinion(aMeeting('open'), opinion, by)).toEqual({
      ok: true,
      value: { ...opinion, at: announced, recordedBy: 'tam' },
    });
  });

  it('said in time come in after the end until the minutes are adopted, marked, from a phone for three days', () => {
    const closed = aMeeting('closed');
    const late = (hours: number) => ({ ...by, now: addMilliseconds(closed.endedAt, hours * HOUR_MS) });
    expect(decideOpinion(closed, opinion, late(72))).toMatchObject({ value: { after: true } });
    expect(decideOpinion(closed, opinion, { ...late(72), now: addMilliseconds(late(72).now, 1) })).toMatchObject({
      code: 'meeting-closed',
    });
    const scribe = { ...late(200), recordedBy: 'tu' as MemberId };
    expect(decideOpinion(closed, opinion, scribe)).toMatchObject({ value: { after: true, recordedBy: 'tu' } });
    expect(decideOpinion(closed, opinion, { ...scribe, adopted: true })).toMatchObject({ code: 'already-adopted' });
  });

  it('are for the invited, and are not without number', () => {
    expect(decideOpinion(aMeeting('preparing'), opinion, by)).toMatchObject({ code: 'not-found' });
    expect(decideOpinion(aMeeting('open', aPlan({ invited: [] })), opinion, by)).toMatchObject({
      code: 'not-invited',
    });
    expect(decideOpinion(aMeeting('open'), opinion, { ...by, given: MOST_OPINIONS })).toMatchObject({
      code: 'too-many',
    });
  });
});
