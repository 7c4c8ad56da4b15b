import type { TaskSource } from '#shared/tasks/model.ts';

/** What a task comes out of, in the words of the branch. */
export const sourceSaid = (source: TaskSource): string => {
  if (source.kind === 'resolution') return `Nghị quyết số ${source.number}`;
  return source.kind === 'plan' ? source.title : 'Buổi sinh hoạt chi bộ';
};
