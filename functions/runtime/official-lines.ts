import { type Block, layout, type OfficialPaper, officialDate, type Signature } from './official-paper.ts';

export type Face = 'plain' | 'bold' | 'italic';

/** One paragraph. `before` stands in front of it in another face; `firstLine` is millimetres, `points` and `after` points. */
export interface Line {
  readonly text: string;
  readonly before?: { readonly text: string; readonly face: Face };
  readonly face?: Face;
  readonly points?: number;
  readonly align?: 'left' | 'centre' | 'both';
  readonly underlined?: boolean;
  readonly firstLine?: number;
  readonly after?: number;
  /** Lines after it that stand on the same sheet. */
  readonly keep?: number;
}

/** What stands side by side. */
export type TwoColumns = readonly [readonly Line[], readonly Line[]];

/** Whether it is an official letter, which has no title. */
export const isLetter = (paper: Pick<OfficialPaper, 'type'>): boolean => upper(paper.type) === 'CÔNG VĂN';

export const upper = (text: string): string => text.toLocaleUpperCase('vi');

const centred = (text: string, over: Partial<Line> = {}): Line => ({ text, align: 'centre', ...over });
const small = { points: layout.smallPoints };

/** Left who issues and under which number, right the Party, place and date. */
export const headOf = (paper: OfficialPaper): TwoColumns => [
  [
    ...(paper.superior === undefined ? [] : [centred(upper(paper.superior))]),
    centred(upper(paper.issuer), { face: 'bold' }),
    centred('*'),
    centred(`Số ${paper.number ?? '……'}`),
    ...(isLetter(paper) ? [centred(paper.abstract, { face: 'italic', ...small })] : []),
  ],
  [
    centred('ĐẢNG CỘNG SẢN VIỆT NAM', { face: 'bold', underlined: true }),
    centred(''),
    centred(officialDate(paper.place, paper.day), { face: 'italic' }),
  ],
];

/** Type and abstract; of a letter, to whom it is addressed. */
export const titleOf = (paper: OfficialPaper): readonly Line[] => {
  if (!isLetter(paper))
    return [
      centred(upper(paper.type), { face: 'bold', points: layout.titlePoints }),
      centred(paper.abstract, { face: 'bold' }),
      centred('-----'),
    ];
  const { addressee } = paper;
  return addressee === undefined ? [] : [centred(addressee, { before: { text: 'Kính gửi: ', face: 'italic' } })];
};

/** A piece of the body that is no table. */
export const bodyLine = (block: Exclude<Block, { kind: 'table' }>): Line => {
  const inBody = { align: 'both', firstLine: layout.firstLine, after: layout.after } as const;
  switch (block.kind) {
    case 'heading':
      return { ...inBody, text: block.text, face: 'bold', keep: 2 };
    case 'paragraph':
      return { ...inBody, text: block.text, face: block.bold ? 'bold' : block.italic ? 'italic' : 'plain' };
    case 'item':
      return { ...inBody, text: `- ${block.text}` };
  }
};

/** One signature stands right of the recipients; two stand side by side, with the recipients below. */
export const endOf = ({
  signatures,
  recipients,
}: OfficialPaper): { readonly signed: TwoColumns; readonly below: readonly Line[] } => {
  const [first, second] = signatures;
  const powers = first.power !== undefined || second?.power !== undefined;
  return second === undefined
    ? { signed: [receivers(recipients), signature(first, powers)], below: [] }
    : { signed: [signature(first, powers), signature(second, powers)], below: receivers(recipients) };
};

const receivers = (recipients: readonly string[]): Line[] =>
  recipients.length === 0
    ? []
    : [
        { text: 'Nơi nhận:', underlined: true, ...small },
        ...recipientLines(recipients).map((text): Line => ({ text, ...small })),
      ];

/** `- Các đồng chí đảng viên,` … `- Lưu Chi bộ.` */
const recipientLines = (recipients: readonly string[]): string[] =>
  recipients.map((name, at) => `- ${name}${at === recipients.length - 1 ? '.' : ','}`);

/** `withPower` keeps the line of a power free where only the other one signs by it, so that both names stand level. */
const signature = ({ power, title, name }: Signature, withPower: boolean): Line[] => [
  ...(withPower ? [centred(upper(power ?? ''), { face: 'bold' })] : []),
  centred(upper(title)),
  centred(''),
  centred(''),
  centred(''),
  centred(name, { face: 'bold' }),
];
