import type { SentRow, SentUnit } from '#shared/members/roll.ts';

/** An invented person as a line of the file that is imported, and what is done with him afterwards. */
export interface Invented {
  readonly row: SentRow;
  readonly branch: string;
  readonly partyBody: string;
  readonly name: string;
  readonly birthYear: number;
  readonly phone: string;
  readonly part?: Part;
  readonly exempt?: true;
}

/** Persons the demonstration is about, by what they do in it. */
export type Part =
  | 'branch_secretary'
  | 'deputy_secretary'
  | 'scribe'
  | 'member'
  | 'second_member'
  | 'probationary'
  | 'elder_without_phone'
  | 'member_of_another_branch'
  | 'office_officer'
  | 'propaganda_editor'
  | 'organisation_officer'
  | 'committee_assistant';

export interface InventedProvince {
  readonly name: string;
  readonly units: readonly SentUnit[];
  readonly people: readonly Invented[];
  /** The branch that meets tonight, and one beside it. */
  readonly tonight: Place;
  readonly beside: Place;
}
export interface Place {
  readonly branch: string;
  readonly partyBody: string;
}

export const PROVINCE = 'Đảng bộ tỉnh An Hải';
const OFFICES = 'Đảng bộ Các cơ quan Đảng tỉnh';
/** Branch in which the first administrator stands before anybody is imported. */
export const FIRST_BRANCH = 'Chi bộ Văn phòng Tỉnh ủy';

const communes = ['xã Đông Hải', 'xã Tân Phú', 'xã Bình Minh', 'xã Hòa An', 'xã Thanh Lâm', 'phường An Lộc'] as const;
const villages = ['thôn Nam', 'thôn Bắc', 'thôn Đông', 'thôn Đoài'] as const;
const agencies = ['Trường THCS', 'Cơ quan UBND'] as const;
const offices = ['Ban Tổ chức', 'Ban Tuyên giáo và Dân vận', 'Ủy ban Kiểm tra'] as const;

/** Members in all branches together. */
const MEMBERS = 900;

/** A province of three levels with 40 branches and 900 members: the same for the same seed and day, nobody real. */
export const inventProvince = (today: string, seed = 20_261_121): InventedProvince => {
  const random = randomFrom(seed);
  const units: SentUnit[] = [];
  const places: (Place & { readonly old: boolean })[] = [];
  const addUnit = (name: string, parent?: string) =>
    void units.push({ line: units.length + 2, cells: { name, ...(parent && { parent }) } });
  addUnit(OFFICES);
  for (const office of offices) {
    addUnit(`Chi bộ ${office}`, OFFICES);
    places.push({ branch: `Chi bộ ${office}`, partyBody: OFFICES, old: false });
  }
  places.push({ branch: FIRST_BRANCH, partyBody: OFFICES, old: false });
  for (const commune of communes) {
    const partyBody = `Đảng bộ ${commune}`;
    addUnit(partyBody);
    for (const village of villages) places.push({ branch: `Chi bộ ${village}`, partyBody, old: true });
    for (const agency of agencies) places.push({ branch: `Chi bộ ${agency}`, partyBody, old: false });
    for (const { branch } of places.filter((place) => place.partyBody === partyBody)) addUnit(branch, partyBody);
  }
  const tonight = places.find(
    ({ partyBody, branch }) => partyBody.endsWith('Đông Hải') && branch.endsWith('thôn Nam'),
  ) as Place;
  const beside = places.find(
    ({ partyBody, branch }) => partyBody.endsWith('Đông Hải') && branch.endsWith('thôn Bắc'),
  ) as Place;

  const wanted = spread(
    MEMBERS,
    places.map(({ old }) => (old ? 28 : 12) * (0.7 + random() * 0.6)),
  );
  const people: Invented[] = [];
  const invent = inventing(random, today, () => people.length + 2);
  for (const [index, place] of places.entries()) {
    const parts = partsOf(place, tonight, beside);
    for (let n = 0; n < (wanted[index] as number); n++) people.push(invent(place, parts[n], place.old));
  }
  return { name: PROVINCE, units, people, tonight, beside };
};

/** What the first ones of a branch do in the demonstration. */
const partsOf = (place: Place, tonight: Place, beside: Place): readonly Part[] => {
  if (place === tonight)
    return [
      'branch_secretary',
      'deputy_secretary',
      'scribe',
      'member',
      'second_member',
      'probationary',
      'elder_without_phone',
      'committee_assistant',
      'office_officer',
    ];
  if (place === beside) return ['branch_secretary', 'deputy_secretary', 'member_of_another_branch'];
  if (place.branch === 'Chi bộ Ban Tổ chức') return ['branch_secretary', 'deputy_secretary', 'organisation_officer'];
  if (place.branch === 'Chi bộ Ban Tuyên giáo và Dân vận')
    return ['branch_secretary', 'deputy_secretary', 'propaganda_editor'];
  return ['branch_secretary', 'deputy_secretary'];
};

/** The persons whose names stand in the README. */
const known: Readonly<Partial<Record<Part, { readonly name: string; readonly female?: true }>>> = {
  scribe: { name: 'Nguyễn Văn Minh' },
  member: { name: 'Phạm Thị Hoa', female: true },
  second_member: { name: 'Đỗ Văn Tám' },
  probationary: { name: 'Lê Thị Thu Trang', female: true },
  elder_without_phone: { name: 'Vũ Văn Ất' },
  committee_assistant: { name: 'Hoàng Thị Lý', female: true },
  office_officer: { name: 'Bùi Quang Hải' },
  propaganda_editor: { name: 'Ngô Thị Ánh Tuyết', female: true },
  organisation_officer: { name: 'Đặng Văn Tổ' },
  member_of_another_branch: { name: 'Trịnh Thị Bưởi', female: true },
};

const inventing = (random: () => number, today: string, nextLine: () => number) => {
  const one = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  const thisYear = Number(today.slice(0, 4));
  const numbers = new Set<string>();
  const phones = new Set<string>();
  const unused = (make: () => string, used: Set<string>): string => {
    let made = make();
    while (used.has(made)) made = make();
    used.add(made);
    return made;
  };
  const digits = (count: number) => Array.from({ length: count }, () => between(0, 9)).join('');
  const dayIn = (year: number): string => `${year}-${two(between(1, 12))}-${two(between(1, 28))}`;

  return (place: Place, part: Part | undefined, old: boolean): Invented => {
    const person = part && known[part];
    const female = person ? person.female === true : random() < 0.38;
    const name = person?.name ?? aName(female, one);
    const isProbationary = part === 'probationary' || (part === undefined && random() < 0.045);
    const isElder = part === 'elder_without_phone' || (part === undefined && old && random() < 0.3);
    const born = isProbationary
      ? between(thisYear - 32, thisYear - 20)
      : isElder
        ? between(part ? thisYear - 84 : thisYear - 88, thisYear - 71)
        : between(thisYear - 66, thisYear - 27);
    const birthDate = dayIn(born);
    const admissionDate = isProbationary
      ? dayBefore(today, between(30, 330))
      : dayIn(Math.min(born + between(20, 38), thisYear - 3));
    const officialDate = isProbationary ? undefined : nextYear(admissionDate);
    const citizenId = unused(
      () => `035${born < 2000 ? (female ? 1 : 0) : female ? 3 : 2}${String(born).slice(2)}${digits(6)}`,
      numbers,
    );
    // cards of before September 2025 bear a number of their own
    const cardNumber = isProbationary
      ? undefined
      : random() < 0.6
        ? citizenId
        : unused(() => `0350${digits(8)}`, numbers);
    const hasPhone = part === 'elder_without_phone' ? false : part !== undefined || !isElder || random() < 0.55;
    const phone = hasPhone
      ? unused(() => `0${one(['91', '98', '97', '86', '35', '77', '90'])}${digits(7)}`, phones)
      : '';
    const isExempt = part === undefined && thisYear - born >= 80 && random() < 0.6;
    return {
      row: {
        line: nextLine(),
        cells: {
          name,
          birthDate: asWritten(birthDate),
          sex: female ? 'Nữ' : 'Nam',
          admissionDate: asWritten(admissionDate),
          ...(officialDate && { officialDate: asWritten(officialDate) }),
          ...(cardNumber && { cardNumber }),
          branch: place.branch,
          partyBody: place.partyBody,
          citizenId,
          ...(phone && { phone }),
        },
      },
      branch: place.branch,
      partyBody: place.partyBody,
      name,
      birthYear: born,
      phone,
      ...(part && { part }),
      ...(isExempt && { exempt: true }),
    };
  };
};

const two = (n: number): string => String(n).padStart(2, '0');
const asWritten = (day: string): string => day.split('-').reverse().join('/');
const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) - days * 86_400_000).toISOString().slice(0, 10);
/** The same day a year later: probation lasts 12 months. Source: domain.md §3.7. */
const nextYear = (day: string): string => `${Number(day.slice(0, 4)) + 1}${day.slice(4)}`;

// family names roughly as often as they are borne
const families =
  'Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Trần Lê Lê Phạm Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trịnh Cao Lương Tạ'.split(
    ' ',
  );
const menMiddle = 'Văn Văn Văn Văn Đức Quang Minh Hữu Xuân Công Đình Ngọc Trọng Thế'.split(' ');
const menGiven =
  'Hùng Dũng Tuấn Nam Sơn Hải Thắng Bình Long Tùng Khánh Phúc Lâm Toàn Cường Vinh Quyết Chiến Thành Đạt Trung Kiên Hòa Lợi Tiến Dương Ước Uẩn Ẩn Thụ'.split(
    ' ',
  );
const womenMiddle = 'Thị Thị Thị Thị Thị Thu Ngọc Thanh Minh Bích Kim Thúy'.split(' ');
const womenGiven =
  'Hoa Lan Hương Hằng Nga Thủy Thảo Mai Yến Loan Hạnh Phượng Nhung Oanh Tuyết Liên Hiền Vân Dung Huệ Cúc Sen Tâm Lụa Nụ Ngát Thơm Đào'.split(
    ' ',
  );

const aName = (female: boolean, one: <T>(all: readonly T[]) => T): string =>
  `${one(families)} ${one(female ? womenMiddle : menMiddle)} ${one(female ? womenGiven : menGiven)}`;

/** Parts a whole by weights, to the last one, at least nine to each: enough for a branch committee. */
const spread = (whole: number, weights: readonly number[]): readonly number[] => {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const parts = weights.map((weight) => Math.max(9, Math.floor((weight / sum) * whole)));
  let left = whole - parts.reduce((total, part) => total + part, 0);
  for (let index = 0; left !== 0; index = (index + 1) % parts.length) {
    const step = Math.sign(left);
    if ((parts[index] as number) + step < 9) continue;
    parts[index] = (parts[index] as number) + step;
    left -= step;
  }
  return parts;
};

/** Evenly drawn numbers from 0 to 1, the same for the same seed (mulberry32). */
export const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
