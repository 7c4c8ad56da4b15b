import * as v from 'valibot';

const KEPT_UNDER = 'unsent:';
const Kept = v.object({ id: v.optional(v.string()), words: v.record(v.string(), v.string()) });

/**
 * Words that somebody is typing, kept in this tab until they are sent: over a step back, another tab of the screen, a reload,
 * and a phone that needed its memory for a call. They go with the tab and with signing out.
 */
export class Unsent {
  readonly #under: string;
  #words = $state.raw<Readonly<Record<string, string>>>({});
  #id: string | undefined;

  /** `about`: whose words and about what, so that nobody finds those of another. */
  constructor(...about: readonly string[]) {
    this.#under = KEPT_UNDER + about.join(':');
    const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), sessionStorage.getItem(this.#under));
    if (!kept.success) return;
    this.#words = kept.output.words;
    this.#id = kept.output.id;
  }

  /** What is typed in this field; nothing when it was not touched. */
  get(field: string): string | undefined {
    return this.#words[field];
  }

  /** Other words are another act. */
  set(field: string, text: string | undefined): void {
    if (text === this.#words[field]) return;
    const { [field]: _, ...others } = this.#words;
    this.#words = text === undefined ? others : { ...others, [field]: text };
    this.#id = undefined;
    this.#keep();
  }

  /** All that is typed, by field. */
  get words(): Readonly<Record<string, string>> {
    return this.#words;
  }

  /** Of the act that sends these words: the same however often they are sent, also after a reload. */
  get id(): string {
    this.#id ??= crypto.randomUUID();
    this.#keep();
    return this.#id;
  }

  /** They are where they belong. */
  sent(): void {
    this.#words = {};
    this.#id = undefined;
    sessionStorage.removeItem(this.#under);
  }

  #keep(): void {
    const kept = { words: this.#words, ...(this.#id && { id: this.#id }) };
    if (Object.keys(this.#words).length === 0) sessionStorage.removeItem(this.#under);
    else sessionStorage.setItem(this.#under, JSON.stringify(kept));
  }
}
