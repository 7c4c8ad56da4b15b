import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Instant } from '#shared/kernel/time.ts';
import type { Reopening, Session, Slip } from './model.ts';
import { lives } from './rules.ts';

export const noon = '2026-11-21T05:00:00.000Z' as Instant;

export const aSlip = (more: Partial<Slip> = {}): Slip => ({
  slipId: 'slip-1',
  memberId: 'nam' as MemberId,
  way: 'slip',
  until: addMilliseconds(noon, lives.slip),
  wrongYears: 0,
  ...more,
});

export const aSession = (more: Partial<Session> = {}): Session => ({
  version: 1,
  kind: 'member',
  secretHash: '8000',
  device: { machine: 'android', browser: 'chrome' },
  startedAt: noon,
  seenAt: noon,
  until: addMilliseconds(noon, lives.memberSession),
  ...more,
});

export const aReopening = (more: Partial<Reopening> = {}): Reopening => ({
  number: '57400009',
  nonceHash: 'mine',
  device: { machine: 'android', browser: 'chrome' },
  askedAt: noon,
  until: addMilliseconds(noon, lives.reopening),
  ...more,
});
