/** Callers that wait for something to come: woken by an event, by the clock, or when all ends. */
export interface Waiting {
  /**
   * Tries until `attempt` answers something or the deadline (milliseconds since 1970) has passed. Both questions are put
   * for one moment: what falls due between them would be seen by neither, and be waited for until the deadline.
   */
  until<T>(
    name: string,
    attempt: (now: number) => T | undefined,
    nextDue: (now: number) => number | undefined,
    deadline: number,
  ): Promise<T | undefined>;
  /** Rouses those who wait for this name. */
  wake(name: string): void;
  end(): void;
}

export const startWaiting = (): Waiting => {
  const sleepers = new Map<string, Set<() => void>>();
  let ended = false;
  const wake = (name: string) => {
    for (const rouse of [...(sleepers.get(name) ?? [])]) rouse();
  };
  const sleepUntil = (name: string, instant: number) =>
    new Promise<void>((resolve) => {
      const own = sleepers.get(name) ?? new Set();
      sleepers.set(name, own);
      const rouse = () => {
        clearTimeout(timer);
        own.delete(rouse);
        resolve();
      };
      const timer = setTimeout(rouse, Math.max(1, instant - Date.now()));
      own.add(rouse);
    });
  return {
    until: async (name, attempt, nextDue, deadline) => {
      while (!ended) {
        const now = Date.now();
        const result = attempt(now);
        if (result !== undefined || now >= deadline) return result;
        await sleepUntil(name, Math.min(deadline, nextDue(now) ?? deadline));
      }
      return undefined;
    },
    wake,
    end: () => {
      ended = true;
      for (const name of sleepers.keys()) wake(name);
    },
  };
};
