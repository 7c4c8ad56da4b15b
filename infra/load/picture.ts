import type { Hour } from './hour.ts';
import { mark } from './knee.ts';

const ROW = 26;
const LEFT = 90;
const WIDTH = 640;

/** One picture of an hour: for each step its p50, p95 and p99 on a scale of tens, with the mark of 1.5 seconds. */
export const picture = (hour: Hour): string => {
  const { steps, members, minutes, perMember } = hour;
  const most = Math.max(10_000, ...steps.map(({ max }) => max));
  const x = (milliseconds: number) =>
    Math.round(LEFT + ((WIDTH - LEFT - 20) * Math.log10(Math.max(1, milliseconds))) / Math.log10(most));
  const top = 40;
  const height = top + steps.length * ROW + 60;
  const ticks = [1, 10, 100, 1_000, 10_000].filter((tick) => tick <= most);
  const line = (at: number, colour: string, dash = '') =>
    `<line x1="${x(at)}" y1="${top - 8}" x2="${x(at)}" y2="${top + steps.length * ROW}" stroke="${colour}"${dash}/>`;
  const rows = steps.map(({ step, p50, p95, p99 }, index) => {
    const y = top + index * ROW;
    const bar = (to: number, colour: string) =>
      `<rect x="${LEFT}" y="${y}" width="${Math.max(1, x(to) - LEFT)}" height="16" fill="${colour}"/>`;
    return `<text x="4" y="${y + 13}">${step}</text>${bar(p99, '#e3d3d3')}${bar(p95, '#d08a8a')}${bar(p50, '#9c1c1c')}<text x="${x(p99) + 6}" y="${y + 13}" font-size="11">${p95}</text>`;
  });
  const title = `${members} members in ${minutes} minutes: p50, p95, p99 of each step in milliseconds`;
  const foot = `per member ${perMember.functionRuns} runs, ${perMember.readUnits} read + ${perMember.writeUnits} write units, ${perMember.requests} requests`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui" font-size="13">`,
    `<rect width="100%" height="100%" fill="white"/><text x="4" y="18" font-weight="600">${title}</text>`,
    ...ticks.map((tick) => line(tick, '#ddd')),
    line(mark.p95, '#155', ' stroke-dasharray="4 3"'),
    ...rows,
    ...ticks.map(
      (tick) => `<text x="${x(tick)}" y="${height - 38}" font-size="11" text-anchor="middle">${tick}</text>`,
    ),
    `<text x="4" y="${height - 12}">${foot}</text></svg>`,
  ].join('\n');
};
