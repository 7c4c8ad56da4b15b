import * as v from 'valibot';

export const textSizes = ['100', '125', '150', '200'] as const;
export const themes = ['auto', 'light', 'dark'] as const;

const Kept = v.object({
  text: v.fallback(v.picklist(textSizes), '100'),
  theme: v.fallback(v.picklist(themes), 'auto'),
});

/** Where `app.html` finds it before the first paint; it outlives a sign-out. */
const KEPT_UNDER = 'look';

/** How large the letters are and whether the ground is light or dark, on this phone. */
export class Look {
  #kept = $state.raw(keptLook());

  get text(): (typeof textSizes)[number] {
    return this.#kept.text;
  }
  set text(text) {
    this.#keep({ ...this.#kept, text });
  }

  get theme(): (typeof themes)[number] {
    return this.#kept.theme;
  }
  set theme(theme) {
    this.#keep({ ...this.#kept, theme });
  }

  #keep(look: v.InferOutput<typeof Kept>): void {
    this.#kept = look;
    Object.assign(document.documentElement.dataset, look);
    localStorage.setItem(KEPT_UNDER, JSON.stringify(look));
  }
}

const keptLook = (): v.InferOutput<typeof Kept> => {
  const text = localStorage.getItem(KEPT_UNDER);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), text);
  return parsed.success ? parsed.output : { text: '100', theme: 'auto' };
};
