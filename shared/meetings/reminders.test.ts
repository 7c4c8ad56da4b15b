import { describe, expect, it } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, DAY_MS, type Day, instantAt } from '#shared/kernel/time.ts';
import { decideOnline, onlineGrounds } from './online.ts';
import { decidePublish } from './planning.ts';
import { isPushAddress } from './push.ts';
import { asksFor, daysToRemind, type Heard, hasActed } from './reminders.ts';
import { aMeeting, announced, aPlan, aPresence, aRollMember } from './testing.ts';

const tam = 'tam' as MemberId;
const nothing: Heard = { opinions: [], suggestions: [] };
const receipt = { memberId: tam, startsAt: announced, at: announced };
const published = aMeeting('published');

describe('a reminder', () => {
  it('goes to those of an announced meeting who have not acted', () => {
    expect(asksFor(published, aRollMember('tam'), nothing)).toBe(true);
    for (const state of ['preparing', 'withdrawn', 'open', 'closed'] as const)
      expect(asksFor(aMeeting(state), aRollMember('tam'), nothing)).toBe(false);
    expect(asksFor({ ...published, invited: ['lan' as MemberId] }, aRollMember('tam'), nothing)).toBe(false);
    for (const state of ['exempt', 'suspended', 'elsewhere'] as const)
      expect(asksFor(published, aRollMember('tam', { state }), nothing)).toBe(false);
  });

  it('is not for who confirmed, is excused or spoke up; a moved meeting asks again', () => {
    expect(hasActed(published, { ...nothing, receipt })).toBe(true);
    expect(hasActed(published, { ...nothing, attendance: aPresence('tam', { status: 'excused' }) })).toBe(true);
    expect(hasActed(published, { ...nothing, attendance: aPresence('tam', { status: 'unmarked' }) })).toBe(false);
    const absence = { memberId: tam, reason: 'Ốm', askedAt: announced };
    expect(hasActed(published, { ...nothing, absence })).toBe(true);
    expect(hasActed(published, { ...nothing, absence: { ...absence, withdrawn: true } })).toBe(false);
    expect(hasActed({ startsAt: addMilliseconds(announced, DAY_MS) }, { ...nothing, receipt })).toBe(false);
  });

  it('comes on the morning of the day before and of the day itself', () => {
    expect(daysToRemind(instantAt('2026-12-31' as Day, '07:15'))).toEqual([
      { stage: 'day-before', day: '2027-01-01' },
      { stage: 'same-day', day: '2026-12-31' },
    ]);
  });

  it('is sent to push services of browsers and to no other address', () => {
    expect(isPushAddress('https://fcm.googleapis.com/fcm/send/abc')).toBe(true);
    expect(isPushAddress('https://web.push.apple.com/abc')).toBe(true);
    for (const address of [
      'http://fcm.googleapis.com/x',
      'https://fcm.googleapis.com.evil.example/x',
      'https://push.apple.com.evil.example/x',
      'https://evilpush.apple.com@10.0.0.1/x',
      'https://fcm.googleapis.com:8443/x',
      'https://169.254.169.254/latest',
      'file:///etc/passwd',
      'fcm.googleapis.com',
    ])
      expect(isPushAddress(address), address).toBe(false);
  });
});

describe('an online room', () => {
  const onlineLink = 'https://hop.example/1';
  const ground = (onlineGrounds('2026-11-03' as Day)[0] as { id: string }).id;

  it('needs a ground that the rule knows and the consent of the superior', () => {
    expect(decideOnline(aPlan()).ok).toBe(true);
    const refused = { ok: false, code: 'online-ground-missing' };
    expect(decideOnline(aPlan({ onlineLink }))).toEqual(refused);
    expect(decideOnline(aPlan({ onlineLink, online: { ground: 'we-like-it', consent: 'CV 12' } }))).toEqual(refused);
    expect(decideOnline(aPlan({ onlineLink, online: { ground, consent: 'Công văn 12-CV/ĐU' } })).ok).toBe(true);
    expect(onlineGrounds('2022-01-01' as Day)).toEqual([]);
  });

  it('without them is not published', () => {
    const plan = aPlan({ onlineLink });
    const pack = { hash: 'a', roll: [aRollMember('lan'), aRollMember('tu')] };
    const decided = decidePublish(aMeeting('preparing', plan), plan, pack, addMilliseconds(announced, -DAY_MS));
    expect(decided).toEqual({ ok: false, code: 'online-ground-missing' });
  });
});
