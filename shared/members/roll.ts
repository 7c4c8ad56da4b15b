import * as v from 'valibot';
import { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, type Instant } from '#shared/kernel/time.ts';
import { fold, tidyName } from '#shared/kernel/vietnamese.ts';
import { fitsBirth, isBlank, monthsBetween, properName, readDay, readNumber, readPhone, readSex } from './cells.ts';
import { CardNumber, CitizenId, Item, type Member, PersonName, type Summary } from './model.ts';

/** Lines of a file that one request carries at most. */
export const ROWS_AT_ONCE = 200;

/** Columns that a file of members can have. `givenName`: where family and given name stand apart. */
export const columns = [
  'name',
  'givenName',
  'birthDate',
  'sex',
  'admissionDate',
  'officialDate',
  'cardNumber',
  'branch',
  'partyBody',
  'citizenId',
  'phone',
] as const;
export type Column = (typeof columns)[number];
const Cell = v.optional(v.pipe(v.string(), v.maxLength(300)));

/** One line as it stands in the file, under the names of the columns that the person chose. */
export const SentRow = v.object({
  line: v.pipe(v.number(), v.integer(), v.minValue(1)),
  cells: v.object({
    name: Cell,
    givenName: Cell,
    birthDate: Cell,
    sex: Cell,
    admissionDate: Cell,
    officialDate: Cell,
    cardNumber: Cell,
    branch: Cell,
    partyBody: Cell,
    citizenId: Cell,
    phone: Cell,
  }),
});
export type SentRow = v.InferOutput<typeof SentRow>;

/** Columns that a file of organisations can have. */
export const unitColumns = ['name', 'kind', 'parent', 'code'] as const;
export type UnitColumn = (typeof unitColumns)[number];
export const SentUnit = v.object({
  line: v.pipe(v.number(), v.integer(), v.minValue(1)),
  cells: v.object({ name: Cell, kind: Cell, parent: Cell, code: Cell }),
});
export type SentUnit = v.InferOutput<typeof SentUnit>;

/** Why a line is not taken. Each has its sentence in the web. */
export const lineIssues = [
  'name-missing',
  'name-wrong',
  'birth-date-missing',
  'birth-date-wrong',
  'sex-missing',
  'sex-unknown',
  'admission-date-missing',
  'admission-date-wrong',
  'admission-in-future',
  'too-young',
  'official-date-wrong',
  'official-before-admission',
  'official-in-future',
  'card-wrong',
  'card-mangled',
  'citizen-id-wrong',
  'citizen-id-mangled',
  'no-number',
  'phone-wrong',
  'branch-missing',
  'branch-unknown',
  'branch-ambiguous',
  'not-a-branch',
  'card-twice-in-file',
  'citizen-id-twice-in-file',
  'card-held-by-other',
  'citizen-id-held-by-other',
  'numbers-of-two-members',
  'in-other-branch',
  'outside-your-units',
  'unit-name-missing',
  'unit-kind-unknown',
  'parent-unknown',
  'parent-ambiguous',
  'wrong-place',
  'code-wrong',
  'changed-meanwhile',
] as const;
/** What is pointed out about a line that is taken. */
export const lineNotes = [
  'zero-restored',
  'citizen-id-unlike-birth',
  'over-60-at-admission',
  'long-probation',
  'name-recased',
] as const;

const Issue = v.object({
  at: v.picklist([...columns, ...unitColumns]),
  code: v.picklist(lineIssues),
  /** The other line of the file, where there is one. */
  line: v.optional(v.number()),
});
export type LineIssue = v.InferOutput<typeof Issue>;
const Note = v.object({ at: v.picklist(columns), code: v.picklist(lineNotes) });
export type LineNote = v.InferOutput<typeof Note>;

/** What becomes, or became, of one line. */
export const Verdict = v.object({
  line: v.number(),
  verdict: v.picklist(['new', 'changed', 'unchanged', 'refused']),
  memberId: v.optional(MemberId),
  unitId: v.optional(UnitId),
  /** Items that differ from the record. */
  changes: v.optional(v.array(Item)),
  issues: v.array(Issue),
  notes: v.array(Note),
});
export type Verdict = v.InferOutput<typeof Verdict>;

/** A line that was understood; its branch is still the text of the file. */
export interface ReadRow extends Summary {
  readonly branch: string;
  readonly partyBody?: string;
}

export interface Reading {
  readonly row?: ReadRow;
  readonly issues: readonly LineIssue[];
  readonly notes: readonly LineNote[];
}

/** Age at admission: at least 18, and over 60 only by exception, counted by month. Source: domain.md §3.7. */
export const ADMISSION_YEARS = { least: 18, usual: 60 };
/** Probation lasts 12 months and is decided soon after; twice that is worth a look. Source: domain.md §3.7. */
const LONG_PROBATION_MONTHS = 24;

/** Reads one line of a file: all that is wrong with it at once, or a row. Never throws, whatever stands in the cells. */
export const readRow = (cells: SentRow['cells'], now: Instant): Reading => {
  const today = dayOf(now);
  const issues: LineIssue[] = [];
  const notes: LineNote[] = [];
  const wrong = (at: Column, code: LineIssue['code']) => void issues.push({ at, code });

  const written = tidyName([cells.name, cells.givenName].filter(Boolean).join(' '));
  const cased = properName(written);
  const name = v.safeParse(PersonName, cased);
  if (written === '') wrong('name', 'name-missing');
  else if (!name.success) wrong('name', 'name-wrong');
  else if (cased !== written) notes.push({ at: 'name', code: 'name-recased' });

  const birthDate = readDay(cells.birthDate ?? '');
  if (isBlank(cells.birthDate)) wrong('birthDate', 'birth-date-missing');
  else if (birthDate === undefined || birthDate >= today) wrong('birthDate', 'birth-date-wrong');

  const sex = readSex(cells.sex ?? '');
  if (isBlank(cells.sex)) wrong('sex', 'sex-missing');
  else if (sex === undefined) wrong('sex', 'sex-unknown');

  const admissionDate = readDay(cells.admissionDate ?? '');
  if (isBlank(cells.admissionDate)) wrong('admissionDate', 'admission-date-missing');
  else if (admissionDate === undefined) wrong('admissionDate', 'admission-date-wrong');
  else if (admissionDate > today) wrong('admissionDate', 'admission-in-future');
  const age = birthDate && admissionDate ? monthsBetween(birthDate, admissionDate) / 12 : undefined;
  if (age !== undefined && age < ADMISSION_YEARS.least) wrong('admissionDate', 'too-young');
  if (age !== undefined && age > ADMISSION_YEARS.usual)
    notes.push({ at: 'admissionDate', code: 'over-60-at-admission' });

  const noOfficialDate = isBlank(cells.officialDate) || /^(dang vien )?du bi$/.test(fold(cells.officialDate ?? ''));
  const officialDate = noOfficialDate ? undefined : readDay(cells.officialDate ?? '');
  if (!noOfficialDate && officialDate === undefined) wrong('officialDate', 'official-date-wrong');
  if (officialDate && admissionDate && officialDate < admissionDate) wrong('officialDate', 'official-before-admission');
  if (officialDate && officialDate > today) wrong('officialDate', 'official-in-future');
  if (noOfficialDate && admissionDate && monthsBetween(admissionDate, today) > LONG_PROBATION_MONTHS)
    notes.push({ at: 'officialDate', code: 'long-probation' });

  const birth = birthDate && sex ? { birthDate, sex } : undefined;
  const card = readNumber(cells.cardNumber, birth);
  const citizen = readNumber(cells.citizenId, birth);
  if (card.problem) wrong('cardNumber', card.problem === 'mangled' ? 'card-mangled' : 'card-wrong');
  if (citizen.problem) wrong('citizenId', citizen.problem === 'mangled' ? 'citizen-id-mangled' : 'citizen-id-wrong');
  if (card.restored) notes.push({ at: 'cardNumber', code: 'zero-restored' });
  if (citizen.restored) notes.push({ at: 'citizenId', code: 'zero-restored' });
  if (isBlank(cells.cardNumber) && isBlank(cells.citizenId)) wrong('citizenId', 'no-number');
  if (citizen.number !== undefined && birth && !fitsBirth(citizen.number, birth))
    notes.push({ at: 'citizenId', code: 'citizen-id-unlike-birth' });

  const phone = isBlank(cells.phone) ? undefined : readPhone(cells.phone ?? '');
  if (!isBlank(cells.phone) && phone === undefined) wrong('phone', 'phone-wrong');

  const branch = tidyName(cells.branch ?? '');
  if (branch === '') wrong('branch', 'branch-missing');
  if (issues.length > 0 || !name.success || !birthDate || !sex || !admissionDate) return { issues, notes };
  return {
    row: {
      name: name.output,
      birthDate,
      sex,
      admissionDate,
      ...(officialDate && { officialDate }),
      ...(card.number !== undefined && { cardNumber: v.parse(CardNumber, card.number) }),
      ...(citizen.number !== undefined && { citizenId: v.parse(CitizenId, citizen.number) }),
      ...(phone && { phone }),
      branch,
      ...(!isBlank(cells.partyBody) && { partyBody: tidyName(cells.partyBody ?? '') }),
    },
    issues,
    notes,
  };
};

/** Lines whose card or citizen id stands in an earlier line of the same file. */
export const twiceInFile = (
  rows: readonly { readonly line: number; readonly row: Pick<ReadRow, 'cardNumber' | 'citizenId'> }[],
): ReadonlyMap<number, readonly LineIssue[]> => {
  const first = new Map<string, number>();
  const found = new Map<number, LineIssue[]>();
  for (const { line, row } of rows) {
    for (const [at, code, number] of [
      ['cardNumber', 'card-twice-in-file', row.cardNumber],
      ['citizenId', 'citizen-id-twice-in-file', row.citizenId],
    ] as const) {
      if (number === undefined) continue;
      const earlier = first.get(`${at} ${number}`);
      if (earlier === undefined) first.set(`${at} ${number}`, line);
      else found.set(line, [...(found.get(line) ?? []), { at, code, line: earlier }]);
    }
  }
  return found;
};

/** What the store knows about the numbers of a line: who holds the card, who the citizen id. */
export interface Holders {
  readonly byCard?: Member;
  readonly byCitizenId?: Member;
}

export type Judgement =
  | { readonly verdict: 'new' }
  | { readonly verdict: 'changed'; readonly member: Member; readonly changes: readonly Item[] }
  | { readonly verdict: 'unchanged'; readonly member: Member }
  | { readonly verdict: 'refused'; readonly issues: readonly LineIssue[] };

/**
 * Whether a line is somebody new, somebody known, or a number that belongs to another. A number names a member; it is
 * the same person when name or date of birth agree too. Nobody is moved to another branch by a file.
 */
export const judge = (
  row: ReadRow,
  inUnit: { readonly unitId: UnitId; readonly day: Day },
  holders: Holders,
): Judgement => {
  const { byCard, byCitizenId } = holders;
  const issues: LineIssue[] = [];
  if (byCard && !isSamePerson(byCard, row)) issues.push({ at: 'cardNumber', code: 'card-held-by-other' });
  if (byCitizenId && !isSamePerson(byCitizenId, row))
    issues.push({ at: 'citizenId', code: 'citizen-id-held-by-other' });
  if (issues.length === 0 && byCard && byCitizenId && byCard.memberId !== byCitizenId.memberId)
    issues.push({ at: 'cardNumber', code: 'numbers-of-two-members' });
  if (issues.length > 0) return { verdict: 'refused', issues };
  const member = byCitizenId ?? byCard;
  if (!member) return { verdict: 'new' };
  const placed = member.placements.findLast(({ from }) => from <= inUnit.day) ?? member.placements[0];
  if (placed?.unitId !== inUnit.unitId)
    return { verdict: 'refused', issues: [{ at: 'branch', code: 'in-other-branch' }] };
  const changes = summaryItems.filter((item) => row[item] !== undefined && row[item] !== member[item]);
  return changes.length === 0 ? { verdict: 'unchanged', member } : { verdict: 'changed', member, changes };
};

const summaryItems = [
  'name',
  'birthDate',
  'sex',
  'admissionDate',
  'officialDate',
  'cardNumber',
  'citizenId',
  'phone',
] as const;

/** The items of a line that the record takes over; a blank cell leaves the record as it is. */
export const summaryOf = (row: ReadRow): Summary => {
  const { branch, partyBody, ...summary } = row;
  return summary;
};

const isSamePerson = (member: Member, row: ReadRow): boolean =>
  member.birthDate === row.birthDate || fold(member.name) === fold(row.name);
