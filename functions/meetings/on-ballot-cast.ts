import { httpApi, route } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { ballotHash, receiptOf } from '#shared/meetings/secret.ts';
import { castBallot } from '#shared/meetings/secret-contract.ts';
import { isSigned } from './signing.ts';
import { lockOf, recordCast } from './store/box.ts';

/**
 * A ballot comes to the box, from nobody in particular: this function is given no cookie, knows no member, reads no meeting
 * and may write no log. The signature says that whoever sent it had a right to one ballot.
 */
export const handler = httpApi('meetings', [
  route(castBallot, async ({ input }) => {
    const lock = await lockOf(input);
    if (!lock) return refuse('not-found');
    if (!isSigned(lock.publicKey, input, input)) return refuse('ballot-unsigned');
    const hash = await ballotHash(input.token);
    const cast = await recordCast(input, lock, { hash, choice: input.choice });
    return cast.ok ? ok({ receipt: receiptOf(hash) }) : cast;
  }),
]);
