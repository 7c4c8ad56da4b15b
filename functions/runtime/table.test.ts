import { beforeAll, describe, expect, it } from 'vitest';
import { aTable } from '../../infra/local/testing.ts';
import { exists, isNew, openTable } from './table.ts';

const table = openTable('MEETINGS_TABLE');

beforeAll(async () => {
  await Promise.all([aTable('MEETINGS_TABLE'), aTable('AUDIT_TABLE')]);
});

describe('a table', () => {
  it('reads back what was put, Vietnamese letters and all', async () => {
    await table.put({ pk: 'A', sk: '1', title: 'Sinh hoạt chi bộ thường kỳ', list: [1, { deep: true }] });
    expect(await table.get({ pk: 'A', sk: '1' })).toEqual({
      pk: 'A',
      sk: '1',
      title: 'Sinh hoạt chi bộ thường kỳ',
      list: [1, { deep: true }],
    });
    expect(await table.get({ pk: 'A', sk: '2' })).toBeUndefined();
  });

  it('answers a second creation with what stood there first', async () => {
    expect(await table.put({ pk: 'B', sk: '1', by: 'first' }, isNew)).toMatchObject({ done: true });
    const second = await table.put({ pk: 'B', sk: '1', by: 'second' }, isNew);
    expect(second).toEqual({ done: false, existing: { pk: 'B', sk: '1', by: 'first' } });
  });

  it('lets one of twenty creations of the same key win', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, by) => table.put({ pk: 'C', sk: '1', by }, isNew)));
    expect(all.filter(({ done }) => done)).toHaveLength(1);
  });

  it('changes attributes and entries of a map only while the condition holds', async () => {
    await table.put({ pk: 'D', sk: '1', state: 'open', ballots: {}, count: 0, gone: 1 });
    const vote = (member: string, choice: string) =>
      table.change(
        { pk: 'D', sk: '1' },
        {
          set: { [`ballots.${member}`]: choice },
          add: { count: 1 },
          remove: ['gone'],
          onlyIf: {
            expression: `#state = :open AND attribute_not_exists(#ballots.#${member.replace('-', '_')})`,
            values: { open: 'open' },
          },
        },
      );
    expect(await vote('m1', 'agree')).toMatchObject({ done: true, item: { ballots: { m1: 'agree' }, count: 1 } });
    expect(await vote('m1', 'against')).toMatchObject({ done: false, existing: { ballots: { m1: 'agree' } } });
    await table.change({ pk: 'D', sk: '1' }, { set: { state: 'closed' } });
    expect(await vote('m2', 'agree')).toMatchObject({ done: false, existing: { state: 'closed' } });
    expect(await table.get({ pk: 'D', sk: '1' })).not.toHaveProperty('gone');
  });

  it('adds attributes of any name to an item that need not be there, hundreds at once and each as often as told', async () => {
    const facts = Object.fromEntries(
      Array.from({ length: 230 }, (_, n) => [`present#m-${n}#2026-11-22T19:30:0${n % 10}.000Z`, { mark: n }]),
    );
    await Promise.all([table.add({ pk: 'F', sk: '1' }, facts), table.add({ pk: 'F', sk: '1' }, facts)]);
    expect(await table.get({ pk: 'F', sk: '1' })).toEqual({ pk: 'F', sk: '1', ...facts });
  });

  it('answers looks of one turn together, each its own item or nothing, strongly or not', async () => {
    await Promise.all(Array.from({ length: 130 }, (_, n) => table.put({ pk: 'G', sk: String(n), n })));
    const looks = Array.from({ length: 150 }, (_, n) =>
      table.get({ pk: 'G', sk: String(n % 140) }, n % 2 === 0 ? {} : { eventually: true }),
    );
    expect((await Promise.all(looks)).map((item) => item?.['n'])).toEqual(
      Array.from({ length: 150 }, (_, n) => (n % 140 < 130 ? n % 140 : undefined)),
    );
  });

  it('answers looks of one turn at several tables, one of them read in both ways', async () => {
    const other = openTable('AUDIT_TABLE');
    for (const n of [0, 1, 2]) await Promise.all([table, other].map((it) => it.put({ pk: 'H', sk: String(n), n })));
    const looks = [0, 1, 2, 3].flatMap((n) =>
      [{}, { eventually: true } as const].flatMap((how) => [
        table.get({ pk: 'H', sk: String(n) }, how),
        ...(n < 2 ? [other.get({ pk: 'H', sk: String(n) }, { eventually: true })] : []),
      ]),
    );
    const found = (await Promise.all(looks)).map((item) => item?.['n']);
    expect(found).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, undefined, undefined]);
  });

  it('changes nothing where nothing stands', async () => {
    expect(await table.change({ pk: 'E', sk: '1' }, { set: { a: 1 }, onlyIf: exists })).toEqual({ done: false });
    expect(await table.get({ pk: 'E', sk: '1' })).toBeUndefined();
  });

  it('queries by prefix, by range, from either end, over more than one page', async () => {
    const long = 'x'.repeat(300_000);
    for (const sk of ['P#1', 'P#2', 'P#3', 'P#4', 'P#5', 'Q#1']) await table.put({ pk: 'F', sk, long });
    const of = async (page: Parameters<typeof table.query>[1]) => (await table.query('F', page)).map((item) => item.sk);
    expect(await of({ prefix: 'P#' })).toEqual(['P#1', 'P#2', 'P#3', 'P#4', 'P#5']);
    expect(await of({ from: 'P#2', to: 'P#4' })).toEqual(['P#2', 'P#3', 'P#4']);
    expect(await of({ descending: true, limit: 2 })).toEqual(['Q#1', 'P#5']);
    expect(await of({ prefix: 'Z' })).toEqual([]);
  });

  it('writes all parts of a transaction or none, and names the part that could not be', async () => {
    await table.put({ pk: 'G', sk: 'taken' });
    const refused = await table.together([
      { put: { pk: 'G', sk: 'new' }, onlyIf: isNew },
      { put: { pk: 'G', sk: 'taken', by: 'late' }, onlyIf: isNew },
    ]);
    expect(refused).toEqual({ done: false, failed: [{ part: 1, existing: { pk: 'G', sk: 'taken' } }] });
    expect(await table.get({ pk: 'G', sk: 'new' })).toBeUndefined();
    const done = await table.together([
      { put: { pk: 'G', sk: 'new' }, onlyIf: isNew },
      { change: { pk: 'G', sk: 'taken' }, to: { set: { seen: true } } },
      { check: { pk: 'G', sk: 'nowhere' }, onlyIf: isNew },
    ]);
    expect(done).toEqual({ done: true });
    expect(await table.get({ pk: 'G', sk: 'taken' })).toMatchObject({ seen: true });
  });

  it('lets racing transactions on one item all come through in turn', async () => {
    await table.put({ pk: 'H', sk: 'sum', count: 0 });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        table.together([
          { change: { pk: 'H', sk: 'sum' }, to: { add: { count: 1 } } },
          { put: { pk: 'H', sk: `part#${index}` }, onlyIf: isNew },
        ]),
      ),
    );
    expect(await table.get({ pk: 'H', sk: 'sum' })).toMatchObject({ count: 12 });
  });
});
