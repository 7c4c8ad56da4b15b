import type { RouteSpec } from './template-api.ts';

/** The route that a request takes, and the values of the variables in its path. */
export interface Matched {
  readonly route: RouteSpec;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Parsed {
  readonly route: RouteSpec;
  readonly method: string;
  readonly segments: readonly string[];
}

/**
 * Finds the route as an HTTP API does: a full match before a greedy variable, a word before a variable, the method itself
 * before `ANY`, `$default` last. Source: API Gateway developer guide, "Routes for HTTP APIs".
 */
export const router = (routes: readonly RouteSpec[]): ((method: string, path: string) => Matched | undefined) => {
  const parsed = routes
    .filter(({ key }) => key !== '$default')
    .map((route): Parsed => {
      const [method = '', path = ''] = route.key.split(' ');
      return { route, method, segments: path.split('/').slice(1) };
    })
    .sort(bySpecificity);
  const fallback = routes.find(({ key }) => key === '$default');
  return (method, path) => {
    const segments = path.split('/').slice(1);
    for (const candidate of parsed) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const parameters = match(candidate.segments, segments);
      if (parameters !== undefined) return { route: candidate.route, parameters };
    }
    return fallback && { route: fallback, parameters: {} };
  };
};

const rankOf = (segment: string): number => {
  if (segment.endsWith('+}')) return 2;
  return segment.startsWith('{') ? 1 : 0;
};

const bySpecificity = (a: Parsed, b: Parsed): number => {
  const greedy = (it: Parsed) => (it.segments.some((segment) => rankOf(segment) === 2) ? 1 : 0);
  if (greedy(a) !== greedy(b)) return greedy(a) - greedy(b);
  for (let at = 0; at < Math.max(a.segments.length, b.segments.length); at += 1) {
    const difference = rankOf(a.segments[at] ?? '{+}') - rankOf(b.segments[at] ?? '{+}');
    if (difference !== 0) return difference;
  }
  return (a.method === 'ANY' ? 1 : 0) - (b.method === 'ANY' ? 1 : 0);
};

const match = (wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const value = given[at];
    if (value === undefined || (value === '' && segment !== '')) return undefined;
    if (rankOf(segment) === 2) {
      parameters[segment.slice(1, -2)] = decoded(given.slice(at).join('/'));
      return parameters;
    }
    if (rankOf(segment) === 1) parameters[segment.slice(1, -1)] = decoded(value);
    else if (segment !== value) return undefined;
  }
  return wanted.length === given.length ? parameters : undefined;
};

/** Text with its percent signs worked out; as it was sent when they are broken. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
};
