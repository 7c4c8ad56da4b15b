import * as icons from '#lib/ui/icons.ts';

/** The three answers of a vote, each with its sign and word. */
export const choices = [
  { value: 'agree', label: 'Đồng ý', icon: icons.agree },
  { value: 'disagree', label: 'Không đồng ý', icon: icons.disagree },
  { value: 'other', label: 'Ý kiến khác', icon: icons.otherOpinion },
] as const;

export const choiceWord = (choice: (typeof choices)[number]['value']): string =>
  choices.find(({ value }) => value === choice)?.label ?? '';
