import { describe, expect, it } from 'vitest';
import { type Permission, type Role, rights } from '#shared/kernel/permissions.ts';
import { barOf, isAt, placesOf } from './places.ts';

const placesFor = (kind: 'member' | 'staff', roles: readonly Role[]) =>
  placesOf(kind, (permission: Permission) => roles.some((role) => rights[role][permission] !== undefined));
const words = (places: readonly { word: string }[]) => places.map(({ word }) => word);

describe('places', () => {
  it('are four for a member', () => {
    expect(words(placesFor('member', ['member']))).toEqual(['Sinh hoạt', 'Tài liệu', 'Nhiệm vụ', 'Của tôi']);
  });

  it('keep their order for a secretary, with the branch after them', () => {
    const places = placesFor('member', ['member', 'branch_secretary']);
    expect(words(places).slice(0, 4)).toEqual(['Sinh hoạt', 'Tài liệu', 'Nhiệm vụ', 'Của tôi']);
    expect(words(places)).toContain('Tổ chức và đảng viên');
    expect(words(barOf(places))).toEqual(['Sinh hoạt', 'Tài liệu', 'Nhiệm vụ', 'Của tôi']);
  });

  it('follow the rights of staff', () => {
    expect(words(placesFor('staff', ['organisation_officer']))).toEqual([
      'Tổ chức và đảng viên',
      'Sinh hoạt',
      'Báo cáo',
      'Của tôi',
    ]);
    expect(words(placesFor('staff', ['propaganda_editor']))).toEqual(['Văn bản', 'Của tôi']);
    expect(words(placesFor('staff', ['system_admin']))).toEqual(['Tổ chức và đảng viên', 'Vận hành', 'Của tôi']);
  });

  it('never fill a phone bar with more than four, the own page among them', () => {
    const bar = barOf(placesFor('staff', ['committee_assistant']));
    expect(bar).toHaveLength(4);
    expect(words(bar)).toContain('Của tôi');
  });

  it('have words that stand in one line of a quarter of a phone', () => {
    for (const kind of ['member', 'staff'] as const)
      for (const { short, word } of barOf(placesFor(kind, Object.keys(rights) as Role[])))
        expect((short ?? word).length, word).toBeLessThanOrEqual('Sinh hoạt '.length);
  });

  it('are lit only on their own pages', () => {
    const [meetings] = placesFor('member', ['member']);
    expect(isAt(meetings!, '/meetings/m1')).toBe(true);
    expect(isAt(meetings!, '/meetings-old')).toBe(false);
  });
});
