import type { Contract } from './open-api.ts';

/** Every contract of the product, found by its place, so that none can be forgotten. */
export const contracts: readonly Contract[] = Object.values(
  import.meta.glob<Contract>('../../../../../shared/*/*contract.ts', { eager: true }),
);
