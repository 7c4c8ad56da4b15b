import type { Item } from '#shared/members/model.ts';

/** The nine items of a member's summary, in the words of the record. */
export const itemWords: Readonly<Record<Item, string>> = {
  name: 'Họ và tên',
  birthDate: 'Ngày sinh',
  sex: 'Giới tính',
  admissionDate: 'Ngày vào Đảng',
  officialDate: 'Ngày chính thức',
  cardNumber: 'Số thẻ đảng viên',
  branch: 'Chi bộ sinh hoạt',
  citizenId: 'Số căn cước',
  phone: 'Điện thoại',
};

const KEPT_UNDER = 'items-to-correct';

/**
 * Items that somebody said are wrong before he was in: kept on the phone until each was asked for or given up, so that
 * what he noticed at the door is not lost on the way in. Only which items, never what they say.
 */
export const itemsToCorrect = (): readonly Item[] =>
  (localStorage.getItem(KEPT_UNDER) ?? '').split(' ').filter((item): item is Item => item in itemWords);

export const keepToCorrect = (items: readonly Item[]): void =>
  items.length > 0 ? localStorage.setItem(KEPT_UNDER, items.join(' ')) : localStorage.removeItem(KEPT_UNDER);
