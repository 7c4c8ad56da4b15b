import { describe, expect, it } from 'vitest';
import type { Day } from '#shared/kernel/time.ts';
import type { MeetingKind } from '#shared/meetings/model.ts';
import { stepsOf } from '#shared/meetings/preparation.ts';
import { agendaOf } from './agenda.ts';

const tasks = ['Đỗ Văn Tám: Sửa đường, hạn 30/11/2026'];
const shown = (kind: MeetingKind, but: readonly string[] = []) =>
  agendaOf(
    { agenda: stepsOf(kind, '2026-11-03' as Day).filter(({ id }) => !but.includes(id)), tasks },
    { state: 'published' },
  );

describe('the tasks that come back', () => {
  it('stand under the step that is about them', () => {
    const holding = shown('regular').filter(({ text }) => text?.includes('Sửa đường'));
    expect(holding).toMatchObject([{ key: 'tasks', text: '– Đỗ Văn Tám: Sửa đường, hạn 30/11/2026' }]);
  });

  it.each([
    ['regular', ['tasks']],
    ['thematic', []],
    ['extraordinary', []],
    ['extraordinary', ['reason', 'discussion', 'vote']],
  ] as const)('stand on the agenda of a %s meeting without such a step too, once', (kind, but) => {
    const texts = shown(kind, but).flatMap(({ text }) => (text?.includes('Sửa đường') ? [text] : []));
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('Nhiệm vụ đã giao:');
  });
});
