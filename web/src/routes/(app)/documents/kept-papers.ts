import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Session } from '#lib/session.svelte.ts';
import type { PhotoPage } from '#shared/documents/photo-pages.ts';
import { idAt, isPractice } from '#shared/kernel/practice.ts';
import type { ToSend } from './upload.svelte.ts';

/** A photographed page as it lies on this phone until it is sent. `at` orders the pages. */
export interface KeptPage extends PhotoPage {
  readonly key: string;
  readonly at: number;
}

interface Kept extends DBSchema {
  sending: { key: string; value: ToSend };
  pages: { key: string; value: KeptPage & { /** Whose it is. */ readonly memberId: string } };
}

const DATABASE = 'papers';

/** Whose pages these are: what somebody photographed while practising never stands among his real ones. */
export const keeperOf = ({ me, practice }: Pick<Session, 'me' | 'practice'>): string =>
  practice ? idAt(practice.unitId, me.memberId) : me.memberId;

/**
 * Photographed pages and the file on its way, kept on this phone: a phone of little memory closes the page while its camera
 * is open, and a reload must not send anyone back to the office. Signing out throws the database away with all others.
 */
export class KeptPapers {
  readonly #keeper: string;
  #database: IDBPDatabase<Kept> | undefined;

  constructor(keeper: string) {
    this.#keeper = keeper;
  }

  /** Without a database (a very private window) nothing is kept, and all else goes on. */
  async open(): Promise<void> {
    try {
      this.#database = await openDB<Kept>(DATABASE, 1, {
        upgrade: (database) => {
          database.createObjectStore('sending');
          database.createObjectStore('pages', { keyPath: 'key' });
        },
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
    await this.#dropPractised();
  }

  /** Pages of a practice that was left lead nowhere any more. */
  async #dropPractised(): Promise<void> {
    const left = (keeper: string) => isPractice(keeper) && keeper !== this.#keeper;
    for (const keeper of (await this.#database?.getAllKeys('sending')) ?? [])
      if (left(keeper)) await this.#database?.delete('sending', keeper);
    for (const { key, memberId } of (await this.#database?.getAll('pages')) ?? [])
      if (left(memberId)) await this.dropPage(key);
  }

  close(): void {
    this.#database?.close();
  }

  async pages(): Promise<KeptPage[]> {
    const all = (await this.#database?.getAll('pages')) ?? [];
    return all.filter(({ memberId }) => memberId === this.#keeper).sort((a, b) => a.at - b.at);
  }

  async keepPage(page: KeptPage): Promise<void> {
    await this.#database?.put('pages', { ...page, memberId: this.#keeper });
  }

  async dropPage(key: string): Promise<void> {
    await this.#database?.delete('pages', key);
  }

  async sending(): Promise<ToSend | undefined> {
    return this.#database?.get('sending', this.#keeper);
  }

  async keepSending(file: ToSend): Promise<void> {
    await this.#database?.put('sending', file, this.#keeper);
  }

  /** The sending was stopped: the pages stay, to be sent another time. */
  async dropSending(): Promise<void> {
    await this.#database?.delete('sending', this.#keeper);
  }

  /** The file has arrived, and the pages in it. */
  async dropAll(): Promise<void> {
    await this.dropSending();
    for (const { key } of await this.pages()) await this.dropPage(key);
  }
}
