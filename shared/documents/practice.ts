import * as v from 'valibot';
import { DocumentId, type UnitId } from '#shared/kernel/ids.ts';
import { idAt } from '#shared/kernel/practice.ts';
import type { DocumentFields, Question } from './model.ts';
import paper from './practice.json' with { type: 'json' };

/** What everybody finds to read in a practice branch: the same paper however often it is made. */
export interface PracticePaper {
  readonly documentId: DocumentId;
  readonly unitId: UnitId;
  readonly fields: DocumentFields;
  readonly lines: readonly string[];
  readonly question: Question;
}

export const practicePaper = (unitId: UnitId): PracticePaper => ({
  documentId: v.parse(DocumentId, idAt(unitId, 'bai-doc')),
  unitId,
  fields: { type: 'reference_material', abstract: paper.abstract },
  lines: paper.lines,
  question: paper.question,
});
