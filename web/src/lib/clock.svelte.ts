import { createContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import { type Instant, instantOf } from '#shared/kernel/time.ts';
import { rightNow } from './server-clock.ts';

/** The time as screens see it, by the server's clock: who reads `now` is told again every second, and nothing ticks when nobody reads. */
export class Clock {
  readonly #listen = createSubscriber((update) => {
    const timer = setInterval(() => document.visibilityState === 'visible' && update(), 1_000);
    document.addEventListener('visibilitychange', update);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', update);
    };
  });

  get now(): Instant {
    this.#listen();
    return instantOf(rightNow());
  }
}

export const [getClock, setClock] = createContext<Clock>();
