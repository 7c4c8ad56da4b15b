import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeetingId, PollId } from '#shared/kernel/ids.ts';
import words from './receipt-words.json' with { type: 'json' };
import { ballotHash, ballotText, receiptOf } from './secret.ts';
import { theBranch } from './testing.ts';

const poll = { unitId: theBranch, meetingId: 'm' as MeetingId, pollId: 'p' as PollId };

describe('a secret ballot', () => {
  it('has a receipt of four words out of 256 different ones, the same each time', async () => {
    expect(new Set(words.map((word) => word.normalize('NFC'))).size).toBe(256);
    expect(words.filter((word) => !/^\p{L}{1,7}$/u.test(word))).toEqual([]);
    const hash = await ballotHash('token');
    expect(receiptOf(hash).split(' ')).toHaveLength(4);
    expect(receiptOf(await ballotHash('token'))).toBe(receiptOf(hash));
    await fc.assert(
      fc.asyncProperty(fc.string(), async (token) => {
        const receipt = receiptOf(await ballotHash(token));
        expect(receipt.split(' ').every((word) => words.includes(word))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('says its vote and its choice, so that it is good for no other', () => {
    const texts = (['agree', 'disagree', 'other'] as const).flatMap((choice) =>
      [poll, { ...poll, pollId: 'q' as PollId }].map((one) =>
        new TextDecoder().decode(ballotText(one, choice, 'token')),
      ),
    );
    expect(new Set(texts).size).toBe(6);
  });
});
