import { type Route, route } from '#runtime/http.ts';
import { addressToRead } from '#runtime/read-address.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { ReceivedRow } from '#shared/meetings/received.ts';
import { proposalsOf, wholeRecordOf } from './record.ts';
import { receivedOf, receivedRowOf, recordRead } from './store/received.ts';

/** Seconds for which an address opens a file. */
const OPEN_SECONDS = 300;

/** What branches sent up: the organisation above sees it arrive, reads it, and decides on the mark. */
export const receivedRows: readonly Route[] = [
  route(contract.received, async ({ input }) => ok({ rows: [...(await receivedOf(input.unitId))] })),

  route(contract.openReceived, async ({ input: { unitId, branchId, meetingId }, now }) => {
    const ref = { unitId: branchId, meetingId };
    const [row, record] = await Promise.all([receivedRowOf(unitId, ref), wholeRecordOf(ref)]);
    if (!row || !record) return refuse('not-found');
    const { papers } = record;
    const path = papers.words.resolution;
    const files = path ? filesOf(path, row) : [];
    const scan = papers.words.resolutionScan;
    return ok({
      row,
      sections: papers.resolution ? [...papers.resolution.sections] : [],
      files,
      ...(scan && { scan }),
      course: papers.course,
      rating: papers.rating,
      proposals: proposalsOf(record, now),
    });
  }),

  route(contract.markReceived, async ({ input: { unitId, branchId, meetingId }, actor, now }) => {
    const row = await recordRead(unitId, { unitId: branchId, meetingId }, { by: actor.memberId, at: now });
    return row ? ok(row) : refuse('not-found');
  }),
];

const filesOf = (path: string, { resolution, unitName }: ReceivedRow) => {
  const name = `Nghị quyết ${resolution?.number.replaceAll('/', '-') ?? ''} ${unitName}`;
  const address = (key: string, fileName: string) => addressToRead('CONTENT_BUCKET', key, OPEN_SECONDS, fileName);
  return [
    { form: 'word' as const, url: address(path, `${name}.docx`) },
    { form: 'pdf' as const, url: address(path.replace(/\.docx$/, '.pdf'), `${name}.pdf`) },
  ];
};
