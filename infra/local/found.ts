import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { instantOf } from '#shared/kernel/time.ts';
import { Summary } from '#shared/members/model.ts';
import { readRow } from '#shared/members/roll.ts';
import { foundProvince } from '../../functions/members/founding.ts';

/**
 * After the first deployment: makes the province and its first administrator, and prints the first password once. The
 * tables and the pool are named by MEMBERS_TABLE, IDENTITY_TABLE and STAFF_POOL, as the stack's outputs say.
 *
 *   node infra/local/found.ts --province "Đảng bộ tỉnh …" --body "Đảng bộ …" --branch "Chi bộ …" --staff-name quantri \
 *     --name "Nguyễn Văn A" --birth 03/02/1980 --sex Nam --admitted 19/05/2005 --official 19/05/2006 --citizen-id 0…
 */
const { values } = parseArgs({
  options: {
    province: { type: 'string' },
    body: { type: 'string' },
    branch: { type: 'string' },
    'staff-name': { type: 'string' },
    name: { type: 'string' },
    birth: { type: 'string' },
    sex: { type: 'string' },
    admitted: { type: 'string' },
    official: { type: 'string' },
    'citizen-id': { type: 'string' },
  },
});
const need = (name: keyof typeof values): string => {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
};

const now = instantOf(Date.now());
const { row, issues } = readRow(
  {
    name: need('name'),
    birthDate: need('birth'),
    sex: need('sex'),
    admissionDate: need('admitted'),
    officialDate: need('official'),
    citizenId: need('citizen-id'),
    branch: need('branch'),
  },
  now,
);
if (!row) {
  console.error(issues.map(({ at, code }) => `${at}: ${code}`).join('\n'));
  process.exit(1);
}
const { branch, ...administrator } = row;
const { password } = await foundProvince(
  {
    province: need('province'),
    partyBody: need('body'),
    branch,
    staffName: need('staff-name'),
    administrator: v.parse(Summary, administrator),
  },
  now,
);
console.log(`${need('staff-name')}  ${password}`);
