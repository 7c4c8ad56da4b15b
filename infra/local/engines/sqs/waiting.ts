/** Callers that wait for something to come: woken by an event, by the clock, or when all ends. */
export interface Waiting {
  /** Tries until `attempt` answers something or the deadline (milliseconds since 1970) has passed. */
  until<T>(attempt: () => T | undefined, nextDue: () => number | undefined, deadline: number): Promise<T | undefined>;
  wake(): void;
  end(): void;
}

export const startWaiting = (): Waiting => {
  const sleepers = new Set<() => void>();
  let ended = false;
  const wake = () => {
    for (const rouse of [...sleepers]) rouse();
  };
  const sleepUntil = (instant: number) =>
    new Promise<void>((resolve) => {
      const rouse = () => {
        clearTimeout(timer);
        sleepers.delete(rouse);
        resolve();
      };
      const timer = setTimeout(rouse, Math.max(1, instant - Date.now()));
      sleepers.add(rouse);
    });
  return {
    until: async (attempt, nextDue, deadline) => {
      while (!ended) {
        const result = attempt();
        if (result !== undefined || Date.now() >= deadline) return result;
        await sleepUntil(Math.min(deadline, nextDue() ?? deadline));
      }
      return undefined;
    },
    wake,
    end: () => {
      ended = true;
      wake();
    },
  };
};
