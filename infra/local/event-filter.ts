/**
 * Whether an event fits a pattern, as event source mappings filter: nested names, equality, `exists`, `prefix`, `suffix`,
 * `anything-but`, `equals-ignore-case`, `numeric` and `$or`. Throws for a comparison it does not know, so that a filter is
 * never wider here than in the cloud. Source: Lambda developer guide, "Filter rule syntax".
 */
export const fits = (pattern: unknown, event: unknown): boolean => {
  if (!isRecord(pattern)) throw new Error('A filter pattern is an object');
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or') return Array.isArray(wanted) && wanted.some((one) => fits(one, event));
    const value = isRecord(event) ? event[name] : undefined;
    if (!Array.isArray(wanted)) return fits(wanted, value);
    const values = Array.isArray(value) ? value : [value];
    return wanted.some((rule) => values.some((one) => fitsRule(rule, one)));
  });
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fitsRule = (rule: unknown, value: unknown): boolean => {
  if (!isRecord(rule)) return value === rule;
  const [[comparison, argument] = ['', undefined]] = Object.entries(rule);
  const text = (ask: (value: string, wanted: string) => boolean): boolean =>
    typeof value === 'string' && typeof argument === 'string' && ask(value, argument);
  switch (comparison) {
    case 'exists':
      // only leaves exist or not
      return (value !== undefined && !isRecord(value)) === argument;
    case 'prefix':
      return text((it, wanted) => it.startsWith(wanted));
    case 'suffix':
      return text((it, wanted) => it.endsWith(wanted));
    case 'equals-ignore-case':
      return text((it, wanted) => it.toLowerCase() === wanted.toLowerCase());
    case 'anything-but':
      return value !== undefined && !isRecord(value) && ![argument].flat().some((one) => fitsRule(one, value));
    case 'numeric':
      return typeof value === 'number' && Array.isArray(argument) && fitsNumbers(argument, value);
    default:
      throw new Error(`A filter compares with "${comparison}", which is not known here`);
  }
};

/** `['>', 0, '<=', 100]`: every comparison holds. */
const fitsNumbers = (comparisons: readonly unknown[], value: number): boolean => {
  for (let at = 0; at < comparisons.length; at += 2) {
    const bound = Number(comparisons[at + 1]);
    const holds = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    };
    if (holds[comparisons[at] as keyof typeof holds] !== true) return false;
  }
  return comparisons.length > 0;
};
