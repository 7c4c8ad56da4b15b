import { describe, expect, it } from 'vitest';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { allows, type Grant, roles } from '#shared/kernel/permissions.ts';
import { type Day, type Instant, instantAt } from '#shared/kernel/time.ts';
import { branchRoles, decideEndOfRole, decideGrant, grantsOf, memberChanged, reachOf } from './rules.ts';
import { aMember } from './testing.ts';

const home = 'cb-thon-nam' as UnitId;
const host = 'cb-thon-bac' as UnitId;
const commune = 'xa-dong-hai' as UnitId;
const now = '2026-11-21T12:00:00.000Z' as Instant;
const today = '2026-11-21' as Day;
const day = (text: string) => text as Day;
const secretary: Grant = { role: 'branch_secretary', unitId: home, from: '2025-01-01T00:00:00.000Z' as Instant };
const at = (text: string) => instantAt(day(text), '12:00');

describe('what the guard is told of a member', () => {
  it('is that he is a member of his branch, and the roles given to him', () => {
    expect(grantsOf(aMember({ roles: [secretary] }), today)).toEqual([
      { role: 'member', unitId: home, from: '1985-05-18T17:00:00.000Z' },
      secretary,
    ]);
  });

  it('lets a guest attend at the host as long as the transfer lasts', () => {
    const member = aMember({
      conditions: [{ kind: 'elsewhere', from: day('2026-09-01'), until: day('2027-03-01'), hostUnitId: host }],
    });
    const held = grantsOf(member, today);
    expect(allows(held, 'meetings.attend', [host, commune], now)).toBe(true);
    expect(allows(held, 'meetings.attend', [host, commune], at('2027-03-01'))).toBe(false);
    expect(allows(held, 'meetings.attend', [home, commune], now)).toBe(true);
  });

  it('leaves nothing while suspended or held, and gives it back afterwards without another write', () => {
    for (const kind of ['suspended', 'held'] as const) {
      const member = aMember({
        roles: [secretary],
        conditions: [{ kind, from: day('2026-11-10'), until: day('2026-12-10') }],
      });
      const held = grantsOf(member, today);
      expect(allows(held, 'meetings.run', [home], at('2026-11-09'))).toBe(true);
      expect(allows(held, 'meetings.run', [home], now)).toBe(false);
      expect(allows(held, 'meetings.attend', [home], now)).toBe(false);
      expect(allows(held, 'meetings.run', [home], at('2026-12-10'))).toBe(true);
    }
  });

  it('is nothing at all for one who left', () => {
    const member = aMember({ roles: [secretary], conditions: [{ kind: 'left', from: today, reason: 'delisted' }] });
    expect(grantsOf(member, today)).toEqual([]);
  });

  it('leaves out roles that have ended', () => {
    const ended = { ...secretary, until: '2026-06-01T00:00:00.000Z' as Instant };
    expect(grantsOf(aMember({ roles: [ended] }), today).map(({ role }) => role)).toEqual(['member']);
  });
});

describe('giving roles', () => {
  const bySecretary = { memberId: 'm-2' as MemberId, reach: 'own', isAdmin: false } as const;
  const byOfficer = { memberId: 'm-3' as MemberId, reach: 'below', isAdmin: false } as const;
  const byAdmin = { ...byOfficer, isAdmin: true } as const;
  const asked = (role: Grant['role'], over: object = {}) => ({ role, unitId: home, from: now, ...over });
  const soon = '2027-01-21T12:00:00.000Z' as Instant;

  it('lets a secretary name helper, committee member and deputy, and nobody else', () => {
    for (const role of roles) {
      const may = ['helper', 'branch_committee_member', 'deputy_secretary'].includes(role);
      expect(decideGrant(bySecretary, aMember(), asked(role, { until: soon }), now).ok, role).toBe(may);
      expect(decideEndOfRole(bySecretary, aMember(), { role, unitId: home }, now).ok, role).toBe(may);
    }
  });

  it('lets only an administrator make an administrator', () => {
    expect(decideGrant(byOfficer, aMember(), asked('system_admin'), now)).toEqual({
      ok: false,
      code: 'not-yours-to-give',
    });
    expect(decideGrant(byAdmin, aMember(), asked('system_admin'), now).ok).toBe(true);
    expect(decideEndOfRole(byOfficer, aMember(), { role: 'system_admin', unitId: commune }, now).ok).toBe(false);
  });

  it('lets nobody give himself anything', () => {
    const himself = { ...byAdmin, memberId: 'm-1' as MemberId };
    expect(decideGrant(himself, aMember(), asked('office_officer'), now)).toEqual({ ok: false, code: 'not-yourself' });
  });

  it('refuses dates that run backwards, and a helper without an end or for longer than half a year', () => {
    expect(decideGrant(byAdmin, aMember(), asked('office_officer', { until: now }), now).ok).toBe(false);
    expect(decideGrant(byAdmin, aMember(), asked('helper'), now).ok).toBe(false);
    expect(decideGrant(byAdmin, aMember(), asked('helper', { until: '2027-11-21T12:00:00.000Z' }), now).ok).toBe(false);
    expect(decideGrant(byAdmin, aMember(), asked('helper', { until: soon }), now).ok).toBe(true);
  });

  it('refuses a branch role to one who belongs to another branch or has left', () => {
    for (const role of branchRoles)
      expect(decideGrant(byAdmin, aMember(), asked(role, { unitId: host, until: soon }), now)).toEqual({
        ok: false,
        code: 'not-in-unit',
      });
    const gone = aMember({ conditions: [{ kind: 'left', from: today, reason: 'resigned' }] });
    expect(decideGrant(byAdmin, gone, asked('office_officer'), now)).toEqual({ ok: false, code: 'has-left' });
  });

  it('gives a role once, however often it is asked, and ends it once', () => {
    const once = decideGrant(byAdmin, aMember(), asked('branch_secretary'), now);
    if (!once.ok) throw new Error(once.code);
    expect(decideGrant(byAdmin, once.value, asked('branch_secretary'), now)).toEqual(once);
    const later = '2026-12-21T12:00:00.000Z' as Instant;
    const ended = decideEndOfRole(byAdmin, once.value, { role: 'branch_secretary', unitId: home }, later);
    if (!ended.ok) throw new Error(ended.code);
    expect(ended.value.roles).toEqual([{ role: 'branch_secretary', unitId: home, from: now, until: later }]);
    expect(decideEndOfRole(byAdmin, ended.value, { role: 'branch_secretary', unitId: home }, later)).toEqual(ended);
  });

  it('reaches as far as the widest of the roles held at the place', () => {
    const officer: Grant = { role: 'organisation_officer', unitId: commune, from: secretary.from };
    expect(reachOf([secretary], [home, commune], now)).toBe('own');
    expect(reachOf([secretary], [host, commune], now)).toBeUndefined();
    expect(reachOf([secretary, officer], [home, commune], now)).toBe('below');
    expect(reachOf([{ ...officer, until: now }], [home, commune], now)).toBeUndefined();
  });
});

describe('the fact of a change', () => {
  it('carries what others keep, and neither phone nor card nor citizen id', () => {
    const fact = memberChanged(aMember(), now);
    expect(JSON.stringify(fact)).not.toMatch(/0912345678|035058000123/);
    expect(fact).toMatchObject({ memberId: 'm-1', version: 1, birthYear: 1958, hasPhone: true, unitIds: [home] });
  });
});
