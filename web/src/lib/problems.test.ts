import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { operation } from '#shared/kernel/operation.ts';
import type { Answer } from './api.ts';
import { generalProblems, type ProblemsOf, problemOf } from './problems.ts';

const contract = {
  checkIn: operation({
    id: 'meetings.checkIn',
    summary: 'Check in',
    method: 'POST',
    path: '/api/meetings/check-in',
    allow: 'signed-in',
    input: v.object({}),
    output: v.object({}),
    refusals: { 'meeting-closed': 409, 'wrong-code': 422 },
  }),
  roles: ['not', 'an', 'operation'],
};
const problems = {
  'meeting-closed': { happened: 'Buổi sinh hoạt đã kết thúc.', next: 'Báo thư ký.' },
  'wrong-code': { happened: 'Mã chưa đúng.', next: 'Xem lại mã trên bảng.' },
} satisfies ProblemsOf<typeof contract>;

describe('sentences for refusals', () => {
  it('are the own ones of a context first, then the general ones', () => {
    const code = 'meeting-closed' as Extract<Answer<typeof contract.checkIn>, { ok: false }>['code'];
    expect(problemOf(code, problems).happened).toBe('Buổi sinh hoạt đã kết thúc.');
    expect(problemOf('offline')).toBe(generalProblems.offline);
  });

  it('do not compile when one is missing', () => {
    // @ts-expect-error: 'wrong-code' has no sentence
    const missing = { 'meeting-closed': problems['meeting-closed'] } satisfies ProblemsOf<typeof contract>;
    // @ts-expect-error: 'meeting-closed' needs the sentences of its context
    expect(problemOf('meeting-closed')).toBe(generalProblems.fault);
    expect(missing).toBeDefined();
  });

  it('hold at most 20 words each', () => {
    for (const { happened, next } of Object.values(generalProblems))
      for (const sentence of `${happened} ${next}`.split(/[.!?]\s*/))
        expect(sentence.split(/\s+/).length).toBeLessThanOrEqual(20);
  });
});
