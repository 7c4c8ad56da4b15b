import type { AccountRepaired, SignedIn } from '#shared/access/model.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addDays, dayOf, type Instant, instantAt } from '#shared/kernel/time.ts';
import type { RoleChanged } from '#shared/members/model.ts';
import { keepFacts } from '../../../functions/reports/on-fact-recorded.ts';
import { randomFrom } from './people.ts';
import { actOf, type SeededBranch, type World } from './world.ts';

/** Days back at which the demonstration's use began. */
const BEGAN_DAYS_AGO = 100;
/** In a hundred members with a phone, those who signed in; the others are helped some day. */
const SIGNED_IN = 94;
/** Visits of a member in a month: domain.md §3.12 (2.2 in Bến Tre, 0.9 elsewhere). */
const VISITS_A_MONTH = 1.6;
const AT_ONCE = 24;

/**
 * Some months in which the handbook was used: who signed in and when, on which days it was opened, which accounts were
 * repaired and which roles were given, as facts with their own dates through the consumer of the figures.
 */
export const seedAccesses = async (world: World): Promise<void> => {
  const today = dayOf(world.now);
  const facts: (SignedIn | AccountRepaired | RoleChanged)[] = [];
  const openings: { branch: SeededBranch; memberId: MemberId; at: Instant }[] = [];
  for (const [index, branch] of world.branches.entries()) {
    const random = randomFrom(index + 1);
    const some = (below: number) => Math.floor(random() * below);
    // any hour between six in the morning and ten at night
    const moment = (daysAgo: number): Instant =>
      instantAt(
        addDays(today, -daysAgo),
        `${String(6 + some(16)).padStart(2, '0')}:${String(some(60)).padStart(2, '0')}`,
      );
    const { secretaryId, unitId } = branch;
    const began = moment(BEGAN_DAYS_AGO - some(6));
    facts.push({
      type: 'role-changed',
      memberId: secretaryId,
      role: 'branch_secretary',
      change: 'granted',
      unitId,
      at: began,
    });
    for (const { memberId, phone } of branch.people) {
      if (phone === '' || some(100) >= SIGNED_IN) continue;
      const first = BEGAN_DAYS_AGO - 8 - some(40);
      facts.push({ type: 'signed-in', memberId, unitId, way: 'slip', at: moment(first) });
      for (let visits = Math.round((first / 30) * VISITS_A_MONTH * (0.5 + random())); visits > 0; visits--)
        openings.push({ branch, memberId, at: moment(1 + some(first - 1)) });
      if (some(60) === 0) {
        const cause = (['slip-lost', 'new-phone', 'signed-out', 'pin-forgotten'] as const)[some(4)] ?? 'other';
        const repairId = actOf(`repair ${memberId}`);
        facts.push({
          type: 'account-repaired',
          repairId,
          memberId,
          cause,
          unitId,
          at: moment(1 + some(first - 1)),
          by: secretaryId,
        });
      }
    }
  }
  await keepFacts(facts);
  await abreast(openings, async ({ branch, memberId, at }) =>
    keepFacts([{ type: 'opened', memberId, unitId: branch.unitId, day: dayOf(at), at }]),
  );
  world.tell(`${openings.length} visits of ${Math.round(BEGAN_DAYS_AGO / 30)} months`);
};

const abreast = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
};
