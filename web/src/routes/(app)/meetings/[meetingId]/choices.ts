import { agree, disagree, otherOpinion } from '#lib/ui/icons.ts';
import type { Choice } from '#shared/meetings/shown.ts';

export type { Choice };

/** The three answers of a vote: they differ by sign, word and place. */
export const choices: Readonly<Record<Choice, { readonly word: string; readonly icon: string }>> = {
  agree: { word: 'Đồng ý', icon: agree },
  disagree: { word: 'Không đồng ý', icon: disagree },
  other: { word: 'Ý kiến khác', icon: otherOpinion },
};
