/** Header by which the service worker says since when it has kept a copy. */
export const KEPT_AT = 'x-kept-at';

/** What a page tells the service worker after the first visit: the files it has just loaded. */
export interface Keep {
  readonly keep: readonly string[];
}
