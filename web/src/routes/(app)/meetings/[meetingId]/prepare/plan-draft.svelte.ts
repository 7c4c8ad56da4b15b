import * as v from 'valibot';
import type { MemberId } from '#shared/kernel/ids.ts';
import { clockOf, type Day, dayOf, instantAt } from '#shared/kernel/time.ts';
import { AgendaStep, Declined, type Guest, type Paper, type Plan } from '#shared/meetings/model.ts';

/** A step while it is typed: its minutes are still text. */
export interface StepDraft {
  readonly id: string;
  readonly phase: AgendaStep['phase'];
  title: string;
  minutes: string;
  note: string;
  papers: readonly Paper[];
  /** Asked for by an organisation above. */
  readonly required?: AgendaStep['required'];
}

/** All fields of the form as they stand while somebody types: nothing is checked yet. */
export const Typed = v.object({
  title: v.string(),
  place: v.string(),
  day: v.string(),
  time: v.string(),
  onlineLink: v.string(),
  chairId: v.string(),
  scribeId: v.string(),
  ground: v.string(),
  consent: v.string(),
  guests: v.string(),
  declined: v.array(Declined),
  invited: v.array(v.string()),
  steps: v.array(v.object({ ...AgendaStep.entries, title: v.string(), minutes: v.string(), note: v.string() })),
});
export type Typed = v.InferOutput<typeof Typed>;

/** What a secretary types, as text, and the plan that comes out of it. */
export class PlanDraft {
  title = $state('');
  place = $state('');
  day = $state('');
  time = $state('');
  onlineLink = $state('');
  chairId = $state('');
  scribeId = $state('');
  steps = $state<StepDraft[]>([]);
  /** On what ground it is held online, and by whose consent. */
  ground = $state('');
  consent = $state('');
  /** Guests who are asked to come, one a line: name, then where from. */
  guests = $state('');
  declined = $state.raw<readonly Declined[]>([]);
  /** Who is invited to a meeting of the committee; nobody named means the whole branch. */
  invited = $state<string[]>([]);

  /** The step that was taken out last. */
  removed = $state.raw<{ readonly step: StepDraft; readonly at: number }>();

  constructor(plan: Plan) {
    this.title = plan.title;
    this.place = plan.place;
    this.day = dayOf(plan.startsAt);
    this.time = clockOf(plan.startsAt);
    this.onlineLink = plan.onlineLink ?? '';
    this.chairId = plan.chairId ?? '';
    this.scribeId = plan.scribeId ?? '';
    this.invited = [...(plan.invited ?? [])];
    this.ground = plan.online?.ground ?? '';
    this.consent = plan.online?.consent ?? '';
    this.guests = (plan.guests ?? []).map(({ name, from }) => (from === '' ? name : `${name}, ${from}`)).join('\n');
    this.declined = plan.declined ?? [];
    this.steps = plan.agenda.map(draftOf);
  }

  /** Takes the agenda as the server changed it; what is typed elsewhere stays. */
  takeAgenda(agenda: Plan['agenda']): void {
    const known = new Set(this.steps.map(({ id }) => id));
    for (const step of agenda) if (!known.has(step.id)) this.insert(step);
  }

  /** Puts a step before the closing part, once. */
  insert(step: AgendaStep): void {
    if (this.steps.some(({ id }) => id === step.id)) return;
    const at = this.steps.findIndex(({ id, phase }) => phase === 'close' || (step.required && id === 'discussion'));
    this.#insertAt(at, draftOf(step));
  }

  #insertAt(at: number, step: StepDraft): void {
    this.steps.splice(at < 0 ? this.steps.length : at, 0, step);
  }

  get minutes(): number {
    return this.steps.reduce((sum, step) => sum + (Number(step.minutes) || 0), 0);
  }

  /** What is missing or wrong, by field; empty when it can be sent. */
  get errors(): Readonly<Partial<Record<'title' | 'day' | 'time' | 'onlineLink' | 'steps', string>>> {
    const wrongSteps = this.steps.filter((step) => step.title.trim() === '' || wrongMinutes(step.minutes)).length;
    return {
      ...(this.title.trim() === '' && { title: 'Đặt tên cho buổi sinh hoạt.' }),
      ...(this.day === '' && { day: 'Chọn ngày.' }),
      ...(this.time === '' && { time: 'Chọn giờ.' }),
      ...(this.onlineLink !== '' &&
        !URL.canParse(this.onlineLink) && { onlineLink: 'Dán cả địa chỉ, bắt đầu bằng https.' }),
      ...(wrongSteps > 0 && { steps: `Có ${wrongSteps} phần chưa có tên hoặc số phút chưa đúng.` }),
    };
  }

  toPlan(): Plan {
    return {
      title: this.title.trim(),
      place: this.place.trim(),
      startsAt: instantAt(this.day as Day, this.time), // the browser's own fields, checked not empty
      ...(this.onlineLink !== '' && { onlineLink: this.onlineLink }),
      ...(this.chairId !== '' && { chairId: this.chairId as MemberId }), // chosen from the roll
      ...(this.scribeId !== '' && { scribeId: this.scribeId as MemberId }),
      agenda: this.steps.map(({ minutes, note, papers, ...step }) => ({
        ...step,
        title: step.title.trim(),
        minutes: Number(minutes),
        papers: [...papers],
        ...(note.trim() !== '' && { note: note.trim() }),
      })),
      ...(this.invited.length > 0 && { invited: this.everyone() }),
      ...(this.onlineLink !== '' &&
        this.ground !== '' &&
        this.consent.trim() !== '' && { online: { ground: this.ground, consent: this.consent.trim() } }),
      ...(this.guests.trim() !== '' && { guests: guestsIn(this.guests) }),
      ...(this.declined.length > 0 && { declined: [...this.declined] }),
    };
  }

  /** Those invited, and always who leads and who writes. */
  private everyone(): MemberId[] {
    const named = [...this.invited, this.chairId, this.scribeId].filter((id) => id !== '');
    return [...new Set(named)] as MemberId[]; // chosen from the roll
  }

  /** An empty step before the closing part. */
  add(): void {
    const id = `them-${crypto.randomUUID().slice(0, 8)}`;
    const at = this.steps.findIndex(({ phase }) => phase === 'close');
    this.#insertAt(at, { id, phase: 'conduct', title: '', minutes: '10', note: '', papers: [] });
  }

  /** Takes a step out with all that stands in it; it can be put back. */
  remove(at: number): void {
    const [step] = this.steps.splice(at, 1);
    if (step) this.removed = { step, at };
  }

  putBack(): void {
    if (this.removed) this.steps.splice(Math.min(this.removed.at, this.steps.length), 0, this.removed.step);
    this.removed = undefined;
  }

  /** What is typed, as it can be kept. */
  get typed(): Typed {
    const { title, place, day, time, onlineLink, chairId, scribeId, ground, consent, guests, declined, invited } = this;
    const steps = this.steps.map((step) => ({ ...step, papers: [...step.papers] }));
    return {
      ...{ title, place, day, time, onlineLink, chairId, scribeId, ground, consent, guests },
      ...{ declined: [...declined], invited: [...invited], steps },
    };
  }

  /** Goes on from what was typed before. */
  take(typed: Typed): void {
    Object.assign(this, typed);
  }

  move(at: number, by: -1 | 1): void {
    const [step] = this.steps.splice(at, 1);
    if (step) this.steps.splice(at + by, 0, step);
  }

  /** A paper stands once in a step. */
  put(step: StepDraft, paper: Paper): void {
    if (!step.papers.some(({ path }) => path === paper.path)) step.papers = [...step.papers, paper];
  }
}

const draftOf = ({ minutes, note, ...step }: AgendaStep): StepDraft => ({
  ...step,
  minutes: String(minutes),
  note: note ?? '',
});

/** `Nguyễn Văn Bảy, Đảng ủy xã` on each line. */
const guestsIn = (text: string): Guest[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ...from] = line.split(',');
      return { name: name.trim().slice(0, 100), from: from.join(',').trim().slice(0, 150) };
    });

export const wrongMinutes = (minutes: string): boolean => !/^\d{1,3}$/.test(minutes) || Number(minutes) > 240;
