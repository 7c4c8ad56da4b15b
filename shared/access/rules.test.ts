import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addDays, addMilliseconds, DAY_MS, dayOf, HOUR_MS, MINUTE_MS, millisecondsOf } from '#shared/kernel/time.ts';
import { codeAlphabet, SignInPhone, TypedCode } from './model.ts';
import {
  daysOfOpenings,
  decideRenewal,
  decideReopening,
  decideSlip,
  decideToken,
  deviceOf,
  failureBudget,
  isReopenNumber,
  isSimplePin,
  lives,
  mayChooseSecret,
  passUntil,
  reopenNumber,
  SESSIONS_AT_MOST,
  sessionsToDrop,
  unitsOpened,
  WRONG_YEARS,
  weekOf,
  weeksKnown,
  withinBudget,
} from './rules.ts';
import { aReopening, aSession, aSlip, noon } from './testing.ts';

const nam = { birthYear: 1956 };
const later = (milliseconds: number) => addMilliseconds(noon, milliseconds);

describe('a typed code', () => {
  test('is the same with small letters, spaces, dashes and look-alikes', () => {
    expect(v.parse(TypedCode, 'acde-fhjk')).toBe('ACDEFHJK');
    expect(v.parse(TypedCode, ' ac2d u85l ')).toBe('AC2DU85L');
    expect(v.parse(TypedCode, 'acZ0 VBSI')).toBe('AC2DU85L');
  });

  test('too short, too long or with other signs is no code', () => {
    for (const text of ['', 'ACDE', 'ACDEFHJKL', 'ÁCDEFHJK', 'A'.repeat(41)])
      expect(v.safeParse(TypedCode, text).success).toBe(false);
  });

  test('of its alphabet stays as it is', () => {
    const code = fc.array(fc.constantFrom(...codeAlphabet), { minLength: 8, maxLength: 8 });
    fc.assert(fc.property(code, (signs) => v.parse(TypedCode, signs.join('')) === signs.join('')));
  });
});

describe('a slip', () => {
  const brought = { nonceHash: 'mine', birthYear: 1956 };
  const used = (at = noon, nonceHash = 'mine') => aSlip({ used: { at, nonceHash } });

  test('lets its phone through once, with the right year', () => {
    expect(decideSlip(aSlip(), nam, brought, noon)).toEqual({ ok: true, value: 'first' });
    expect(decideSlip(aSlip(), nam, { nonceHash: 'mine' }, noon)).toEqual({ ok: true, value: 'first' });
  });

  test('says the same of a wrong year as of a wrong code', () => {
    const wrong = { ...brought, birthYear: 1957 };
    expect(decideSlip(aSlip(), nam, wrong, noon)).toEqual(decideSlip(undefined, undefined, wrong, noon));
    expect(decideSlip(used(), nam, wrong, noon)).toMatchObject({ code: 'slip-unknown' });
    expect(decideSlip(aSlip({ until: noon }), nam, wrong, noon)).toMatchObject({ code: 'slip-unknown' });
  });

  test('is void after five wrong years, even with the right one', () => {
    expect(decideSlip(aSlip({ wrongYears: WRONG_YEARS - 1 }), nam, brought, noon).ok).toBe(true);
    expect(decideSlip(aSlip({ wrongYears: WRONG_YEARS }), nam, brought, noon)).toMatchObject({ code: 'slip-ended' });
  });

  test('ends after seven days, to the millisecond', () => {
    expect(decideSlip(aSlip(), nam, brought, later(7 * DAY_MS - 1)).ok).toBe(true);
    expect(decideSlip(aSlip(), nam, brought, later(7 * DAY_MS))).toMatchObject({ code: 'slip-ended' });
  });

  test('answers the same phone again within ten minutes, and no other', () => {
    expect(decideSlip(used(), nam, brought, later(10 * MINUTE_MS - 1))).toEqual({ ok: true, value: 'again' });
    expect(decideSlip(used(), nam, brought, later(10 * MINUTE_MS))).toMatchObject({ code: 'slip-ended' });
    expect(decideSlip(used(), nam, { ...brought, nonceHash: 'other' }, noon)).toMatchObject({ code: 'slip-ended' });
    expect(decideSlip(used(), nam, { birthYear: 1956 }, noon)).toMatchObject({ code: 'slip-ended' });
  });
});

test('a budget is spent by any of its scopes', () => {
  expect(withinBudget({})).toBe(true);
  for (const scope of ['prefix', 'branch', 'province'] as const) {
    expect(withinBudget({ [scope]: failureBudget[scope] - 1 })).toBe(true);
    expect(withinBudget({ [scope]: failureBudget[scope] })).toBe(false);
  }
});

describe('a session', () => {
  test('is renewed by its own secret until it ends', () => {
    expect(decideRenewal(aSession(), '8000', later(HOUR_MS))).toEqual({ ok: true, value: {} });
    expect(decideRenewal(aSession(), 'another', noon)).toMatchObject({ code: 'session-ended' });
    expect(decideRenewal(undefined, '8000', noon)).toMatchObject({ code: 'session-ended' });
    expect(decideRenewal(aSession({ until: noon }), '8000', noon)).toMatchObject({ code: 'session-ended' });
  });

  test('of a member lasts 90 days from its last day of use, one of staff its 12 hours', () => {
    const month = later(30 * DAY_MS);
    expect(decideRenewal(aSession(), '8000', month)).toEqual({
      ok: true,
      value: { seen: { seenAt: month, until: addMilliseconds(month, 90 * DAY_MS) } },
    });
    const staff = aSession({ kind: 'staff', until: later(40 * DAY_MS) });
    const decision = decideRenewal(staff, '8000', month);
    expect(decision.ok && decision.value.seen?.until).toBe(staff.until);
  });

  test('gives passes of eleven to twelve hours that never outlive it', () => {
    const hash = fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16).padStart(4, '0'));
    fc.assert(
      fc.property(hash, fc.integer({ min: 1, max: 30 * DAY_MS }), (secretHash, left) => {
        const until = millisecondsOf(passUntil({ secretHash, until: later(left) }, noon)) - millisecondsOf(noon);
        return until <= 12 * HOUR_MS && until <= left && until >= Math.min(left, 11 * HOUR_MS - 1);
      }),
    );
  });

  test('makes room by the ended ones first, then the longest unused', () => {
    const sessions = Object.fromEntries(
      Array.from({ length: SESSIONS_AT_MOST }, (_, at) => [`s-${at}`, aSession({ seenAt: later(at) })]),
    );
    expect(sessionsToDrop(sessions, noon)).toEqual(['s-0']);
    expect(sessionsToDrop({ ...sessions, 's-5': aSession({ until: noon }) }, noon)).toEqual(['s-5']);
    expect(sessionsToDrop({}, noon)).toEqual([]);
  });
});

test('an opening counts once on the day the phone says, at most three days back and never ahead', () => {
  const today = dayOf(noon);
  const counted = (...said: number[]) =>
    daysOfOpenings(
      said.map((days) => addDays(today, days)),
      noon,
    );
  expect(counted(-3, -3, 0)).toEqual([addDays(today, -3), today]);
  expect(counted(-4, 1)).toEqual([today]);
});

test('a pass opens the own chain and those of roles elsewhere, each unit once and at most twelve', () => {
  const chain = (...ids: string[]) => ids as UnitId[];
  expect(unitsOpened([chain('b1', 'x1', 't'), chain('b2', 'x1', 't')])).toEqual(['b1', 'x1', 't', 'b2']);
  const many = Array.from({ length: 30 }, (_, at) => chain(`b${at}`, 't'));
  expect(unitsOpened(many)).toHaveLength(12);
});

describe('a token of the staff pool', () => {
  const at = (offsetMs: number) => Math.round((millisecondsOf(noon) + offsetMs) / 1000);
  const token = (authMs: number, expiresMs = HOUR_MS) => ({ authTime: at(authMs), expires: at(expiresMs) });
  test('is taken within five minutes of the sign-in', () => {
    expect(decideToken(token(-5 * MINUTE_MS), noon).ok).toBe(true);
    expect(decideToken(token(-5 * MINUTE_MS - 1000), noon)).toMatchObject({ code: 'token-old' });
    expect(decideToken(token(2 * MINUTE_MS), noon)).toMatchObject({ code: 'token-old' });
    expect(decideToken(token(0, 0), noon)).toMatchObject({ code: 'token-old' });
  });
});

describe('a number to read out', () => {
  test('is known by its check digit: no wrong digit and no swap of neighbours passes', () => {
    const seven = fc.integer({ min: 0, max: 9_999_999 }).map((n) => String(n).padStart(7, '0'));
    fc.assert(
      fc.property(seven, fc.nat(7), fc.integer({ min: 1, max: 9 }), (digits, place, change) => {
        const number = reopenNumber(digits);
        const misheard = [...number];
        misheard[place] = String((Number(number[place]) + change) % 10);
        const swapped = [...number];
        [swapped[place], swapped[(place + 1) % 8]] = [swapped[(place + 1) % 8] as string, swapped[place] as string];
        const neighbours = place < 7 && swapped.join('') !== number;
        return (
          isReopenNumber(number) &&
          !isReopenNumber(misheard.join('')) &&
          !(neighbours && isReopenNumber(swapped.join('')))
        );
      }),
    );
    expect(isReopenNumber('1234')).toBe(false);
  });

  test('lets in the phone that asked, once approved, within fifteen minutes', () => {
    const approved = { memberId: 'nam' as MemberId, by: 'lan' as MemberId, byName: 'Lan', at: noon };
    expect(decideReopening(aReopening(), 'mine', noon)).toEqual({ ok: true, value: undefined });
    expect(decideReopening(aReopening({ approved }), 'mine', noon)).toEqual({ ok: true, value: approved });
    expect(decideReopening(aReopening({ approved }), 'other', noon)).toMatchObject({ code: 'reopening-ended' });
    expect(decideReopening(aReopening({ approved }), 'mine', later(lives.reopening)).ok).toBe(false);
    expect(decideReopening(undefined, 'mine', noon).ok).toBe(false);
  });
});

test('keys are known from the week before to the week after', () => {
  expect(weeksKnown(noon)).toEqual([weekOf(noon) - 1, weekOf(noon), weekOf(noon) + 1]);
  expect(weekOf(later(7 * DAY_MS))).toBe(weekOf(noon) + 1);
});

test('a first PIN or password is free, any later one only for who has just proved himself', () => {
  const has = (pin: boolean, password: boolean) => ({ pin, password });
  for (const one of [has(true, false), has(false, true), has(true, true)]) {
    expect(mayChooseSecret(one, undefined, noon)).toBe(false);
    expect(mayChooseSecret(one, noon, noon)).toBe(false);
    expect(mayChooseSecret(one, later(1), noon)).toBe(true);
  }
  expect(mayChooseSecret(has(false, false), undefined, noon)).toBe(true);
});

test.each([
  ['0912345678', '0912345678'],
  ['+84 912 345 678', '0912345678'],
  ['0084912345678', '0912345678'],
  ['0912.345.678', '0912345678'],
  ['912345678', undefined],
  ['09123456789', undefined],
  ['nhà tôi', undefined],
])('the phone number %s signs in as %s', (written, number) => {
  const read = v.safeParse(SignInPhone, written);
  expect(read.success ? read.output : undefined).toBe(number);
});

test('a PIN that is guessed first is too simple', () => {
  for (const pin of ['111111', '123456', '654321', '195600', '001956']) expect(isSimplePin(pin, 1956)).toBe(true);
  for (const pin of ['195701', '112233', '904183']) expect(isSimplePin(pin, 1956)).toBe(false);
});

test.each([
  [
    'Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
    'android',
    'chrome',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1',
    'iphone',
    'safari',
  ],
  ['Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Safari/537.36 Zalo android/12100', 'android', 'zalo'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/126.0 Safari/537.36 Edg/126.0', 'windows', 'edge'],
  ['curl/8', 'other', 'other'],
])('the browser that says %s is known', (words, machine, browser) => {
  expect(deviceOf(words)).toEqual({ machine, browser });
});
