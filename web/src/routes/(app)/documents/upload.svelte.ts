import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { wait } from '#lib/waiting.ts';
import { cancelUpload, completeUpload, requestUpload, uploadParts } from '#shared/documents/contract.ts';
import { Sha256 } from '#shared/documents/model.ts';
import { ActionId, type DocumentId, type UnitId } from '#shared/kernel/ids.ts';
import { putPart } from './bucket.ts';

/** What is to be sent: the file as it is, under the name people know it by. */
export interface ToSend {
  readonly unitId: UnitId;
  readonly fileName: string;
  readonly file: Blob;
}

type Refused = Extract<
  Awaited<ReturnType<typeof ask<typeof requestUpload>>> | Awaited<ReturnType<typeof ask<typeof completeUpload>>>,
  { ok: false }
>['code'];

/** Kept on this phone: which act a file belongs to, so that the same file chosen again after a reload goes on where it was. */
const KEPT_UNDER = 'uploads';
const Kept = v.record(v.string(), ActionId);
/** Between tries while the network is away; coming back online ends the wait at once. */
const PAUSE_MS = 5_000;
/** A part of an address that has run out, or a hiccup: so often before a person is asked. */
const TRIES = 40;

/** One file on its way to the bucket: in parts, with progress, taken up again after a lost network, and given up on request. */
export class Upload {
  state = $state<'preparing' | 'sending' | 'waiting' | 'checking' | 'done' | 'failed' | 'cancelled'>('preparing');
  sentBytes = $state(0);
  code = $state<Refused>();
  documentId = $state<DocumentId>();
  readonly bytes: number;
  readonly unitId: UnitId;
  readonly #what: ToSend;
  readonly #given = new AbortController();

  constructor(what: ToSend) {
    this.#what = what;
    this.bytes = what.file.size;
    this.unitId = what.unitId;
  }

  /** Sends it; called again after a failure it goes on where it stopped. */
  async send(): Promise<void> {
    this.code = undefined;
    this.state = 'preparing';
    const { unitId, fileName, file } = this.#what;
    const sha256 = await hashOf(file);
    const key = `${unitId}/${sha256}`;
    const actionId = actionFor(key);
    const asked = await this.#lasting(() =>
      ask(requestUpload, { unitId, actionId, fileName, bytes: file.size, sha256 }),
    );
    if (!asked.ok) return this.#fail(asked.code, key);
    this.documentId = asked.value.documentId;
    const ids = { unitId, documentId: asked.value.documentId };
    if (!(await this.#sendParts(ids, key))) return;
    this.state = 'checking';
    const completed = await this.#lasting(() => ask(completeUpload, ids));
    if (!completed.ok) return this.#fail(completed.code, key);
    forget(key);
    this.state = 'done';
  }

  async cancel(): Promise<void> {
    this.#given.abort();
    this.state = 'cancelled';
    if (this.documentId === undefined) return;
    const { unitId, file } = this.#what;
    await ask(cancelUpload, { unitId, documentId: this.documentId });
    forget(`${unitId}/${await hashOf(file)}`);
  }

  async #sendParts(ids: { unitId: UnitId; documentId: DocumentId }, key: string): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const known = await this.#lasting(() => ask(uploadParts, ids));
      if (this.#given.signal.aborted) return false;
      if (!known.ok) {
        // completed before a reload: only the answer was lost
        if (known.code === 'not-awaited') return true;
        this.#fail(known.code as Refused, key);
        return false;
      }
      const { arrived, missing, partBytes } = known.value;
      let before = arrived.reduce((sum, { bytes }) => sum + bytes, 0);
      this.sentBytes = before;
      if (missing.length === 0) return true;
      this.state = 'sending';
      for (const { number, url } of missing) {
        const part = this.#what.file.slice((number - 1) * partBytes, number * partBytes);
        const kept = await putPart(url, part, {
          progress: (bytes) => (this.sentBytes = Math.min(this.bytes, before + bytes)),
          signal: this.#given.signal,
        });
        if (this.#given.signal.aborted) return false;
        if (!kept) {
          await this.#pause();
          break;
        }
        before += part.size;
        this.sentBytes = before;
      }
    }
    this.#fail('offline', key);
    return false;
  }

  /** Asks until there is a network or the person gives up; any other answer is handed on. */
  async #lasting<T extends { ok: true } | { ok: false; code: string }>(question: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      const answer = await question();
      if (answer.ok || answer.code !== 'offline' || tries >= TRIES || this.#given.signal.aborted) return answer;
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    this.state = 'waiting';
    const back = new AbortController();
    const online = () => back.abort();
    window.addEventListener('online', online, { once: true });
    await wait(PAUSE_MS, AbortSignal.any([back.signal, this.#given.signal]));
    window.removeEventListener('online', online);
  }

  #fail(code: Refused, key: string): void {
    if (this.#given.signal.aborted) return;
    // a file that came out differently must begin anew, under a new act
    if (code === 'hash-differs' || code === 'size-differs') forget(key);
    this.code = code;
    this.state = 'failed';
  }
}

const hashOf = async (file: Blob): Promise<Sha256> => {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return v.parse(Sha256, [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
};

const kept = (): Record<string, ActionId> => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), localStorage.getItem(KEPT_UNDER));
  return parsed.success ? parsed.output : {};
};

const actionFor = (key: string): ActionId => {
  const known = kept();
  const actionId = known[key] ?? v.parse(ActionId, crypto.randomUUID());
  localStorage.setItem(KEPT_UNDER, JSON.stringify({ ...known, [key]: actionId }));
  return actionId;
};

const forget = (key: string): void => {
  const { [key]: _, ...others } = kept();
  localStorage.setItem(KEPT_UNDER, JSON.stringify(others));
};
