import { addMilliseconds, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';

/** The door opens this long before the announced time. Source: decision "The door opens an hour before" (README). */
export const DOOR_OPENS_MS = 60 * MINUTE_MS;
export const doorOpensAt = (startsAt: Instant): Instant => addMilliseconds(startsAt, -DOOR_OPENS_MS);
