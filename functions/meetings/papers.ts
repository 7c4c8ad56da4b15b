import { type Issuer, issuerOf } from '#runtime/official-issuer.ts';
import type { Block, OfficialPaper } from '#runtime/official-paper.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { practisingUnit } from '#shared/kernel/practice.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import {
  type MinutesIn,
  minutesNumber,
  type Resolution,
  resolutionNumber,
  type Section,
} from '#shared/meetings/minutes.ts';
import { dayOfMeeting, type Meeting, type Plan, type RollMember } from '#shared/meetings/model.ts';
import { PRACTICE_WORDS } from '#shared/meetings/practice.ts';
import type { ReceivedRow } from '#shared/meetings/received.ts';

/** What of a meeting's record its papers print beside their own text. */
export interface Printed {
  readonly meeting: Meeting;
  readonly plan: Pick<Plan, 'title'>;
  readonly members: readonly RollMember[];
}

/** Minutes as adopted: scribe on the left, chair on the right. Source: domain.md §3.2 [G-54][D1]. */
export const minutesPaper = (
  { meeting, plan, members }: Printed,
  minutes: MinutesIn<'adopted'>,
  issuer: Issuer,
): OfficialPaper => {
  const nameOf = namesIn(members);
  return {
    ...issuer,
    ...(minutesNumber(minutes) && { number: minutesNumber(minutes) as string }),
    day: dayOf(minutes.adoptedAt),
    type: 'BIÊN BẢN',
    abstract: `${plan.title.charAt(0).toLocaleLowerCase('vi')}${plan.title.slice(1)}`,
    body: blocksOf(minutes.sections),
    signatures: [
      { title: 'THƯ KÝ', name: nameOf(meeting.scribeId) },
      { title: 'CHỦ TRÌ', name: nameOf(meeting.chairId) },
    ],
    recipients: ['Lưu Chi bộ'],
  };
};

/** A resolution as issued: a branch has no seal and signs for itself. Source: domain.md §3.11, §3.12 [D1]. */
export const resolutionPaper = (
  { members }: Pick<Printed, 'members'>,
  resolution: Resolution,
  issuer: Issuer,
): OfficialPaper => ({
  ...issuer,
  number: resolutionNumber(resolution),
  day: dayOf(resolution.issuedAt),
  type: 'NGHỊ QUYẾT',
  abstract: resolution.abstract,
  body: blocksOf(resolution.sections),
  signatures: [{ power: 'T/M CHI BỘ', title: 'BÍ THƯ', name: namesIn(members)(resolution.issuedBy) }],
  recipients: [`${issuer.superior} (báo cáo)`, 'Các đồng chí đảng viên', 'Lưu Chi bộ'],
});

/** What the organisation above finds of a meeting whose papers are settled. */
export const sentUp = (
  {
    meeting,
    plan,
    papers,
  }: Pick<Printed, 'meeting' | 'plan'> & { readonly papers: { readonly resolution: Resolution | undefined } },
  unitName: string,
  now: Instant,
): ReceivedRow => ({
  unitId: meeting.unitId,
  unitName,
  meetingId: meeting.meetingId,
  title: plan.title,
  day: dayOfMeeting(meeting),
  arrivedAt: now,
  ...(papers.resolution && {
    resolution: { number: resolutionNumber(papers.resolution), abstract: papers.resolution.abstract },
  }),
});

const namesIn = (members: readonly RollMember[]) => (id: string | undefined) =>
  members.find(({ memberId }) => memberId === id)?.name ?? '';

const blocksOf = (sections: readonly Section[]): Block[] =>
  sections.flatMap(({ heading, lines }) => [
    { kind: 'heading' as const, text: heading },
    ...lines.map((text) => ({ kind: 'paragraph' as const, text })),
  ]);

/** Who issues a branch's papers; those of a practice say so in their head, and go up to nobody. */
export const paperIssuerOf = async (unitId: UnitId, now: Instant): Promise<Issuer> => {
  const practising = practisingUnit(unitId);
  if (!practising) return issuerOf(unitId, now);
  const { superiorId: _, ...real } = await issuerOf(practising, now);
  return { ...real, issuer: `${real.issuer} (${PRACTICE_WORDS})` };
};
