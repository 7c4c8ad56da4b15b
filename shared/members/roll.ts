import * as v from 'valibot';
import { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, type Instant } from '#shared/kernel/time.ts';
import { fold, tidyName } from '#shared/kernel/vietnamese.ts';
import { CardNumber, CitizenId, Item, type Member, PersonName, type Phone, type Sex, type Summary } from './model.ts';

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

const blanks = ['', '-', '–', '—', '.', 'x', 'khong', 'khong co', 'chua', 'chua co', 'k', 'ko'];
const isBlank = (text: string | undefined): boolean => blanks.includes(fold(text ?? ''));

/** A name written in capitals only, as many lists do, becomes one with first capitals; any other stays as it is. */
const properName = (name: string): string =>
  name !== '' && name === name.toLocaleUpperCase('vi') && name !== name.toLocaleLowerCase('vi')
    ? name
        .toLocaleLowerCase('vi')
        .replace(/(^|[\s-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toLocaleUpperCase('vi'))
    : name;

/**
 * The day that a cell means: `3/2/1960`, `03-02-1960`, `03.02.1960`, `1960-02-03`, `ngày 3 tháng 2 năm 1960`, or a
 * spreadsheet's own count of days. Never a guess: a year alone or two digits of one mean nothing.
 */
export const readDay = (text: string): Day | undefined => {
  const key = fold(text);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ][\d:.z+]*)?$/.exec(key);
  if (iso) return dayFrom(iso[1], iso[2], iso[3]);
  const usual = /^(\d{1,2}) ?[/.\- ] ?(\d{1,2}) ?[/.\- ] ?(\d{4})(?: 0{1,2}:00.*)?$/.exec(key);
  if (usual) return dayFrom(usual[3], usual[2], usual[1]);
  const words = /^(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})$/.exec(key);
  if (words) return dayFrom(words[3], words[2], words[1]);
  if (/^\d{5}(\.0+)?$/.test(key)) return dayOfSerial(Number(key));
  return undefined;
};

const dayFrom = (year: string | undefined, month: string | undefined, date: string | undefined): Day | undefined => {
  const day = `${year}-${month?.padStart(2, '0')}-${date?.padStart(2, '0')}`;
  const at = Date.parse(`${day}T00:00:00.000Z`);
  const real = !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
  return real && Number(year) >= 1900 && Number(year) <= 2100 ? (day as Day) : undefined;
};

/** Spreadsheets count days from 30/12/1899 (they believe that 1900 had a 29 February). */
const SERIAL_ZERO_MS = Date.UTC(1899, 11, 30);
const dayOfSerial = (serial: number): Day | undefined =>
  dayFrom(
    ...(new Date(SERIAL_ZERO_MS + serial * 86_400_000).toISOString().slice(0, 10).split('-') as [
      string,
      string,
      string,
    ]),
  );

export const readSex = (text: string): Sex | undefined => {
  const key = fold(text);
  if (['nam', 'male', 'm', 'trai', 'ong'].includes(key)) return 'male';
  return ['nu', 'female', 'f', 'gai', 'ba'].includes(key) ? 'female' : undefined;
};

/** The first number of a cell as dialled inside the country: ten digits for a mobile, up to eleven for a fixed line. */
export const readPhone = (text: string): Phone | undefined => {
  for (const part of text.split(/[/;,]| - /)) {
    const digits = part.replace(/[^\d+]/g, '').replace(/^(\+84|0084|84(?=\d{9,10}$))0?/, '0');
    const dialled = /^[35789]\d{8}$/.test(digits) ? `0${digits}` : digits;
    if (/^(0[35789]\d{8}|02\d{8,9})$/.test(dialled)) return dialled as Phone; // matches the schema's own pattern
  }
  return undefined;
};

interface Birth {
  readonly birthDate: Day;
  readonly sex: Sex;
}

/**
 * Twelve digits, or eleven where a spreadsheet has eaten the zero at the front; the zero is put back only when the
 * number then fits the birth. `mangled`: the spreadsheet has turned it into a rounded figure (`3.5E+10`).
 */
const readNumber = (
  text: string | undefined,
  birth: Birth | undefined,
): { readonly number?: string; readonly problem?: 'wrong' | 'mangled'; readonly restored?: true } => {
  if (isBlank(text)) return {};
  const bare = (text ?? '').replace(/[\s.\-']/g, '');
  if (/^\d{12}$/.test(bare)) return { number: bare };
  if (/^\d[\d,]*e\+?\d+$/i.test(bare)) return { problem: 'mangled' };
  if (/^\d{11}$/.test(bare) && birth && fitsBirth(`0${bare}`, birth)) return { number: `0${bare}`, restored: true };
  return { problem: 'wrong' };
};

/**
 * Whether a personal identity number can be that of somebody born then: three digits of a place, one of century and sex
 * (0 and 1 for the 20th, 2 and 3 for the 21st, even = male), two of the year. Source: Nghị định 137/2015/NĐ-CP §13.
 */
export const fitsBirth = (number: string, { birthDate, sex }: Birth): boolean => {
  const century = Math.floor(Number(birthDate.slice(0, 4)) / 100) - 19;
  return number[3] === String(century * 2 + (sex === 'male' ? 0 : 1)) && number.slice(4, 6) === birthDate.slice(2, 4);
};

/** Whole months from one day to another, counted by month as the age of admission is. */
export const monthsBetween = (from: Day, to: Day): number => {
  const [fromYear = 0, fromMonth = 0] = from.split('-').map(Number);
  const [toYear = 0, toMonth = 0] = to.split('-').map(Number);
  return (toYear - fromYear) * 12 + (toMonth - fromMonth);
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
