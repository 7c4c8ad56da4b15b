import * as v from 'valibot';
import { isNew } from '#runtime/table.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { MOST_CODE_TRIES } from '#shared/meetings/door-code.ts';
import { key, type MeetingRef, table } from './keys.ts';

const Door = v.object({ secret: v.string() });

/** The secret of the hall's codes, when its device has been given one. */
export const doorSecretOf = async (ref: MeetingRef): Promise<string | undefined> => {
  const item = await table.get(key.door(ref));
  return item && v.parse(Door, item).secret;
};

/** Keeps a secret once; whoever asks again gets the one that stands. */
export const recordDoorSecret = async (ref: MeetingRef, secret: string): Promise<string> => {
  const written = await table.put({ ...key.door(ref), secret }, isNew);
  return written.done || !written.existing ? secret : v.parse(Door, written.existing).secret;
};

/** Takes one of a member's few tries before the code is looked at, so that guesses side by side are no more of them. */
export const takeCodeTry = async (ref: MeetingRef, memberId: MemberId): Promise<boolean> =>
  (
    await table.change(key.codeTries(ref, memberId), {
      add: { tries: 1 },
      onlyIf: { expression: 'attribute_not_exists(#tries) OR #tries < :most', values: { most: MOST_CODE_TRIES } },
    })
  ).done;
