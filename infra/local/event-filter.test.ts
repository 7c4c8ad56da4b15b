import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fits } from './event-filter.ts';

const record = (type: string, more: object = {}) => ({
  eventName: 'INSERT',
  dynamodb: { NewImage: { fact: { M: { type: { S: type } } }, ...more } },
});
const onType = (rule: unknown) => ({ dynamodb: { NewImage: { fact: { M: { type: { S: [rule] } } } } } });

describe('the filter of an event mapping', () => {
  test.each([
    ['equality', 'meeting-closed', true],
    [{ prefix: 'meeting-' }, 'meeting-closed', true],
    [{ suffix: '-closed' }, 'meeting-closed', true],
    [{ prefix: 'point' }, 'meeting-closed', false],
    [{ exists: true }, 'meeting-closed', true],
    [{ exists: false }, 'meeting-closed', false],
    [{ 'anything-but': 'meeting-closed' }, 'meeting-closed', false],
    [{ 'anything-but': ['a', 'b'] }, 'meeting-closed', true],
    [{ 'anything-but': { prefix: 'meeting' } }, 'meeting-closed', false],
    [{ 'equals-ignore-case': 'MEETING-closed' }, 'meeting-closed', true],
  ])('%j takes the fact %s: %s', (rule, type, taken) => {
    expect(fits(onType(rule === 'equality' ? type : rule), record(type))).toBe(taken);
  });

  test('a record without the name is taken by "exists: false" only', () => {
    const bare = { eventName: 'INSERT', dynamodb: { NewImage: { pk: { S: 'a' } } } };
    expect(fits(onType({ exists: true }), bare)).toBe(false);
    expect(fits(onType({ exists: false }), bare)).toBe(true);
    expect(fits(onType({ 'anything-but': 'x' }), bare)).toBe(false);
    expect(fits(onType({ exists: true }), { dynamodb: {} })).toBe(false);
  });

  test('only a leaf exists', () => {
    expect(fits({ dynamodb: { NewImage: [{ exists: true }] } }, record('a'))).toBe(false);
  });

  test('numbers compare within bounds, and one of several alternatives is enough', () => {
    const size = { dynamodb: { SizeBytes: [{ numeric: ['>', 10, '<=', 20] }] } };
    expect([10, 11, 20, 21].map((SizeBytes) => fits(size, { dynamodb: { SizeBytes } }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const either = { $or: [{ eventName: ['REMOVE'] }, onType('a')] };
    expect(fits(either, record('a'))).toBe(true);
    expect(fits(either, record('b'))).toBe(false);
  });

  test('a comparison that is not known is a fault, never a wider filter', () => {
    expect(() => fits(onType({ wildcard: '*' }), record('a'))).toThrow('not known here');
  });

  const word = fc.string({ minLength: 1 });
  test('a record is taken by the pattern made of any of its own leaves', () => {
    fc.assert(
      fc.property(word, fc.dictionary(word, fc.oneof(word, fc.integer(), fc.boolean())), (type, more) => {
        const event = record(type, more);
        expect(fits(onType(type), event)).toBe(true);
        for (const [name, value] of Object.entries(more)) {
          if (name === 'fact') continue;
          expect(fits({ dynamodb: { NewImage: { [name]: [value] } } }, event)).toBe(true);
        }
      }),
    );
  });

  test('each further condition takes no more than before, each further alternative no less', () => {
    fc.assert(
      fc.property(word, word, word, fc.boolean(), (type, a, b, inserted) => {
        const event = { ...record(type), eventName: inserted ? 'INSERT' : 'MODIFY' };
        const narrow = { ...onType({ prefix: a }), eventName: ['INSERT'] };
        if (fits(narrow, event)) expect(fits(onType({ prefix: a }), event)).toBe(true);
        const wide = { dynamodb: { NewImage: { fact: { M: { type: { S: [{ prefix: a }, { prefix: b }] } } } } } };
        if (fits(onType({ prefix: a }), event)) expect(fits(wide, event)).toBe(true);
      }),
    );
  });
});
