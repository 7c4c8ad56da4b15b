import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { createContext } from 'svelte';
import * as v from 'valibot';
import type { InputOf, Operation, OutputOf, RefusalOf } from '#shared/kernel/operation.ts';
import type { Result } from '#shared/kernel/result.ts';
import { type Instant, instantOf, millisecondsOf } from '#shared/kernel/time.ts';
import { type Sending, send, sendingOf, type Trouble } from './api.ts';
import { rightNow } from './server-clock.ts';
import { fullJitter, wait } from './waiting.ts';

/** One act of one person that waits for the network, or was refused and waits to be seen. */
export interface Waiting {
  /** Made on this phone; the order of acts is the order of `at`. */
  readonly id: string;
  readonly memberId: string;
  readonly operation: string;
  /** What it is about, in the words of the screen: `Điểm danh, Sinh hoạt chi bộ tháng 11`. */
  readonly about: string;
  readonly sending: Sending;
  readonly at: Instant;
  readonly tries: number;
  /** Not tried again by itself before this moment; opening or looking at the app tries at once. */
  readonly nextAt: Instant;
  /** The server stumbled over this one, or is too pressed for its kind: others may go on before it. */
  readonly passed?: true;
  /** Code of the server's refusal: it is not sent again by itself. */
  readonly refused?: string;
  /** Told by the page itself and not by a press: nobody is told what became of it. */
  readonly unasked?: true;
}

interface Kept extends DBSchema {
  outbox: { key: string; value: Waiting };
}

/** What became of an act: durable at the server, safe on this phone, or refused. */
export type Acted<Op extends Operation> =
  | { readonly state: 'saved'; readonly value: OutputOf<Op> | undefined }
  | { readonly state: 'waiting'; readonly id: string }
  | { readonly state: 'refused'; readonly code: RefusalOf<Op> | Trouble };

/** Refusals of the moment, not of the act: it stays and is sent again. */
const PASSING = ['offline', 'fault', 'busy', 'too-many'];
/** The act stays until its person has signed in again. */
const SIGN_IN_FIRST = ['not-signed-in', 'session-ended'];
/** The act binds others and stays, with all behind it, until its person has given his PIN. Source: access.md §1. */
const PIN_FIRST = 'step-up-needed';
/** An act sent so long after it was done says when that was; the server believes nothing shorter. */
const SENT_LATER_MS = 60_000;
/** After this a person is told that it waits for the network. Source: product.md §3.1. */
const ANSWER_WITHIN_MS = 1_000;
const EVERY_MS = 30_000;
const FIRST_BACKOFF_MS = 5_000;
const LONGEST_BACKOFF_MS = 5 * 60_000;
/** When a hall gets its Wi-Fi back, its phones come one after another within this time. */
const BACK_ONLINE_MS = 2_000;
const SAVED_SHOWN_MS = 6_000;
const DATABASE = 'outbox';
const LOCK = 'outbox';

/** Acts are written down on the phone first, then sent in their order, by one tab at a time, and never thrown away unseen. */
export class Outbox {
  readonly #memberId: string;
  #items = $state.raw<readonly Waiting[]>([]);
  /** True for a few seconds after something that waited has been saved. */
  justSaved = $state(false);
  /** What waits first binds others: it is sent once the PIN has been given. */
  needsPin = $state(false);
  #database: IDBPDatabase<Kept> | undefined;
  #tabs: BroadcastChannel | undefined;
  /** Acts that a page is waiting for right now, with what became of them. */
  readonly #awaited = new Map<string, Result<unknown> | undefined>();

  constructor(memberId: string) {
    this.#memberId = memberId;
  }

  get waiting(): readonly Waiting[] {
    return this.#unsent.filter(({ unasked }) => !unasked);
  }

  get #unsent(): readonly Waiting[] {
    return this.#items.filter(({ refused }) => refused === undefined);
  }

  get refused(): readonly Waiting[] {
    return this.#items.filter(({ refused }) => refused !== undefined);
  }

  /** Reads what lies here from before. Without a database (a very private window) acts are sent at once or not at all. */
  async open(): Promise<void> {
    try {
      this.#database = await openDB<Kept>(DATABASE, 1, {
        upgrade: (database) => void database.createObjectStore('outbox', { keyPath: 'id' }),
        // a sign-out in this or another tab takes the database away
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
    await this.#read();
  }

  /** Sends on open, when the network returns, when the page is looked at, and every 30 s, until the returned function is called. */
  start(): () => void {
    const now = () => void this.send('all');
    const seen = () => document.visibilityState === 'visible' && now();
    const online = async () => {
      await wait(fullJitter(0, BACK_ONLINE_MS, BACK_ONLINE_MS, Math.random));
      now();
    };
    const timer = setInterval(() => void this.send('due'), EVERY_MS);
    const tabs = new BroadcastChannel(DATABASE);
    tabs.onmessage = () => void this.#read();
    this.#tabs = tabs;
    window.addEventListener('online', online);
    window.addEventListener('focus', now);
    document.addEventListener('visibilitychange', seen);
    now();
    return () => {
      clearInterval(timer);
      tabs.close();
      window.removeEventListener('online', online);
      window.removeEventListener('focus', now);
      document.removeEventListener('visibilitychange', seen);
      this.#database?.close();
    };
  }

  /** Does an act that may wait (`later` in its contract): answers within a second, whatever the network does. */
  async act<Op extends Operation>(
    op: Op,
    input: InputOf<Op>,
    {
      about,
      id = crypto.randomUUID(),
      unasked,
    }: { readonly about: string; readonly id?: string; readonly unasked?: true },
  ): Promise<Acted<Op>> {
    if (!op.later) throw new Error(`${op.id} may not wait in the outbox`);
    const at = this.#next();
    const sending = sendingOf(op, input);
    this.#awaited.set(id, undefined);
    const item = { id, memberId: this.#memberId, operation: op.id, about, sending, at, tries: 0, nextAt: at };
    await this.#put(unasked ? { ...item, unasked } : item);
    const sent = this.send('all');
    await (this.#database ? Promise.race([sent, wait(ANSWER_WITHIN_MS)]) : sent);
    const outcome = this.#awaited.get(id);
    this.#awaited.delete(id);
    if (outcome?.ok) {
      const parsed = v.safeParse(op.output, outcome.value);
      return { state: 'saved', value: parsed.success ? parsed.output : undefined };
    }
    if (!outcome && this.#database) return { state: 'waiting', id };
    await this.#delete(id); // the page that asked tells it, so it need not lie here
    return { state: 'refused', code: (outcome?.code ?? 'offline') as RefusalOf<Op> | Trouble }; // stated by the server
  }

  /** Where an act is that was answered with `waiting`; `gone` when it was saved. */
  stateOf(id: string): 'waiting' | 'refused' | 'gone' {
    const item = this.#items.find((other) => other.id === id);
    return item === undefined ? 'gone' : item.refused === undefined ? 'waiting' : 'refused';
  }

  /** Sends what is due, or all that waits, in order. Only one tab does it; another one's turn comes after. */
  async send(which: 'due' | 'all'): Promise<void> {
    await navigator.locks.request(LOCK, async () => {
      await this.#read();
      // opinions may have to wait when many are there; a check-in or a vote behind them never does
      const pressed = new Set<string>();
      for (const item of this.#unsent) {
        if (pressed.has(item.operation)) continue;
        if (which === 'due' && isLater(item.nextAt)) {
          if (item.passed) continue;
          break; // what came later must not overtake it
        }
        const then = await this.#sendOne(item);
        if (then === 'stop') break;
        if (then === 'not this kind') pressed.add(item.operation);
      }
    });
  }

  /** A refused act has been seen and goes. What still waits cannot be taken out this way. */
  async dismiss(id: string): Promise<void> {
    if (this.stateOf(id) === 'refused') await this.#delete(id);
  }

  async #sendOne(item: Waiting): Promise<'go on' | 'not this kind' | 'stop'> {
    const late = rightNow() - millisecondsOf(item.at) > SENT_LATER_MS;
    const result = await send(late ? { ...item.sending, actedAt: item.at } : item.sending);
    this.needsPin = !result.ok && result.code === PIN_FIRST;
    if (this.needsPin) return 'stop';
    if (result.ok) {
      this.#answer(item.id, result);
      await this.#delete(item.id);
      if (!item.unasked) this.#showSaved();
      return 'go on';
    }
    if (SIGN_IN_FIRST.includes(result.code)) return 'stop';
    if (PASSING.includes(result.code)) {
      const tries = item.tries + 1;
      const pause = fullJitter(tries, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS, Math.random);
      const nextAt = instantOf(Date.now() + Math.min(LONGEST_BACKOFF_MS, (result.waitMs ?? 0) + pause));
      if (result.code !== 'fault' && result.code !== 'busy') {
        await this.#put({ ...item, tries, nextAt });
        return 'stop';
      }
      await this.#put({ ...item, tries, nextAt, passed: true });
      return result.code === 'busy' ? 'not this kind' : 'go on';
    }
    this.#answer(item.id, result);
    await (item.unasked ? this.#delete(item.id) : this.#put({ ...item, refused: result.code }));
    return 'go on';
  }

  #answer(id: string, result: Result<unknown>): void {
    if (this.#awaited.has(id)) this.#awaited.set(id, result);
  }

  /** Now, but after everything that waits: a clock that was set back changes no order. */
  #next(): Instant {
    const last = this.#items.at(-1)?.at;
    return instantOf(Math.max(rightNow(), last ? millisecondsOf(last) + 1 : 0));
  }

  #showSaved(): void {
    this.justSaved = true;
    setTimeout(() => {
      this.justSaved = false;
    }, SAVED_SHOWN_MS);
  }

  async #read(): Promise<void> {
    if (!this.#database) return;
    const all = await this.#database.getAll('outbox');
    const own = all.filter(({ memberId }) => memberId === this.#memberId);
    this.#items = inOrder(own);
  }

  async #put(item: Waiting): Promise<void> {
    await this.#database?.put('outbox', item);
    this.#items = inOrder([...this.#items.filter(({ id }) => id !== item.id), item]);
    this.#tabs?.postMessage('changed');
  }

  async #delete(id: string): Promise<void> {
    await this.#database?.delete('outbox', id);
    this.#items = this.#items.filter((item) => item.id !== id);
    this.#tabs?.postMessage('changed');
  }
}

/** Whether a moment is still to come; one further away than the longest pause was set by a clock that is wrong since. */
const isLater = (moment: Instant): boolean => {
  const ahead = millisecondsOf(moment) - Date.now();
  return ahead > 0 && ahead <= LONGEST_BACKOFF_MS;
};

const inOrder = (items: readonly Waiting[]): readonly Waiting[] =>
  items.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

export const [getOutbox, setOutbox] = createContext<Outbox>();
