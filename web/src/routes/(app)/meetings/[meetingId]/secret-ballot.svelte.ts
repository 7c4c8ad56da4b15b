import { type DBSchema, openDB } from 'idb';
import { ask, sendingOf } from '#lib/api.ts';
import { wait } from '#lib/waiting.ts';
import { type BallotOf, ballotHash, keyName, receiptOf } from '#shared/meetings/secret.ts';
import { ballotKey, castBallot, giveBallot } from '#shared/meetings/secret-contract.ts';
import type { Choice } from '#shared/meetings/shown.ts';
import { type Blinded, blind, unblind } from './blinding.ts';

/** One secret ballot as it lies on this phone. Once it is in the box, only its receipt is left. */
interface Kept {
  readonly id: string;
  readonly publicKey?: string;
  readonly ballot?: Blinded;
  readonly signature?: string;
  readonly receipt?: string;
}
interface Drawer extends DBSchema {
  ballots: { key: string; value: Kept };
}

/** Between the signature and the box a phone waits so long, by chance: who came for a ballot is not who casts one next. */
const SOONEST_MS = 2_000;
const LATEST_MS = 9_000;
const AGAIN_MS = 4_000;

/** Where a ballot is: not made, at the signer, on its way into the box, in it, or too late for it. */
export type Stage = 'choosing' | 'signing' | 'casting' | 'cast' | 'late';

/**
 * A member's ballot in one secret vote: made here, signed unseen, cast without a name. Each step is written down before the
 * next, so that a phone that is shut or reloaded goes on where it was. Source: access.md §5.
 */
export class SecretBallot {
  readonly #poll: BallotOf;
  readonly #keyName: string;
  readonly #id: string;
  #kept = $state.raw<Kept>();
  stage = $state<Stage>('choosing');
  /** Why the last step was refused. */
  code = $state<string>();

  constructor(poll: BallotOf, keyNamed: string, memberId: string) {
    this.#poll = poll;
    this.#keyName = keyNamed;
    this.#id = `${memberId}/${poll.pollId}`;
  }

  get receipt(): string | undefined {
    return this.#kept?.receipt;
  }

  /** Takes up what lies here from before; until the returned function is called a page that is left casts at once. */
  open(): () => void {
    void drawer()
      .then((database) => database.get('ballots', this.#id))
      .then((kept) => {
        if (!kept || this.#kept) return;
        this.#kept = kept;
        if (kept.receipt === undefined) void this.#goOn();
        else this.stage = 'cast';
      });
    const left = () => void (this.#kept?.signature !== undefined && this.stage === 'casting' && this.#cast());
    window.addEventListener('pagehide', left);
    return () => window.removeEventListener('pagehide', left);
  }

  /** Makes the ballot with this choice and brings it into the box. */
  async vote(choice: Choice): Promise<void> {
    this.code = undefined;
    this.stage = 'signing';
    const answer = await ask(ballotKey, this.#poll);
    if (!answer.ok) return this.#failed(answer.code);
    const { publicKey } = answer.value;
    // another key than everybody's would mark this ballot
    if ((await keyName(publicKey)) !== this.#keyName) return this.#failed('fault');
    await this.#keep({ id: this.#id, publicKey, ballot: await blind(this.#poll, choice, publicKey) });
    await this.#goOn();
  }

  /** The same ballot once more, after the network was away. */
  async again(): Promise<void> {
    this.code = undefined;
    await this.#goOn();
  }

  async #goOn(): Promise<void> {
    const { ballot, publicKey, signature } = this.#kept ?? {};
    if (!ballot || publicKey === undefined) return;
    if (signature === undefined) {
      this.stage = 'signing';
      const answer = await ask(giveBallot, { ...this.#poll, blinded: ballot.blinded });
      if (!answer.ok) return this.#failed(answer.code);
      const unblinded = await unblind(this.#poll, ballot, publicKey, answer.value.signature);
      await this.#keep({ id: this.#id, publicKey, ballot, signature: unblinded });
    }
    this.stage = 'casting';
    await wait(SOONEST_MS + Math.random() * (LATEST_MS - SOONEST_MS));
    while (this.stage === 'casting' && !(await this.#cast())) await wait(AGAIN_MS);
  }

  /** Sends the ballot with no cookie. Twice is once: the box knows it by its hash. */
  async #cast(): Promise<boolean> {
    const { ballot, signature } = this.#kept ?? {};
    if (!ballot || signature === undefined) return true;
    const { choice, token, prefix } = ballot;
    const { url, body = '' } = sendingOf(castBallot, { ...this.#poll, choice, token, prefix, signature });
    const status = await this.#send(url, body);
    if (status === 200) {
      // what was chosen does not stay on the phone
      await this.#keep({ id: this.#id, receipt: receiptOf(await ballotHash(token)) });
      this.stage = 'cast';
    }
    if (status === 409 || status === 403) this.stage = 'late';
    return this.stage !== 'casting';
  }

  // not by `ask`: that one is for acts of somebody, with a pass that is renewed
  async #send(url: string, body: string): Promise<number> {
    const headers = { 'content-type': 'application/json' };
    try {
      return (await fetch(url, { method: 'POST', credentials: 'omit', keepalive: true, headers, body })).status;
    } catch (error) {
      if (error instanceof TypeError || error instanceof DOMException) return 0;
      throw error;
    }
  }

  /** A ballot that nobody has signed may be made anew, with another choice; one that may be signed already may not. */
  async #failed(code: string): Promise<void> {
    this.code = code;
    if (code === 'poll-not-open' && this.#kept?.ballot) this.stage = 'late';
    else if (!this.#kept?.ballot || code === 'not-present' || code === 'no-vote' || code === 'ballot-given') {
      this.#kept = undefined;
      await (await drawer()).delete('ballots', this.#id);
      this.stage = 'choosing';
    }
  }

  async #keep(kept: Kept): Promise<void> {
    this.#kept = kept;
    await (await drawer()).put('ballots', kept);
  }
}

const drawer = () =>
  openDB<Drawer>('ballots', 1, {
    upgrade: (database) => void database.createObjectStore('ballots', { keyPath: 'id' }),
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
