import type { MeetingId, PollId, UnitId } from '#shared/kernel/ids.ts';
import words from './receipt-words.json' with { type: 'json' };
import type { Choice } from './shown.ts';

// A secret ballot, as phone and server both understand it. Source: RFC 9474 (RSABSSA-SHA384-PSS-Randomized), access.md §5.

/** Which vote a ballot belongs to. */
export interface BallotOf {
  readonly unitId: UnitId;
  readonly meetingId: MeetingId;
  readonly pollId: PollId;
}

/** What the phone has signed without showing it: the choice is in it, so that nobody can change it afterwards. */
export const ballotText = (poll: BallotOf, choice: Choice, token: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode([poll.unitId, poll.meetingId, poll.pollId, choice, token].join(' '));

/** Random bytes in front of the text, as RFC 9474 §4.1 asks. */
export const PREFIX_BYTES = 32;
export const SIGNATURE_BYTES = 256;

/** Under this a ballot is kept: nobody gets from it to the token, and nobody but its phone knows the token. */
export const ballotHash = async (token: string): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)));

/** Names the key of a vote. It stands in the file that all phones read, so that none can be given a key of its own. */
export const keyName = async (publicKey: string): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(publicKey)));

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The receipt: four words of the ballot's hash. They say that it was counted, never what it says. */
export const receiptOf = (hash: string): string =>
  [0, 2, 4, 6].map((at) => words[Number.parseInt(hash.slice(at, at + 2), 16)]).join(' ');
