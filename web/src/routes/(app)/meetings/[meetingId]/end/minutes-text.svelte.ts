import * as v from 'valibot';
import type { Unsent } from '#lib/unsent.svelte.ts';
import { LINE_LETTERS, type Minutes, type Section } from '#shared/meetings/minutes.ts';

/** Sections as they are typed, a line for each thought, and the version that they were made from. */
const Typed = v.object({
  basedOn: v.number(),
  sections: v.array(v.object({ heading: v.string(), text: v.string() })),
});
type Typed = v.InferOutput<typeof Typed>;
const FIELD = 'minutes';

/**
 * The text of the minutes on this screen: what stands, unless something was changed here. What another saves meanwhile is
 * shown to whoever changes nothing, and told to whoever does: it is never written over unseen.
 */
export class MinutesText {
  readonly #standing: () => Minutes | undefined;
  readonly #unsent: Unsent;
  /** Drafted from the record, and not yet touched by anybody. */
  #drafted = $state.raw<Typed>();
  #before = $state.raw<Typed>();
  readonly #typed: Typed | undefined = $derived.by(() => {
    const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), Typed), this.#unsent.get(FIELD));
    return kept.success ? kept.output : undefined;
  });
  readonly #shown: Typed = $derived.by(() => {
    const standing = this.#standing();
    return this.#typed ?? this.#drafted ?? typedOf(standing?.sections ?? [], standing?.version ?? 0);
  });

  constructor(standing: () => Minutes | undefined, unsent: Unsent) {
    this.#standing = standing;
    this.#unsent = unsent;
  }

  get sections(): Typed['sections'] {
    return this.#shown.sections;
  }

  /** The same as they are sent and printed. */
  get lined(): Section[] {
    return this.sections.map(({ heading, text }) => ({
      heading,
      lines: text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()])),
    }));
  }

  get basedOn(): number {
    return this.#shown.basedOn;
  }

  /** Whether somebody has typed here what is not saved. */
  get typing(): boolean {
    return this.#typed !== undefined;
  }

  /** Whether what is on the screen is something else than what stands. */
  get changed(): boolean {
    const standing = this.#standing();
    return !standing || JSON.stringify(standing.sections) !== JSON.stringify(this.lined);
  }

  /** The paragraph of a section that is longer than one may be, counted from 1; nothing when none is. */
  tooLong(at: number): number | undefined {
    const found = (this.sections[at]?.text ?? '').split('\n').findIndex((line) => line.trim().length > LINE_LETTERS);
    return found < 0 ? undefined : found + 1;
  }

  /** Whether another has saved a version since this one was begun. */
  get overtaken(): boolean {
    const standing = this.#standing();
    return standing !== undefined && standing.version !== this.basedOn && this.changed;
  }

  write(at: number, text: string): void {
    const sections = this.sections.map((section, index) => (index === at ? { ...section, text } : section));
    this.#type({ basedOn: this.basedOn, sections });
  }

  /** Takes what was drafted afresh; what was typed can be brought back. */
  draft(sections: readonly Section[]): void {
    this.#leave();
    this.#drafted = typedOf(sections, this.#standing()?.version ?? 0);
  }

  /** Goes over to what another has saved; what was typed can be brought back. */
  takeTheirs(): void {
    this.#leave();
  }

  /** Holds on to what is typed here, over what another has saved: his version stays in the history. */
  holdOwn(): void {
    this.#type({ ...this.#shown, basedOn: this.#standing()?.version ?? 0 });
  }

  get undoable(): boolean {
    return this.#before !== undefined;
  }

  undo(): void {
    if (this.#before) this.#type(this.#before);
    this.#before = undefined;
  }

  /** What was on the screen stands now. */
  saved(): void {
    this.#before = undefined;
    this.#drafted = undefined;
    this.#unsent.sent();
  }

  #type(typed: Typed): void {
    this.#unsent.set(FIELD, JSON.stringify(typed));
  }

  #leave(): void {
    this.#before = this.#typed;
    this.#drafted = undefined;
    this.#unsent.sent();
  }
}

const typedOf = (sections: readonly Section[], basedOn: number): Typed => ({
  basedOn,
  sections: sections.map(({ heading, lines }) => ({ heading, text: lines.join('\n') })),
});
