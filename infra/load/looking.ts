import type { LiveMeeting } from '#shared/meetings/model.ts';
import type { Hall } from './evening.ts';
import { Step } from './measure.ts';
import { act } from './member.ts';
import type { Person } from './person.ts';

/** How phones and hall screens look at the state of their meeting, and how old what they see is. */
export interface Looking {
  /** One look; a phone that has looked before asks only for what is newer. */
  look(hall: Hall, person: Person, step: Step, meant: number, count: (bytes: number) => void): Promise<void>;
  /** Looks on as the file says, as often as a lit screen does. */
  follow(hall: Hall, person: Person, step: Step): Promise<void>;
  /**
   * Looks until told to stop, as the hall's screen does; tells each time the file has moved on or phones are voting, again
   * until it is answered with true.
   */
  screen(hall: Hall, person: Person, step: Step, moved: () => Promise<boolean>): Promise<void>;
  /** A check-in of this hall was thanked for. */
  thanked(hall: Hall): void;
  stop(): void;
  /** Seconds since the oldest check-in that was thanked for and not yet seen, at each look of a screen that shows the roll. */
  readonly ages: Step;
  readonly polls: { count: number; bytes: number };
}

interface Seen {
  readonly etag: string | undefined;
  readonly live: LiveMeeting;
}

export const startLooking = (options: { readonly looks: number; readonly random: () => number }): Looking => {
  const { looks, random } = options;
  const seen = new Map<Person, Seen>();
  const thanks = new Map<string, number[]>();
  const polls = { count: 0, bytes: 0 };
  const ages = new Step('age');
  let ended = false;
  /** Rouses those who rest; one signal for thousands of rests would look through all of them at each. */
  const resting = new Set<() => void>();

  const look: Looking['look'] = async (hall, person, step, meant, count) => {
    const before = seen.get(person);
    const path = `/content/live/${hall.unitId}/${hall.meetingId}.json`;
    const answer = await act(step, meant, () => person.read<LiveMeeting>(path, before?.etag), count);
    if (answer?.status === 200) seen.set(person, { etag: answer.etag, live: answer.body });
    const live = seen.get(person)?.live;
    if (live && answer && answer.status < 400) ages.add(ageOf(hall, live));
  };
  const ageOf = (hall: Hall, { attendance }: LiveMeeting): number => {
    const missing = (thanks.get(hall.meetingId) ?? [])[attendance.present];
    return missing === undefined ? 0 : performance.now() - missing;
  };
  const rest = (person: Person): Promise<void> => {
    const seconds = seen.get(person)?.live.nextPollSeconds || 20;
    return new Promise((resolve) => {
      const rouse = () => {
        clearTimeout(timer);
        resting.delete(rouse);
        resolve();
      };
      const timer = setTimeout(rouse, seconds * 1000 * (0.8 + 0.4 * random()));
      resting.add(rouse);
    });
  };
  const poll = async (hall: Hall, person: Person, step: Step): Promise<void> => {
    await rest(person);
    if (ended) return;
    await look(hall, person, step, performance.now(), (bytes) => {
      polls.count += 1;
      polls.bytes += bytes;
    });
  };
  return {
    look,
    follow: async (hall, person, step) => {
      for (let left = looks; left > 0 && !ended; left--) await poll(hall, person, step);
    },
    screen: async (hall, person, step, moved) => {
      let seq = seen.get(person)?.live.seq ?? 0;
      while (!ended) {
        await poll(hall, person, step);
        const live = seen.get(person)?.live;
        const now = live?.seq ?? 0;
        const due = now > seq || live?.polls.some(({ state }) => state === 'open');
        if (due && (await moved())) seq = now;
      }
    },
    thanked: ({ meetingId }) => {
      const times = thanks.get(meetingId) ?? [];
      thanks.set(meetingId, times);
      times.push(performance.now());
    },
    stop: () => {
      ended = true;
      for (const rouse of resting) rouse();
    },
    ages,
    polls,
  };
};
