/** The answer of a decision: a value, or a refusal with a code of the contract. A refusal is expected and never thrown. */
export type Result<T, C extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: C; readonly issues?: readonly Issue[] };

/** One thing wrong with what was sent: where (dotted path) and which code. */
export interface Issue {
  readonly at: string;
  readonly code: string;
}

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = <const C extends string>(
  code: C,
  issues?: readonly Issue[],
): { readonly ok: false; readonly code: C; readonly issues?: readonly Issue[] } =>
  issues === undefined ? { ok: false, code } : { ok: false, code, issues };

/** Reached only when a switch forgot a case: a bug, so it throws. */
export const never = (value: never): never => {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
};
