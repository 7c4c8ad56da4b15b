import { type Answer, ask } from '#lib/api.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { importRows, importUnits, previewImport, previewUnits, type UnitRow } from '#shared/members/contract.ts';
import { cellsOf, findHeading, type Mapping, memberColumns, unitColumnsOf } from '#shared/members/headings.ts';
import { unitKinds } from '#shared/members/model.ts';
import {
  type Column,
  type LineIssue,
  readRow,
  type SentRow,
  type SentUnit,
  twiceInFile,
  type UnitColumn,
  type Verdict,
} from '#shared/members/roll.ts';
import { kindSaid, nameKey } from '#shared/members/tree.ts';
import type { SheetRead } from './reading.ts';

/** Lines of one request: half of what it may carry, so that a slow network answers before patience ends. */
const LINES_A_TIME = 100;

type Trouble = Extract<Answer<typeof importRows>, { ok: false }>['code'];

/** One line of the file with what becomes of it. */
export interface JudgedLine {
  readonly line: number;
  readonly texts: readonly string[];
  readonly verdict: Verdict;
}

/** An import from the chosen sheet to its result. The file stays in this browser; only mapped cells are sent. */
export class ImportJob {
  readonly unit: Pick<UnitRow, 'unitId' | 'kind'>;
  readonly sheets: readonly SheetRead[];
  sheetIndex = $state(0);
  kind = $state<'members' | 'units'>('members');
  headingAt = $state(0);
  mapping = $state.raw<Mapping<Column | UnitColumn>>({});
  state = $state<'mapping' | 'previewing' | 'previewed' | 'importing' | 'done'>('mapping');
  lines = $state.raw<readonly JudgedLine[]>([]);
  done = $state(0);
  of = $state(0);
  leftMs = $state<number>();
  trouble = $state.raw<Trouble>();
  #cancelled = false;

  constructor(unit: Pick<UnitRow, 'unitId' | 'kind'>, sheets: readonly SheetRead[]) {
    this.unit = unit;
    this.sheets = sheets;
    const known = sheets.findIndex(({ lines }) => findHeading(lines) !== undefined);
    this.choose(Math.max(0, known));
  }

  get sheet(): SheetRead {
    return this.sheets[this.sheetIndex] ?? { name: '', lines: [] };
  }

  get headings(): readonly string[] {
    return this.sheet.lines[this.headingAt] ?? [];
  }

  /** The sheet, with its headings and columns as far as they are recognised. */
  choose(index: number): void {
    this.sheetIndex = index;
    const heading = findHeading(this.sheet.lines);
    this.headingAt = heading?.at ?? 0;
    this.kind = heading?.kind ?? 'members';
    this.#recognise();
    this.#restart();
  }

  chooseKind(kind: 'members' | 'units'): void {
    this.kind = kind;
    this.#recognise();
    this.#restart();
  }

  /** Which column holds this; nothing for none. One column holds one thing. */
  map(column: Column | UnitColumn, index: number | undefined): void {
    const others = Object.entries(this.mapping).filter(([name, at]) => name !== column && at !== index);
    this.mapping = Object.fromEntries(index === undefined ? others : [...others, [column, index]]);
    this.#restart();
  }

  #recognise(): void {
    this.mapping = this.kind === 'members' ? memberColumns(this.headings) : unitColumnsOf(this.headings);
  }

  #restart(): void {
    this.state = 'mapping';
    this.lines = [];
    this.trouble = undefined;
  }

  cancel(): void {
    this.#cancelled = true;
  }

  /** Asks what would become of every line; what the file itself shows is known without asking. */
  async preview(): Promise<void> {
    this.state = 'previewing';
    const sent = this.#sent();
    const here = this.#judgedHere(sent);
    const asked = sent.filter(({ line }) => !here.has(line));
    const answers = await this.#inParts(asked, (rows) =>
      this.kind === 'members'
        ? ask(previewImport, { unitId: this.unit.unitId, rows: rows as SentRow[] })
        : ask(previewUnits, { unitId: this.unit.unitId, rows: rows as SentUnit[] }),
    );
    if (!answers) {
      this.state = 'mapping';
      return;
    }
    this.#show(sent, this.kind === 'units' ? withParentsOfTheFile(asked as SentUnit[], answers) : answers, here);
    this.state = 'previewed';
  }

  /** Sends the good lines. What was taken before a stop stays taken; sending the rest again doubles nothing. */
  async run(): Promise<void> {
    this.state = 'importing';
    const good = new Set(this.lines.filter(({ verdict }) => verdict.verdict !== 'refused').map(({ line }) => line));
    const sent = this.#sent();
    const asked = sent.filter(({ line }) => good.has(line));
    const answers = await this.#inParts(this.kind === 'units' ? widestFirst(asked as SentUnit[]) : asked, (rows) =>
      this.kind === 'members'
        ? ask(importRows, { unitId: this.unit.unitId, rows: rows as SentRow[] })
        : ask(importUnits, { unitId: this.unit.unitId, rows: rows as SentUnit[] }),
    );
    const before = new Map(this.lines.map(({ line, verdict }) => [line, verdict]));
    const refused = new Map([...before].filter(([line]) => !good.has(line)));
    if (answers) this.#show(sent, answers, refused);
    this.state = answers ? 'done' : 'previewed';
  }

  /** A branch's own list need not say whose it is. */
  get isOfOneBranch(): boolean {
    return this.kind === 'members' && this.unit.kind === 'branch' && this.mapping['branch'] === undefined;
  }

  /** Lines with something in them, under the names of their columns. */
  #sent(): (SentRow | SentUnit)[] {
    const own = this.isOfOneBranch ? { branch: this.unit.unitId } : {};
    return this.sheet.lines.slice(this.headingAt + 1).flatMap((texts, index) => {
      const cells = cellsOf(texts, this.mapping as Mapping<Column>); // the names of both kinds of file stand apart
      return Object.keys(cells).length === 0 ? [] : [{ line: this.headingAt + index + 2, cells: { ...cells, ...own } }];
    });
  }

  #judgedHere(sent: readonly (SentRow | SentUnit)[]): ReadonlyMap<number, Verdict> {
    const found = new Map<number, Verdict>();
    if (this.kind !== 'members') return found;
    const now = instantOf(Date.now());
    const refuse = (line: number, issues: readonly LineIssue[], notes: Verdict['notes'] = []) =>
      found.set(line, { line, verdict: 'refused', issues: [...issues], notes });
    const rows = (sent as SentRow[]).flatMap(({ line, cells }) => {
      const { row, issues, notes } = readRow(cells, now);
      if (!row) refuse(line, issues, [...notes]);
      return row ? [{ line, row }] : [];
    });
    for (const [line, issues] of twiceInFile(rows)) refuse(line, issues);
    return found;
  }

  #show(sent: readonly (SentRow | SentUnit)[], answers: readonly Verdict[], here: ReadonlyMap<number, Verdict>): void {
    const byLine = new Map([...here.values(), ...answers].map((verdict) => [verdict.line, verdict]));
    this.lines = sent.flatMap(({ line }) => {
      const verdict = byLine.get(line);
      return verdict ? [{ line, texts: this.sheet.lines[line - 1] ?? [], verdict }] : [];
    });
  }

  /** Sends part after part with the count of lines and the time left; stops at the first trouble or when told to. */
  async #inParts<Row extends SentRow | SentUnit>(
    rows: readonly Row[],
    send: (part: Row[]) => Promise<Answer<typeof importRows>>,
  ): Promise<Verdict[] | undefined> {
    this.#cancelled = false;
    this.trouble = undefined;
    this.done = 0;
    this.of = rows.length;
    this.leftMs = undefined;
    const started = performance.now();
    const answers: Verdict[] = [];
    for (let from = 0; from < rows.length; from += LINES_A_TIME) {
      if (this.#cancelled) return undefined;
      const answer = await send(rows.slice(from, from + LINES_A_TIME));
      if (!answer.ok) {
        this.trouble = answer.code;
        return undefined;
      }
      answers.push(...answer.value.lines);
      this.done = answers.length;
      this.leftMs = ((performance.now() - started) / answers.length) * (rows.length - answers.length);
    }
    return answers;
  }
}

/** A superior that stands in the same file will be there when its turn comes. */
const withParentsOfTheFile = (rows: readonly SentUnit[], answers: readonly Verdict[]): Verdict[] => {
  const coming = new Set(
    rows
      .filter(({ line }) => answers.find((answer) => answer.line === line)?.verdict === 'new')
      .map(({ cells }) => nameKey(cells.name ?? '')),
  );
  const parentOf = new Map(rows.map(({ line, cells }) => [line, nameKey(cells.parent ?? '')]));
  let changed = true;
  let judged = [...answers];
  while (changed) {
    changed = false;
    judged = judged.map((answer) => {
      const waits = answer.issues.some(({ code }) => code === 'parent-unknown');
      if (!waits || !coming.has(parentOf.get(answer.line) ?? '')) return answer;
      changed = true;
      const name = rows.find(({ line }) => line === answer.line)?.cells.name ?? '';
      coming.add(nameKey(name));
      return { ...answer, verdict: 'new' as const, issues: [] };
    });
  }
  return judged;
};

const widestFirst = (rows: readonly SentUnit[]): SentUnit[] => {
  const rank = ({ cells }: SentUnit) =>
    unitKinds.indexOf(kindSaid(cells.kind ?? '') ?? kindSaid(cells.name ?? '') ?? 'party_cell_group');
  return [...rows].sort((a, b) => rank(a) - rank(b) || a.line - b.line);
};
