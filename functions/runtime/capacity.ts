import { channel } from 'node:diagnostics_channel';

/** What one call of a table consumed. Nobody hears it in the cloud; where a run is measured its platform listens. */
export interface Consumed {
  readonly operation: string;
  /** A call that several shared counts as a part for each. */
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Files written. */
  readonly puts: number;
}

const heard = channel('handbook.capacity');

interface Told {
  readonly CapacityUnits?: number;
}

/** Tells what the service says a call cost, or the equal part of one of those who shared it. */
export const tellConsumed = (operation: string, told: Told | readonly Told[] | undefined, sharedBy = 1): void => {
  if (!heard.hasSubscribers) return;
  const units = [told ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0) / sharedBy;
  const isWrite = /^(Put|Update|Delete|TransactWrite|BatchWrite)/.test(operation);
  heard.publish({
    operation,
    calls: 1 / sharedBy,
    readUnits: isWrite ? 0 : units,
    writeUnits: isWrite ? units : 0,
    puts: 0,
  } satisfies Consumed);
};

/** Tells that a file was written. */
export const tellPut = (): void => {
  if (!heard.hasSubscribers) return;
  heard.publish({ operation: 'PutObject', calls: 0, readUnits: 0, writeUnits: 0, puts: 1 } satisfies Consumed);
};
