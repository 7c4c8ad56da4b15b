import { log } from '#runtime/log.ts';
import { addDays, dayOf, instantOf } from '#shared/kernel/time.ts';
import { faultsBetween, sealDaysOver, sealedDays } from './sealing.ts';

/** Days that are compared with their seals every night. */
const LOOKED_BACK = 31;

/** After midnight: the audit log of the day is sealed, and the last month compared with its seals. */
export const handler = async (): Promise<void> => {
  const today = dayOf(instantOf(Date.now()));
  const sealed = await sealDaysOver(today);
  log({ event: 'audit-sealed', count: sealed.length });
  const [first, last] = await sealedDays();
  if (first === undefined || last === undefined) return;
  const from = [first, addDays(last, -LOOKED_BACK)].sort().at(-1) ?? first;
  const faults = await faultsBetween(from, last);
  for (const fault of faults)
    log({
      level: 'error',
      event: 'audit-unlike-its-seal',
      code: `${fault.what} ${fault.day}`,
      ...('unitId' in fault && { unitId: fault.unitId }),
    });
};
