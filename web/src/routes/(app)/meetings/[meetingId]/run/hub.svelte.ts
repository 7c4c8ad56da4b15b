import { number } from '#lib/format.ts';
import type { Outbox } from '#lib/outbox.svelte.ts';
import type { ActionId, MemberId } from '#shared/kernel/ids.ts';
import type { InputOf } from '#shared/kernel/operation.ts';
import { countRoll, headsExpected } from '#shared/meetings/attendance.ts';
import { answerAbsence, countHeads, recordGuest, recordRoll } from '#shared/meetings/attendance-contract.ts';
import type { Absence, Attendance, AttendanceStatus, Guest, RollMember } from '#shared/meetings/model.ts';
import type { DeskState } from '../desk.svelte.ts';
import type { Desk } from '../desk.ts';
import { statusWords } from './roll-words.ts';
import { hallActs, withMarks, withWaiting } from './waiting-acts.ts';

type Mark = InputOf<typeof recordRoll>['marks'][number];
/** Marks that one request may carry. */
const AT_ONCE = 100;
/** Who is expected to be there or to say why not. */
const DUE: readonly RollMember['state'][] = ['official', 'probationary', 'guest'];

/**
 * The hall as one phone records it: who is there, who asked to be excused, who came from outside, how many heads. Every act goes
 * through the outbox and is shown at once, so that a hall without a network and a reload in its middle lose nothing.
 */
export class Hub {
  readonly #desk: DeskState;
  readonly #outbox: Outbox;
  readonly #me: MemberId;
  /** How the last act is taken back. */
  undo = $state.raw<{ readonly words: string; readonly back: () => unknown }>();

  constructor(desk: DeskState, outbox: Outbox, me: MemberId) {
    this.#desk = desk;
    this.#outbox = outbox;
    this.#me = me;
  }

  readonly waiting = $derived.by(() => hallActs(this.#desk.desk, this.#outbox.waiting));
  /** What the server knows, with what waits for it. */
  readonly desk: Desk = $derived.by(() => withWaiting(this.#desk.desk, this.waiting, this.#me));
  readonly marks = $derived.by(() => new Map<string, Attendance>(this.desk.roll.map((mark) => [mark.memberId, mark])));
  readonly counts = $derived.by(() => {
    const { meeting, roll } = this.desk;
    return countRoll('expected' in meeting ? meeting.expected : { members: 0, exempt: [] }, roll);
  });
  readonly unmarked = $derived.by(() =>
    this.desk.members.filter(({ memberId, state }) => this.statusOf(memberId) === 'unmarked' && DUE.includes(state)),
  );
  /** Asked beforehand and meant: what was taken back is not asked. */
  readonly absences = $derived.by(() => this.desk.absences.filter(({ withdrawn }) => !withdrawn));
  readonly guests = $derived.by((): readonly Guest[] => {
    const { meeting } = this.desk;
    return ('guests' in meeting ? meeting.guests : undefined) ?? [];
  });
  readonly heads = $derived.by(() => headsExpected(this.desk.roll, this.guests));
  /** The record is fixed. */
  readonly adopted = $derived.by(() => this.desk.minutes?.state === 'adopted');

  statusOf(memberId: MemberId): AttendanceStatus {
    return this.marks.get(memberId)?.status ?? 'unmarked';
  }

  /** One tap on a place of the roll; the same tap again takes it back. */
  mark({ memberId, name }: RollMember, status: AttendanceStatus): void {
    const was = this.statusOf(memberId);
    const to = was === status ? 'unmarked' : status;
    const back = { ...this.#kept(memberId), status: was, was: to };
    this.undo = { words: `${name}: ${statusWords[to].toLowerCase()}`, back: () => this.#send([back]) };
    void this.#send([{ memberId, status: to, was }]);
  }

  /** All that have no mark yet are there. */
  markRest(): void {
    const rest = this.unmarked.map(({ memberId }) => memberId);
    this.undo = {
      words: `${number(rest.length)} đồng chí: có mặt`,
      back: () => this.#send(rest.map((memberId) => ({ memberId, status: 'unmarked', was: 'present' }))),
    };
    void this.#send(rest.map((memberId) => ({ memberId, status: 'present', was: 'unmarked' })));
  }

  /** Adds to a mark why, since when or until when; `undefined` takes it away. */
  detail({ memberId, name }: RollMember, more: { [K in 'reason' | 'cameAt' | 'leftAt']?: Mark[K] | undefined }): void {
    const before = this.#kept(memberId);
    const status = this.statusOf(memberId);
    const change = (given: typeof more): Mark => ({
      ...filled({ ...before, ...given }),
      memberId,
      status,
      was: status,
    });
    this.undo = { words: `${name}: đã ghi thêm`, back: () => this.#send([change({})]) };
    void this.#send([change(more)]);
  }

  answer({ memberId }: Absence, excused: boolean): void {
    const about = `Trả lời xin vắng của ${this.#desk.nameOf(memberId)}`;
    void this.#desk.record(answerAbsence, { ...this.#desk.ref, memberId, excused }, about, (answered) => {
      const absences = this.#desk.desk.absences.map((each) => (each.memberId === memberId ? answered : each));
      this.#desk.desk = { ...this.#desk.desk, absences };
    });
  }

  guest(guest: Guest & { readonly guestId: ActionId }, gone = false): void {
    this.undo = {
      words: `${guest.name}: ${gone ? 'đã bỏ khỏi danh sách' : 'đã ghi'}`,
      back: () => this.#writeGuest(guest, !gone),
    };
    void this.#writeGuest(guest, gone);
  }

  countHeads(headCount: number): Promise<boolean> {
    return this.#desk.record(countHeads, { ...this.#desk.ref, headCount }, 'Số người trong phòng', ({ meeting }) =>
      this.#desk.took(meeting),
    );
  }

  takeBack(): void {
    const { undo } = this;
    this.undo = undefined;
    undo?.back();
  }

  #kept(memberId: MemberId): Pick<Mark, 'memberId' | 'reason' | 'cameAt' | 'leftAt'> {
    const { reason, cameAt, leftAt } = this.marks.get(memberId) ?? {};
    return filled({ memberId, reason, cameAt, leftAt });
  }

  #writeGuest(guest: Guest & { readonly guestId: ActionId }, gone: boolean): Promise<boolean> {
    const input = { ...this.#desk.ref, ...guest, ...(gone && { gone }) };
    const about = `${guest.name}, ngoài danh sách`;
    return this.#desk.record(recordGuest, input, about, ({ meeting }) => this.#desk.took(meeting));
  }

  async #send(changes: readonly Mark[]): Promise<void> {
    const [first] = changes;
    const about =
      changes.length === 1
        ? `Điểm danh hộ ${this.#desk.nameOf(first?.memberId)}`
        : `Điểm danh hộ ${number(changes.length)} đồng chí`;
    const parts = Array.from({ length: Math.ceil(changes.length / AT_ONCE) }, (_, at) =>
      changes.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
    );
    await Promise.all(
      parts.map((marks) =>
        this.#desk.record(recordRoll, { ...this.#desk.ref, marks }, about, ({ roll }) => {
          this.#desk.desk = withMarks(this.#desk.desk, roll);
        }),
      ),
    );
  }
}

/** Only what is given: an outbox keeps no empty words. */
const filled = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== '')) as T; // fields are optional
