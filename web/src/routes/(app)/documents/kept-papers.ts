import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { PhotoPage } from '#shared/documents/photo-pages.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import type { ToSend } from './upload.svelte.ts';

/** A photographed page as it lies on this phone until it is sent. `at` orders the pages. */
export interface KeptPage extends PhotoPage {
  readonly key: string;
  readonly at: number;
}

interface Kept extends DBSchema {
  sending: { key: MemberId; value: ToSend };
  pages: { key: string; value: KeptPage & { readonly memberId: MemberId } };
}

const DATABASE = 'papers';

/**
 * Photographed pages and the file on its way, kept on this phone: a phone of little memory closes the page while its camera
 * is open, and a reload must not send anyone back to the office. Signing out throws the database away with all others.
 */
export class KeptPapers {
  readonly #memberId: MemberId;
  #database: IDBPDatabase<Kept> | undefined;

  constructor(memberId: MemberId) {
    this.#memberId = memberId;
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
  }

  close(): void {
    this.#database?.close();
  }

  async pages(): Promise<KeptPage[]> {
    const all = (await this.#database?.getAll('pages')) ?? [];
    return all.filter(({ memberId }) => memberId === this.#memberId).sort((a, b) => a.at - b.at);
  }

  async keepPage(page: KeptPage): Promise<void> {
    await this.#database?.put('pages', { ...page, memberId: this.#memberId });
  }

  async dropPage(key: string): Promise<void> {
    await this.#database?.delete('pages', key);
  }

  async sending(): Promise<ToSend | undefined> {
    return this.#database?.get('sending', this.#memberId);
  }

  async keepSending(file: ToSend): Promise<void> {
    await this.#database?.put('sending', file, this.#memberId);
  }

  /** The sending was stopped: the pages stay, to be sent another time. */
  async dropSending(): Promise<void> {
    await this.#database?.delete('sending', this.#memberId);
  }

  /** The file has arrived, and the pages in it. */
  async dropAll(): Promise<void> {
    await this.dropSending();
    for (const { key } of await this.pages()) await this.dropPage(key);
  }
}
