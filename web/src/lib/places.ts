import type { Permission } from '#shared/kernel/permissions.ts';
import * as icons from './ui/icons.ts';

/** One entry of the navigation. */
export interface Place {
  readonly href: string;
  readonly word: string;
  /** In place of the word where it would take two lines: in a phone's bar. */
  readonly short?: string;
  readonly icon: string;
}

const meetings: Place = { href: '/meetings', word: 'Sinh hoạt', icon: icons.meeting };
const papers: Place = { href: '/documents', word: 'Tài liệu', icon: icons.paper };
const officialPapers: Place = { href: '/documents', word: 'Văn bản', icon: icons.paper };
const tasks: Place = { href: '/tasks', word: 'Nhiệm vụ', icon: icons.task };
const people: Place = { href: '/members', word: 'Tổ chức và đảng viên', short: 'Đảng viên', icon: icons.organisation };
const reports: Place = { href: '/reports', word: 'Báo cáo', icon: icons.report };
const operation: Place = { href: '/operation', word: 'Vận hành', icon: icons.refresh };
const me: Place = { href: '/me', word: 'Của tôi', icon: icons.person };

/** A phone's bar holds four. */
export const BAR = 4;

/**
 * Where this person can go, in order. A member has his four places first; what a secretary may do besides comes after them.
 * Staff see only what their roles allow.
 */
export const placesOf = (kind: 'member' | 'staff', may: (permission: Permission) => boolean): readonly Place[] => {
  const more = [
    ...(may('members.read') || may('operation.watch') ? [people] : []),
    ...(may('reports.see') ? [reports] : []),
  ];
  if (kind === 'member') return [meetings, papers, tasks, me, ...more];
  return [
    ...more.filter((place) => place === people),
    ...(may('documents.add') ? [officialPapers] : []),
    ...(may('meetings.oversee') ? [meetings] : []),
    ...more.filter((place) => place === reports),
    ...(may('operation.watch') ? [operation] : []),
    me,
  ];
};

/** The four of a phone's bar: the first ones, and always one's own page, where the others are found. */
export const barOf = (places: readonly Place[]): readonly Place[] =>
  places.length <= BAR || places.indexOf(me) < BAR ? places.slice(0, BAR) : [...places.slice(0, BAR - 1), me];

/** Whether this address lies within a place. */
export const isAt = (place: Place, pathname: string): boolean =>
  pathname === place.href || pathname.startsWith(`${place.href}/`);
