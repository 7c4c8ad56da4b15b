import { number } from '#lib/format.ts';
import type { AgendaStep as Shown } from '#lib/ui/Steps.svelte';
import type { LiveMeeting, Pack, Paper } from '#shared/meetings/shown.ts';

export interface ShownStep extends Shown {
  readonly text: string | undefined;
  readonly papers: readonly Paper[];
}

const noteOf = ({ minutes, required }: Pack['agenda'][number]): string | undefined =>
  [minutes > 0 && `${number(minutes)} phút`, required && `${required.from} yêu cầu`].filter(Boolean).join(' · ') ||
  undefined;

/** The step under which the open tasks stand: a thematic or extraordinary agenda has none of its own for them. */
const holderOf = (agenda: Pack['agenda']) =>
  agenda.find(({ id }) => id === 'tasks') ?? agenda.find(({ id }) => id === 'conclusion') ?? agenda.at(-1);

/** The agenda as a line of steps: what is done, the one in hand, what is to come; with every open task that comes back. */
export const agendaOf = (
  { agenda, tasks }: Pick<Pack, 'agenda' | 'tasks'>,
  { state, stepId }: Pick<LiveMeeting, 'state' | 'stepId'>,
): ShownStep[] => {
  const holder = holderOf(agenda);
  const list =
    tasks && ['Nhiệm vụ đã giao:', ...tasks.map((task) => `– ${task}`)].slice(holder?.id === 'tasks' ? 1 : 0);
  const at = agenda.findIndex(({ id }) => id === stepId);
  const stateAt = (index: number): Shown['state'] => {
    if (state === 'closed') return 'done';
    if (state !== 'open' || index > at) return 'next';
    return index === at ? 'current' : 'done';
  };
  return agenda.map((step, index) => ({
    key: step.id,
    title: step.title,
    state: stateAt(index),
    note: noteOf(step),
    text: [step.note, ...((step === holder && list) || [])].filter(Boolean).join('\n') || undefined,
    papers: step.papers,
  }));
};
