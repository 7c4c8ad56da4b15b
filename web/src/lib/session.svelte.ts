import { createContext } from 'svelte';
import * as v from 'valibot';
import { Own } from '#shared/access/model.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { allows, type Permission, rights } from '#shared/kernel/permissions.ts';
import type { Result } from '#shared/kernel/result.ts';
import { HOUR_MS, Instant, instantOf, millisecondsOf } from '#shared/kernel/time.ts';
import { passEvents, renewPass } from './renewal.ts';

/** What every door answers, and who helps in this branch, as the call button on the help page needs it. */
const Who = v.object({ ...Own.entries, helper: v.optional(v.object({ name: v.string(), phone: v.string() })) });
export type Who = v.InferOutput<typeof Who>;

/** The same with the moment at which this phone renews: drawn, so that a hall that signed in together does not renew together. */
const KeptWho = v.object({ ...Who.entries, passUntil: Instant, renewAt: Instant });
type KeptWho = v.InferOutput<typeof KeptWho>;

const KEPT_UNDER = 'who';
/** Life of a pass when the server does not say. Source: access.md §3. */
const PASS_MS = 12 * HOUR_MS;
/** A pass is renewed somewhere between these shares of what is left of its life. */
const RENEW_FROM = 0.4;
const RENEW_UNTIL = 0.85;
/** Caches of the service worker that hold what members read; the shell itself is nobody's secret. */
const CONTENT_CACHES = /^content/;

/**
 * Who is using this phone and what they may do. `unknown`: no network, and nothing kept from last time.
 * The rights here only choose what is shown; every act is judged again by the server.
 */
export class Session {
  #kept = $state.raw<KeptWho>();
  /** While practising: where, and as whom. See `practice.ts`. */
  practice = $state.raw<Pick<Who, 'unitId' | 'grants' | 'units'>>();
  state = $state<'opening' | 'in' | 'out' | 'unknown'>('opening');

  get who(): Who | undefined {
    return this.#kept && { ...this.#kept, ...this.practice };
  }

  /** Who is signed in; asked only on pages behind the sign-in. */
  get me(): Who {
    if (!this.who) throw new Error('asked who is signed in before anyone was');
    return this.who;
  }

  /** The same, whatever is being practised. */
  get real(): Who {
    return { ...this.me, ...this.#kept };
  }

  /** The own unit, then its parents up to the province. */
  get chain(): readonly UnitId[] {
    return this.who?.units.map(({ unitId }) => unitId) ?? [];
  }

  /** Name of the own unit. */
  get unitName(): string {
    return this.who?.units[0]?.name ?? '';
  }

  /** Knows from last time, or asks the session cookie; from then on hears what a renewal said, wherever it was asked for. */
  async open(): Promise<void> {
    // a session lives as long as the page, so it never stops listening
    passEvents.addEventListener('renewed', (event) => this.#take((event as CustomEvent<unknown>).detail));
    passEvents.addEventListener('ended', () => void this.#end());
    this.#kept = keptWho();
    if (this.#kept && Date.now() < millisecondsOf(this.#kept.passUntil)) {
      this.state = 'in';
      return;
    }
    const renewal = await renewPass();
    if (renewal.ok) return this.#take(renewal.value);
    if (renewal.code === 'offline') this.state = this.#kept ? 'in' : 'unknown';
    else await this.#end();
  }

  /** Renews in time, until the returned function is called. */
  start(): () => void {
    const due = () => {
      const waits = this.state === 'in' && document.visibilityState === 'visible';
      if (waits && this.#kept && Date.now() >= millisecondsOf(this.#kept.renewAt)) void renewPass();
    };
    const timer = setInterval(due, 60_000);
    document.addEventListener('visibilitychange', due);
    due();
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', due);
    };
  }

  /** Whether it may be done at the unit with this chain; without one, at the own unit. */
  may(permission: Permission, chain: readonly UnitId[] = this.chain): boolean {
    return allows(this.who?.grants ?? [], permission, chain, instantOf(Date.now()));
  }

  /** Whether it may be done anywhere at all: enough to show a place in the navigation. */
  mayAnywhere(permission: Permission): boolean {
    // the house has one operation, watched at its root
    if (permission === 'operation.watch') return this.may(permission, this.chain.slice(-1));
    const now = instantOf(Date.now());
    return (this.who?.grants ?? []).some(
      ({ role, from, until }) =>
        from <= now && (until === undefined || until > now) && rights[role][permission] !== undefined,
    );
  }

  /** A binding act was confirmed by PIN or password: known here until the pass says it again. */
  steppedUp(until: Instant): void {
    if (!this.#kept) return;
    this.#kept = { ...this.#kept, stepUpUntil: until };
    write(this.#kept);
  }

  /** Ends the session at the server, then takes everything off this phone. Nothing is taken off when the server was not told. */
  async signOut(tellServer: () => Promise<Result<unknown>>): Promise<Result<unknown>> {
    const told = await tellServer();
    if (!told.ok && told.code !== 'session-ended' && told.code !== 'not-signed-in') return told;
    await this.#end();
    sessionStorage.clear();
    for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
    return { ok: true, value: undefined };
  }

  #take(answer: unknown): void {
    this.#kept = keepWho(answer);
    this.state = 'in';
  }

  /** What was read goes off the phone at once; what waits to be sent stays for the next sign-in of the same person. */
  async #end(): Promise<void> {
    this.state = 'out';
    localStorage.removeItem(KEPT_UNDER);
    const names = await caches.keys();
    await Promise.all(names.filter((name) => CONTENT_CACHES.test(name)).map((name) => caches.delete(name)));
  }
}

/** Keeps who signed in, from the answer of any door: with it the app opens without asking again. */
export const keepWho = (answer: unknown): KeptWho => {
  const parsed = v.safeParse(Who, answer);
  if (!parsed.success) throw new Error('the answer does not say who signed in');
  const now = Date.now();
  const passUntil = parsed.output.passUntil ?? instantOf(now + PASS_MS);
  const share = RENEW_FROM + Math.random() * (RENEW_UNTIL - RENEW_FROM);
  const renewAt = instantOf(now + (millisecondsOf(passUntil) - now) * share);
  const who = { ...parsed.output, passUntil, renewAt };
  write(who);
  return who;
};

const write = (who: KeptWho): void => localStorage.setItem(KEPT_UNDER, JSON.stringify(who));

/** Who was here last, as the help page wants to know without a session. */
export const keptWho = (): KeptWho | undefined => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), KeptWho), localStorage.getItem(KEPT_UNDER));
  return parsed.success ? parsed.output : undefined;
};

export const [getSession, setSession] = createContext<Session>();
