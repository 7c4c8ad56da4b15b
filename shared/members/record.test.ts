import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import { type Condition, type Correction, items, type Member, votingStateAt } from './model.ts';
import { checkSummary, decideAsking, decideCorrection, decideMemberChange, masked, readItem } from './record.ts';
import { aMember } from './testing.ts';

const day = (text: string) => text as Day;
const today = day('2026-11-21');
const now = '2026-11-21T12:00:00.000Z' as Instant;
const home = 'cb-thon-nam' as UnitId;
const other = 'cb-thon-bac' as UnitId;
const codeOf = (result: { ok: boolean; code?: string }) => (result.ok ? 'ok' : result.code);
const begin = (condition: Condition, member: Member = aMember()) =>
  decideMemberChange(member, { change: 'begin', condition }, { today, unitKind: 'branch' });

describe('a record', () => {
  it('is checked whichever way it is written', () => {
    const over = (change: Partial<Member>) => codeOf(checkSummary(aMember(change), today));
    expect(over({})).toBe('ok');
    expect(over({ birthDate: day('1970-01-01') })).toBe('too-young');
    expect(over({ officialDate: day('1985-05-18') })).toBe('official-before-admission');
    expect(over({ admissionDate: day('2026-11-22') })).toBe('date-wrong');
    const { cardNumber, citizenId, ...without } = aMember();
    expect(codeOf(checkSummary(without, today))).toBe('no-number');
  });

  it('takes items over and gives back those that need not be there; the same change again changes nothing', () => {
    const change = { change: 'items', items: { name: 'Nguyễn Văn Khác' as Member['name'], phone: null } } as const;
    const once = decideMemberChange(aMember(), change, { today });
    if (!once.ok) throw new Error(once.code);
    expect(once.value).toMatchObject({ name: 'Nguyễn Văn Khác', version: 2 });
    expect(once.value).not.toHaveProperty('phone');
    expect(decideMemberChange(once.value, change, { today })).toEqual(once);
  });

  it('moves to a branch and never before the last move, to a day to come, or after he left', () => {
    const move = (over: object = {}, member = aMember(), unitKind: 'branch' | 'province' = 'branch') =>
      decideMemberChange(member, { change: 'move', toUnitId: other, from: today, ...over }, { today, unitKind });
    expect(codeOf(move())).toBe('ok');
    expect(codeOf(move({ toUnitId: home }))).toBe('ok');
    expect(codeOf(move({}, aMember(), 'province'))).toBe('not-a-branch');
    expect(codeOf(move({ from: '2026-11-22' }))).toBe('date-wrong');
    expect(codeOf(move({ from: '1980-01-01' }))).toBe('date-wrong');
    const gone = aMember({ conditions: [{ kind: 'left', from: day('2026-01-01'), reason: 'resigned' }] });
    expect(codeOf(move({}, gone))).toBe('has-left');
  });

  it('begins a condition once, within its dates, and only one of a kind at a time', () => {
    expect(codeOf(begin({ kind: 'exempt', from: today, until: today }))).toBe('date-wrong');
    expect(codeOf(begin({ kind: 'exempt', from: day('1980-01-01') }))).toBe('date-wrong');
    expect(codeOf(begin({ kind: 'left', from: day('2026-11-22'), reason: 'expelled' }))).toBe('date-wrong');
    expect(codeOf(begin({ kind: 'elsewhere', from: today, until: day('2029-11-21'), hostUnitId: other }))).toBe(
      'date-wrong',
    );
    expect(codeOf(begin({ kind: 'elsewhere', from: today, until: day('2027-05-21'), hostUnitId: home }))).toBe(
      'not-a-branch',
    );
    const once = begin({ kind: 'exempt', from: today });
    if (!once.ok) throw new Error(once.code);
    expect(begin({ kind: 'exempt', from: today }, once.value)).toEqual(once);
    expect(codeOf(begin({ kind: 'exempt', from: day('2026-11-22') }, once.value))).toBe('date-wrong');
  });

  it('ends a condition that runs, once, and nothing else', () => {
    const end = (member: Member, on = today) =>
      decideMemberChange(member, { change: 'end', kind: 'exempt', on }, { today });
    expect(codeOf(end(aMember()))).toBe('no-such-condition');
    const exempt = aMember({ conditions: [{ kind: 'exempt', from: day('2026-01-01') }] });
    const once = end(exempt);
    if (!once.ok) throw new Error(once.code);
    expect(votingStateAt(once.value, home, today)).toBe('official');
    expect(votingStateAt(once.value, home, day('2026-11-20'))).toBe('exempt');
    expect(end(once.value)).toEqual(once);
    expect(codeOf(end(exempt, day('2025-12-31')))).toBe('no-such-condition');
  });

  it('ends every role of one who leaves, and the branch’s own of one who moves', () => {
    const roles = [
      { role: 'branch_secretary', unitId: home, from: '2025-01-01T00:00:00.000Z' as Instant },
      { role: 'office_officer', unitId: 'xa-1' as UnitId, from: '2025-01-01T00:00:00.000Z' as Instant },
    ] satisfies Member['roles'];
    const ended = (result: ReturnType<typeof begin>) =>
      result.ok ? result.value.roles.filter(({ until }) => until !== undefined).map(({ role }) => role) : result.code;
    const left: Condition = { kind: 'left', from: today, reason: 'transferred_out' };
    expect(ended(begin(left, aMember({ roles })))).toEqual(['branch_secretary', 'office_officer']);
    const move = { change: 'move', toUnitId: other, from: today } as const;
    expect(ended(decideMemberChange(aMember({ roles }), move, { today, unitKind: 'branch' }))).toEqual([
      'branch_secretary',
    ]);
  });
});

describe('a correction', () => {
  const asked: Correction = {
    correctionId: 'c-1',
    memberId: 'm-1' as MemberId,
    unitId: home,
    item: 'phone',
    proposed: '0987654321',
    askedAt: now,
    state: 'asked',
  };
  const by = { memberId: 'm-9' as MemberId, now };

  it('goes from asked to confirmed to applied, or is declined with words; once decided it stays', () => {
    const states = (['confirm', 'apply', 'decline'] as const).flatMap((decision) =>
      ([true, false] as const).map(
        (mayApply) =>
          `${decision} ${mayApply} ${codeOf(decideCorrection(asked, decision, { ...by, mayApply, answer: 'Thiếu giấy' }))}`,
      ),
    );
    expect(states).toEqual([
      'confirm true ok',
      'confirm false ok',
      'apply true ok',
      'apply false not-allowed',
      'decline true ok',
      'decline false ok',
    ]);
    expect(codeOf(decideCorrection(asked, 'decline', { ...by, mayApply: true }))).toBe('answer-needed');
    const applied: Correction = { ...asked, state: 'applied' };
    expect(decideCorrection(applied, 'apply', { ...by, mayApply: true })).toEqual({ ok: true, value: applied });
    expect(codeOf(decideCorrection(applied, 'decline', { ...by, mayApply: true, answer: 'x' }))).toBe(
      'already-decided',
    );
  });

  it('is asked with what the record says now, and not when it is so already or cannot be read', () => {
    const ask = (item: Correction['item'], proposed: string) =>
      decideAsking(aMember(), { item, proposed }, 'Chi bộ thôn Nam');
    expect(ask('birthDate', '5/6/1958')).toEqual({ ok: true, value: { before: '1958-02-03' } });
    expect(codeOf(ask('birthDate', '03/02/1958'))).toBe('same-as-now');
    expect(codeOf(ask('branch', 'chi bo thon nam'))).toBe('same-as-now');
    expect(codeOf(ask('name', 'Nguyễn Văn Nấm'))).toBe('ok');
    expect(codeOf(ask('citizenId', '123'))).toBe('unreadable');
  });

  it('may hold anything without a fault', () => {
    fc.assert(
      fc.property(fc.constantFrom(...items), fc.string({ unit: 'binary' }), (item, text) => {
        const read = readItem(item, text);
        expect(read === undefined || typeof read === 'object').toBe(true);
      }),
    );
  });
});

it('shows three digits of a number and no more', () => {
  expect(masked('035058000123')).toBe('•••• 123');
});
