import { type Role, roles } from '#shared/kernel/permissions.ts';
import type { Day } from '#shared/kernel/time.ts';
import { definitionOf, type Figure, type FigureId, type Progress, type Rating, type ReportTexts } from './model.ts';

/** What is said where nothing was recorded; never 0. */
export const NOT_RECORDED = 'không có số liệu';

/** `13.079`: numbers as a report writes them. */
export const written = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, '.');

/** `99,4%`; nothing to divide by gives nothing. */
export const share = (value: number, of: number): string => {
  if (of === 0) return '';
  const percent = Math.round((value / of) * 1000) / 10;
  return `${String(percent).replace('.', ',')}%`;
};

/** `28/8/2026` */
export const dayWritten = (day: Day): string => {
  const [year, month, date] = day.split('-').map(Number);
  return `${date}/${month}/${year}`;
};

export const ratingWords: Readonly<Record<Rating, string>> = {
  good: 'Tốt',
  fair: 'Khá',
  average: 'Trung bình',
  poor: 'Kém',
};

export const roleWords: Readonly<Record<Role, string>> = {
  member: 'đảng viên',
  helper: 'người hỗ trợ',
  branch_committee_member: 'chi ủy viên',
  deputy_secretary: 'phó bí thư chi bộ',
  branch_secretary: 'bí thư chi bộ',
  committee_assistant: 'giúp việc cấp ủy',
  propaganda_editor: 'cán bộ tuyên giáo',
  organisation_officer: 'cán bộ tổ chức',
  office_officer: 'cán bộ văn phòng',
  inspection_officer: 'cán bộ kiểm tra',
  system_admin: 'quản trị',
};

const causeWords: Readonly<Record<string, string>> = {
  'slip-lost': 'mất phiếu tài khoản',
  'new-phone': 'đổi điện thoại',
  'signed-out': 'bị đăng xuất',
  'pin-forgotten': 'quên mã PIN',
  other: 'lý do khác',
};

/** The word of one part of a figure; a cause that has no word yet is told as another reason. */
export const partWord = (id: FigureId, part: string): string => {
  if (id === 'ratings') return ratingWords[part as Rating] ?? part;
  if (id === 'roles') return roles.includes(part as Role) ? roleWords[part as Role] : part;
  return causeWords[part] ?? causeWords['other'] ?? part;
};

/** `5.966/6.005 (99,4%)`, `13.079 (ghi nhận từ 1/9/2026)`, or that there is none. */
export const said = (figure: Figure): string => {
  if (figure.state === 'not-recorded') return NOT_RECORDED;
  const { value, of, since } = figure;
  const rate = of === undefined ? '' : share(value, of);
  const out = `${written(value)}${of === undefined ? '' : `/${written(of)}`}${rate && ` (${rate})`}`;
  return since === undefined ? out : `${out} (ghi nhận từ ${dayWritten(since)})`;
};

/** `Tốt 169, Khá 5`: the parts that are not nought; all of them when each is. */
export const partsSaid = (figure: Figure): string => {
  if (figure.state === 'not-recorded' || !figure.parts) return '';
  const some = figure.parts.filter(({ value }) => value > 0);
  return (some.length > 0 ? some : figure.parts)
    .map(({ part, value }) => `${partWord(figure.id, part)} ${written(value)}`)
    .join(', ');
};

/** `Lượt truy cập trong kỳ: 13.079`, with its parts after it. */
export const sentenceOf = (figure: Figure): string => {
  const parts = partsSaid(figure);
  return `${definitionOf(figure.id).name}: ${said(figure)}${parts && ` – ${parts}`}.`;
};

export const figureOf = (figures: readonly Figure[], id: FigureId): Figure =>
  figures.find((figure) => figure.id === id) ?? { state: 'not-recorded', id };

/** The texts that staff start from: no judgement, only where the figures point. Written over before the report goes out. */
export const firstTexts = ({ figures, branches }: Progress): ReportTexts => {
  const idle = branches.filter(({ meetings }) => meetings === 0).length;
  const met = figureOf(figures, 'branches-met').state === 'recorded';
  return {
    coordination: '',
    posting: '',
    good: '',
    difficult: met && idle > 0 ? `Còn ${written(idle)} chi bộ chưa sinh hoạt trên sổ tay trong kỳ.` : '',
    next: met && idle > 0 ? 'Đôn đốc, hỗ trợ các chi bộ chưa sinh hoạt trên sổ tay.' : '',
  };
};
