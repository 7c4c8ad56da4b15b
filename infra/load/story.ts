import { createHash } from 'node:crypto';
import { exchangeSlip, issueSlips, setPin } from '#shared/access/contract.ts';
import * as documents from '#shared/documents/contract.ts';
import type { DocumentFields, Sha256 } from '#shared/documents/model.ts';
import type { DocumentId, MeetingId, MemberId, PollId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import { addMilliseconds, DAY_MS, dayOf, instantOf } from '#shared/kernel/time.ts';
import * as meetings from '#shared/meetings/contract.ts';
import type { Section } from '#shared/meetings/minutes.ts';
import type { Plan } from '#shared/meetings/model.ts';
import { criterionIds, rubricOn, type Scores } from '#shared/meetings/rating.ts';
import { createUnit, grantRole, importRows } from '#shared/members/contract.ts';
import type { SentRow } from '#shared/members/roll.ts';
import { assign } from '#shared/tasks/contract.ts';
import { Person } from './person.ts';
import { administrator, must, newAction } from './population.ts';
import type { Power, StoryAct } from './power.ts';
import { eventually } from './sending.ts';

/** What the story leaves behind, as its people were thanked for it. */
export interface Told {
  readonly admin: Person;
  readonly unitId: UnitId;
  readonly members: readonly { readonly memberId: MemberId; readonly person: Person }[];
  readonly secretary: Person;
  readonly documentId: DocumentId;
  readonly meetingId: MeetingId;
  readonly pollId: PollId;
  readonly present: readonly MemberId[];
  readonly excused: readonly MemberId[];
  readonly opinions: readonly string[];
  readonly ballots: number;
  readonly tasks: readonly TaskId[];
  readonly scores: Scores;
  readonly sections: readonly Section[];
}

export const PAPER_NUMBER = '12-TB/ĐU';
const ROWS = 6;
const CHUNKS = 4;

/** Puts the list into so many parts of about the same length. */
const parts = <T>(list: readonly T[], count: number): T[][] =>
  Array.from({ length: count }, (_, at) => list.filter((_item, index) => index % count === at));

const rowsOf = (branch: string, chunk: number): SentRow[] =>
  Array.from({ length: ROWS }, (_, at) => {
    const number = chunk * ROWS + at;
    return {
      line: number + 2,
      cells: {
        name: `Trần Thị ${'ABCDEGHIKLMNOPQRSTUVXY'[number % 22]}${'aăâeêioôơuư'[Math.floor(number / 22)]}n`,
        birthDate: `0${1 + (number % 9)}/0${1 + (number % 8)}/19${60 + number}`,
        sex: number % 2 === 0 ? 'Nam' : 'Nữ',
        admissionDate: '03/02/2015',
        officialDate: '03/02/2016',
        cardNumber: `7788${10_000_000 + number}`,
        branch,
      },
    };
  });

/**
 * One branch from its first import to its adopted minutes, with the power cut in every chapter: while people are brought in
 * and sign in, a paper is sent, read and published, the meeting is prepared, held, voted, closed, rated and written up.
 */
export const tellStory = async (power: Power, file: Uint8Array<ArrayBuffer>): Promise<Told> => {
  const { person: admin, unitId: root } = await administrator(power.url(), power.dataDir);
  const name = 'Chi bộ Mất Điện';
  const actionId = newAction();
  const [made] = await power.strike([
    { name: 'branch', send: () => admin.ask(createUnit, { unitId: root, actionId, kind: 'branch', name }) },
  ]);
  const unitId = made?.unit.unitId as UnitId; // thanked for
  const ids = await bringIn(power, admin, unitId, name);
  const members = await signIn(power, admin, unitId, ids);
  const secretary = members[0]?.person as Person; // there are many
  const paper = await publishPaper(power, secretary, unitId, file);
  const hall = await prepareHall(power, { secretary, unitId, ids });
  const evening = await holdEvening(power, { ...hall, unitId, secretary, members });
  const closing = await writeUp(power, { ...hall, unitId, secretary, ids });
  return { admin, unitId, members, secretary, documentId: paper, ...hall, ...evening, ...closing };
};

const bringIn = async (power: Power, admin: Person, unitId: UnitId, name: string): Promise<MemberId[]> => {
  const ids: MemberId[] = [];
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const rows = rowsOf(name, chunk);
    const act = {
      name: `import ${chunk}`,
      send: () => admin.ask(importRows, { unitId, rows }),
      same: ({ lines }: { lines: readonly { memberId?: MemberId | undefined }[] }) =>
        lines.map((line) => line.memberId),
    };
    const [imported] = await power.strike([act], 250);
    for (const { memberId, issues } of imported?.lines ?? []) {
      if (memberId === undefined) throw new Error(`a line was not taken: ${JSON.stringify(issues)}`);
      ids.push(memberId);
    }
  }
  const role = { unitId, memberId: ids[0] as MemberId, role: 'branch_secretary' } as const;
  await power.strike([{ name: 'secretary', send: () => admin.ask(grantRole, role) }]);
  return ids;
};

const signIn = async (
  power: Power,
  admin: Person,
  unitId: UnitId,
  ids: readonly MemberId[],
): Promise<Told['members']> => {
  const actionId = newAction();
  const asked = { unitId, actionId, memberIds: [...ids] };
  const [printed] = await power.strike([{ name: 'slips', send: () => admin.ask(issueSlips, asked) }], 150);
  const members: { memberId: MemberId; person: Person }[] = [];
  for (const some of parts(printed?.slips ?? [], 4)) {
    await power.strike(
      some.map(({ memberId, url }, at): StoryAct<{ memberId: MemberId; sessionId: string }> => {
        const person = new Person(power.url());
        members.push({ memberId, person });
        const nonce = createHash('sha256').update(`${memberId}${at}`).digest('hex').slice(0, 32);
        const shown = { way: 'scanned', code: url.split('#')[1] ?? '', nonce } as const;
        return {
          name: `slip of ${memberId}`,
          send: () => person.ask(exchangeSlip, shown),
          same: (own) => [own.memberId, own.sessionId],
        };
      }),
    );
  }
  members.sort((a, b) => ids.indexOf(a.memberId) - ids.indexOf(b.memberId));
  return members;
};

const publishPaper = async (
  power: Power,
  clerk: Person,
  unitId: UnitId,
  file: Uint8Array<ArrayBuffer>,
): Promise<DocumentId> => {
  const declared = {
    unitId,
    actionId: newAction(),
    fileName: 'cong-van.jpg',
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex') as Sha256,
  };
  const [upload] = await power.strike([{ name: 'upload', send: () => clerk.ask(documents.requestUpload, declared) }]);
  const ref = { unitId, documentId: upload?.documentId as DocumentId };
  const { missing, partBytes } = await must('parts', clerk.ask(documents.uploadParts, ref));
  const sent = missing.map(async ({ number, url }) => {
    const body = file.subarray((number - 1) * partBytes, number * partBytes);
    return fetch(url, { method: 'PUT', body }).catch(() => undefined);
  });
  await power.cut(40);
  await Promise.all(sent);
  // what did not arrive is sent again, as after a lost network
  const left = await must('parts', clerk.ask(documents.uploadParts, ref));
  for (const { number, url } of left.missing) {
    await fetch(url, { method: 'PUT', body: file.subarray((number - 1) * partBytes, number * partBytes) });
  }
  const completed = {
    name: 'completion',
    send: () => clerk.ask(documents.completeUpload, ref),
    same: () => 'complete',
  };
  await power.strike([completed], 400);
  // while it is looked at and read
  await power.cut(1_200);
  await power.cut(2_500);
  const shown = await eventually(
    () => must('paper', clerk.ask(documents.open, ref)),
    ({ paper }) => paper.state === 'to-review' || paper.state === 'rejected',
    120_000,
  );
  if (shown.paper.state !== 'to-review') throw new Error(`the paper is ${shown.paper.state}`);
  const issuedOn = dayOf(instantOf(Date.now()));
  const fields: DocumentFields = { type: 'notice', number: PAPER_NUMBER, abstract: 'về lịch họp', issuedOn };
  const publish = { ...ref, fields };
  await power.strike(
    [
      {
        name: 'publication',
        send: () => clerk.ask(documents.publish, publish),
        same: ({ paper }) => [paper.state, paper.publishedAt],
      },
    ],
    120,
  );
  await power.cut(300);
  return ref.documentId;
};

const prepareHall = async (
  power: Power,
  { secretary, unitId, ids }: { secretary: Person; unitId: UnitId; ids: readonly MemberId[] },
): Promise<{ meetingId: MeetingId; pollId: PollId }> => {
  await must('a PIN', secretary.ask(setPin, { pin: '482913' }));
  const prepared = { unitId, actionId: newAction(), kind: 'regular' } as const;
  const [first] = await power.strike([{ name: 'preparation', send: () => secretary.ask(meetings.prepare, prepared) }]);
  if (!first) throw new Error('not prepared');
  const { meetingId, version } = first.meeting;
  const one = { unitId, meetingId };
  const plan: Plan = {
    ...first.plan,
    place: 'Nhà văn hóa thôn',
    startsAt: instantOf(Math.ceil(Date.now() / 60_000) * 60_000),
    chairId: ids[0] as MemberId,
    scribeId: ids[1] as MemberId,
  };
  const revised = { name: 'revision', send: () => secretary.ask(meetings.revise, { ...one, version, plan }) };
  await power.strike([{ ...revised, same: ({ meeting }) => meeting.version }]);
  const state = ({ meeting }: { meeting: { state: string } }) => meeting.state;
  await power.strike([{ name: 'publication', send: () => secretary.ask(meetings.publish, one), same: state }], 120);
  await power.strike([{ name: 'opening', send: () => secretary.ask(meetings.open, one), same: state }]);
  const question = {
    ...one,
    actionId: newAction(),
    decision: 'resolution',
    question: 'Thông qua nghị quyết?',
  } as const;
  const [asked] = await power.strike([{ name: 'question', send: () => secretary.ask(meetings.createPoll, question) }]);
  const poll = asked?.meeting.state === 'open' ? asked.meeting.polls.at(-1) : undefined;
  if (!poll) throw new Error('no question was put');
  return { meetingId, pollId: poll.pollId };
};

const holdEvening = async (
  power: Power,
  hall: Pick<Told, 'secretary' | 'unitId' | 'meetingId' | 'pollId' | 'members'>,
): Promise<Pick<Told, 'present' | 'excused' | 'opinions' | 'ballots'>> => {
  const { secretary, unitId, meetingId, pollId, members } = hall;
  const one = { unitId, meetingId };
  const absent = members.slice(-3);
  const here = members.slice(0, -3);
  for (const some of parts(here, 6)) {
    await power.strike(
      some.map(({ person, memberId }) => ({
        name: `check-in ${memberId}`,
        send: () => person.ask(meetings.checkIn, one),
      })),
    );
  }
  const excused = absent.map(({ memberId }) => memberId);
  const marks = excused.map(
    (memberId) => ({ memberId, status: 'excused', was: 'unmarked', reason: 'Đi làm ca' }) as const,
  );
  await power.strike([{ name: 'roll', send: () => secretary.ask(meetings.recordRoll, { ...one, marks }) }]);
  const aPoll = { ...one, pollId };
  await power.strike([
    {
      name: 'opening of the vote',
      send: () => secretary.ask(meetings.openPoll, aPoll),
      same: ({ meeting }) => 'polls' in meeting && meeting.polls,
    },
  ]);
  const opinions: string[] = [];
  for (const some of parts(here, 4)) {
    const given = await power.strike(
      some.map(({ person, memberId }) => {
        const opinion = { ...one, actionId: newAction(), text: 'Tôi nhất trí.' };
        return { name: `opinion ${memberId}`, send: () => person.ask(meetings.giveOpinion, opinion) };
      }),
    );
    opinions.push(...given.map(({ opinionId }) => opinionId));
  }
  for (const some of parts(here, 5)) {
    await power.strike(
      some.map(({ person, memberId }) => ({
        name: `vote ${memberId}`,
        send: () => person.ask(meetings.vote, { ...aPoll, choice: 'agree' }),
      })),
    );
  }
  const closed = { name: 'closing of the vote', send: () => secretary.ask(meetings.closePoll, aPoll) };
  await power.strike([{ ...closed, same: ({ meeting }) => 'polls' in meeting && meeting.polls }]);
  const hands = { agree: 0, disagree: 0, other: 0 };
  await power.strike([
    {
      name: 'result',
      send: () => secretary.ask(meetings.publishResult, { ...aPoll, hands }),
      same: ({ meeting }) => 'polls' in meeting && meeting.polls,
    },
  ]);
  return { present: here.map(({ memberId }) => memberId), excused, opinions, ballots: here.length };
};

const writeUp = async (
  power: Power,
  {
    secretary,
    unitId,
    meetingId,
    ids,
  }: Pick<Told, 'secretary' | 'unitId' | 'meetingId'> & { ids: readonly MemberId[] },
): Promise<Pick<Told, 'tasks' | 'scores' | 'sections'>> => {
  const one = { unitId, meetingId };
  const today = dayOf(instantOf(Date.now()));
  const dueOn = dayOf(addMilliseconds(instantOf(Date.now()), 10 * DAY_MS));
  const tasks: TaskId[] = [];
  for (const work of ['Vận động hiến đất', 'Thăm gia đình chính sách']) {
    const task = {
      unitId,
      actionId: newAction(),
      text: work,
      ownerId: ids[2] as MemberId,
      followerId: ids[0] as MemberId,
      dueOn,
      source: { kind: 'meeting', meetingId },
    } as const;
    const [given] = await power.strike([
      { name: work, send: () => secretary.ask(assign, task), same: (it) => it.task.taskId },
    ]);
    if (given) tasks.push(given.task.taskId);
  }
  const conclusion = {
    information: 'Nghe thông tin thời sự tháng.',
    results: 'Hoàn thành bảy trên tám chỉ tiêu tháng.',
    direction: 'Vận động hiến đất mở đường trục thôn.',
    conclusion: 'Chi bộ thống nhất phương hướng tháng tới.',
  };
  await power.strike([{ name: 'conclusion', send: () => secretary.ask(meetings.conclude, { ...one, conclusion }) }]);
  await power.strike([
    {
      name: 'close',
      send: () => secretary.ask(meetings.close, one),
      same: ({ meeting }) => [meeting.state, 'endedAt' in meeting && meeting.endedAt],
    },
  ]);
  const scores = Object.fromEntries(
    criterionIds.map((id) => [id, rubricOn(today).criteria.find((one) => one.id === id)?.max ?? 0]),
  ) as Scores; // one for each criterion
  await power.strike([
    { name: 'rating', send: () => secretary.ask(meetings.rate, { ...one, scores }), same: (it) => it.scores },
  ]);
  const { sections } = await must('a draft', secretary.ask(meetings.draft, one));
  const written = {
    name: 'minutes',
    send: () => secretary.ask(meetings.correctMinutes, { ...one, basedOn: 0, sections }),
  };
  await power.strike([{ ...written, same: ({ version }) => version }]);
  const adopted = { name: 'adoption', send: () => secretary.ask(meetings.adoptMinutes, { ...one, version: 1 }) };
  await power.strike([{ ...adopted, same: ({ version }) => version }], 300);
  const issued = { name: 'resolution', send: () => secretary.ask(meetings.issueResolution, one) };
  await power.strike([issued], 300);
  return { tasks, scores, sections };
};
