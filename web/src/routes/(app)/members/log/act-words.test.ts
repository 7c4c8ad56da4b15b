import { expect, test } from 'vitest';
import type { Operation } from '#shared/kernel/operation.ts';
import { contracts } from '../../../api/openapi.json/contracts.ts';
import { actWords } from './act-words.ts';

test('every act that stands in the log has its words, and no word is left over', () => {
  const audited = contracts
    .flatMap((contract) => Object.values(contract as Readonly<Record<string, Partial<Operation>>>))
    .flatMap(({ audited, id }) => (audited && id ? [id as string] : []));
  expect(audited.length).toBeGreaterThan(25);
  expect(Object.keys(actWords).toSorted()).toEqual([...new Set(audited)].toSorted());
});
