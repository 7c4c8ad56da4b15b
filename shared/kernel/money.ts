import * as v from 'valibot';

/** A whole number of đồng, never negative and never a fraction. */
export const Dong = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.brand('Dong'));
export type Dong = v.InferOutput<typeof Dong>;
