import * as v from 'valibot';
import { type Key, openTable } from '#runtime/table.ts';
import { MemberId } from '#shared/kernel/ids.ts';

const table = openTable('IDENTITY_TABLE');
const keys = {
  /** Whose number it is at the sign-in. */
  phone: (phone: string): Key => ({ pk: `PHONE#${phone}`, sk: 'PERSON' }),
  password: (memberId: MemberId): Key => ({ pk: `PERSON#${memberId}`, sk: 'PASSWORD' }),
};

const Owner = v.object({ memberId: v.optional(MemberId) });
const PasswordRecord = v.object({ phone: v.optional(v.string()) });

export const memberOfPhone = async (phone: string): Promise<MemberId | undefined> => {
  const item = await table.get(keys.phone(phone));
  return item && v.parse(Owner, item).memberId;
};

/** The number that goes with a member's password; nothing when he has none. */
export const phoneOf = async (memberId: MemberId): Promise<string | undefined> => {
  const item = await table.get(keys.password(memberId));
  return item && v.parse(PasswordRecord, item).phone;
};

/** Takes a number for a member, before the pool knows it, and lets his earlier one go. False: it is another's. */
export const takePhone = async (memberId: MemberId, phone: string, earlier: string | undefined): Promise<boolean> => {
  const written = await table.together([
    {
      change: keys.phone(phone),
      to: {
        set: { memberId },
        onlyIf: { expression: 'attribute_not_exists(#memberId) OR #memberId = :memberId', values: { memberId } },
      },
    },
    { put: { ...keys.password(memberId), phone } },
    ...(earlier !== undefined && earlier !== phone
      ? [{ change: keys.phone(earlier), to: { remove: ['memberId'] } }]
      : []),
  ]);
  return written.done;
};

/** Nobody signs in with this number any more. Letting go what is gone changes nothing. */
export const letPhoneGo = async (memberId: MemberId, phone: string): Promise<void> => {
  await table.together([
    {
      change: keys.phone(phone),
      to: { remove: ['memberId'], onlyIf: { expression: '#memberId = :memberId', values: { memberId } } },
    },
    { change: keys.password(memberId), to: { remove: ['phone'] } },
  ]);
};
