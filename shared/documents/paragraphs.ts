import type { PageText, TextLine } from './model.ts';

/** A line that reaches this part of the widest line of its page goes on in the next one. */
const FULL_LINE = 0.86;
/** Signs with which a new paragraph begins: a bullet, a number, a letter with a bracket, a Roman number. */
const opening = /^([-–+•*]|\d{1,2}\s*[.)]|[a-zđ]\)|[IVX]{1,4}\s*[.-]|Điều\s+\d)/u;
const closed = /[.:;!?…]$/u;

/** The lines of a page as paragraphs to be read on a phone: what the printer broke is joined, a column stays apart. */
export const paragraphsOf = ({ lines }: PageText): readonly string[] => {
  const widest = Math.max(0, ...lines.map(widthOf));
  const paragraphs: string[] = [];
  let before: TextLine | undefined;
  for (const line of lines) {
    const text = line.text.trim();
    if (text === '') continue;
    if (before && goesOn(before, line, widest)) paragraphs[paragraphs.length - 1] += ` ${text}`;
    else paragraphs.push(text);
    before = line;
  }
  return paragraphs;
};

const widthOf = ({ text, box }: TextLine): number => (box ? box[2] - box[0] : text.length);

const goesOn = (before: TextLine, line: TextLine, widest: number): boolean => {
  if (opening.test(line.text)) return false;
  if (widthOf(before) < widest * FULL_LINE) return false;
  // a full line that ends a sentence goes on only where the next is not set in
  if (closed.test(before.text.trim()) && before.box && line.box) return line.box[0] - before.box[0] < 0.03;
  return true;
};
