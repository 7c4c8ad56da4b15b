import { at, type RawFact } from './testing.ts';

/*
 * The second path. Every figure is counted once more from the raw facts of the story, in the plainest way and with nothing
 * of the product's own rules, stores or words; the API's answer and the Word file must both agree.
 */

/** A figure as the second path has it: its value, of how many, and its parts. */
export interface Counted {
  value: number;
  of?: number;
  parts?: Record<string, number>;
}

/** Every figure of the period from the raw facts of `aStory`, and the branches that did not meet. */
export const recount = (
  facts: RawFact[],
  openings: { unitId: string; memberId: string; day: string; time: string }[],
  period: { readonly from: string; readonly to: string; readonly cutOff: string },
) => {
  const region = ['xa', 'bo-phan', 'cb-1', 'cb-2', 'cb-3', 'cb-4', 'cb-5', 'cb-6', 'cb-7', 'cb-den'];
  const branches = region.slice(2);
  const cutDay = period.cutOff.slice(0, 10); // the cut-off is at 23:00 in Viet Nam, the same day in UTC
  const localDay = (instant: string) => new Date(Date.parse(instant) + 25_200_000).toISOString().slice(0, 10);
  const inTime = facts.filter((fact) => fact.at <= period.cutOff);
  const ofType = (type: string) => inTime.filter((fact) => fact.type === type && region.includes(fact.unitId));
  const inPeriod = (day: string) => day >= period.from && day <= period.to;
  const result: Record<string, Counted> = {};

  // who belongs where, by the last version of each member's record
  const members = new Map<string, RawFact>();
  for (const fact of facts) {
    if (fact.type !== 'member-changed') continue;
    if (!members.has(fact.memberId) || members.get(fact.memberId).version < fact.version)
      members.set(fact.memberId, fact);
  }
  const homeOf = (member: RawFact, day: string) => {
    let home = member.placements[0].unitId;
    for (const placement of member.placements) if (placement.from <= day) home = placement.unitId;
    return home;
  };
  const struck = (member: RawFact, kind: string, day: string) =>
    member.conditions.some((one: RawFact) => one.kind === kind && one.from <= day);
  let all = 0;
  let allIn = 0;
  let active = 0;
  let activeIn = 0;
  for (const member of members.values()) {
    if (!branches.includes(homeOf(member, cutDay)) || struck(member, 'left', cutDay) || member.admissionDate > cutDay)
      continue;
    const hasAccount = inTime.some((fact) => fact.type === 'signed-in' && fact.memberId === member.memberId);
    const exempt = struck(member, 'exempt', cutDay);
    all += 1;
    if (hasAccount) allIn += 1;
    if (!exempt) active += 1;
    if (!exempt && hasAccount) activeIn += 1;
  }
  result['accounts'] = { value: allIn, of: all };
  result['accounts-active'] = { value: activeIn, of: active };

  const seen = new Set<string>();
  const seenInPeriod = new Set<string>();
  for (const { unitId, memberId, day, time } of openings) {
    // the first opening of a day stands, wherever it was sent from
    const earliest = openings
      .filter((one) => one.memberId === memberId && one.day === day)
      .map((one) => at(one.day, one.time))
      .toSorted();
    if (!region.includes(unitId) || day > period.to || !earliest.some((one) => one <= period.cutOff)) continue;
    if (at(day, time) > period.cutOff) continue;
    seen.add(`${memberId}/${day}`);
    if (inPeriod(day)) seenInPeriod.add(`${memberId}/${day}`);
  }
  result['accesses'] = { value: seenInPeriod.size };
  result['accesses-total'] = { value: seen.size };

  for (const [id, kind, whole] of [
    ['documents', 'document', false],
    ['documents-total', 'document', true],
    ['news', 'news', false],
    ['news-total', 'news', true],
  ] as const) {
    const ids = new Set<string>();
    for (const fact of ofType('document-published'))
      if (fact.kind === kind && localDay(fact.at) <= period.to && (whole || inPeriod(localDay(fact.at))))
        ids.add(fact.documentId);
    result[id] = { value: ids.size };
  }

  const sum = (keys: Map<string, string>): Counted => {
    const parts: Record<string, number> = {};
    for (const part of keys.values()) parts[part] = (parts[part] ?? 0) + 1;
    return { value: keys.size, parts };
  };
  const granted = new Map<string, string>();
  for (const fact of ofType('role-changed'))
    if (fact.change === 'granted' && inPeriod(localDay(fact.at))) granted.set(JSON.stringify(fact), fact.role);
  result['roles'] = sum(granted);
  const repaired = new Map<string, string>();
  for (const fact of ofType('account-repaired'))
    if (inPeriod(localDay(fact.at))) repaired.set(fact.repairId, fact.cause);
  result['repairs'] = sum(repaired);

  const idle: string[] = [];
  const grades: Record<string, number> = { good: 0, fair: 0, average: 0, poor: 0 };
  let present = 0;
  let called = 0;
  for (const branch of branches) {
    // a sum told late still speaks of the time when the meeting ended and was marked
    const sums = facts.filter((fact) => fact.type === 'meeting-closed' && fact.unitId === branch);
    const held = new Map<string, string>();
    for (const fact of sums)
      if (fact.endedAt <= period.cutOff && inPeriod(fact.day) && fact.kind !== 'committee')
        held.set(fact.meetingId, fact.day);
    if (held.size === 0) idle.push(branch);
    let grade: string | undefined;
    let gradedOn = '';
    const marked = sums.filter((fact) => fact.grade && fact.gradedAt <= period.cutOff);
    for (const fact of marked.toSorted((a, b) => (a.gradedAt < b.gradedAt ? -1 : 1)))
      if (held.has(fact.meetingId) && fact.day >= gradedOn) [grade, gradedOn] = [fact.grade, fact.day];
    if (grade) grades[grade] = (grades[grade] ?? 0) + 1;
    for (const [meetingId, day] of held) {
      const marks = new Map<string, RawFact>();
      for (const fact of ofType('attendance-recorded'))
        if (fact.meetingId === meetingId && (marks.get(fact.memberId)?.at ?? '') < fact.at)
          marks.set(fact.memberId, fact);
      const came = [...marks.values()].filter((fact) => fact.status === 'present').map((fact) => fact.memberId);
      const expected = [...members.values()]
        .filter(
          (member) => homeOf(member, day) === branch && !struck(member, 'left', day) && member.admissionDate <= day,
        )
        .filter((member) => !struck(member, 'exempt', day) || member.officialDate > day)
        .map((member) => member.memberId);
      present += came.length;
      called += new Set([...came, ...expected]).size;
    }
  }
  const rated = Object.values(grades).reduce((a, b) => a + b, 0);
  result['branches-met'] = { value: branches.length - idle.length, of: branches.length };
  result['ratings'] = { value: rated, of: branches.length - idle.length, parts: grades };
  result['attendance'] = { value: present, of: called };
  return { figures: result, idle };
};
