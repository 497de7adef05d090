/** What a new line in the table of limits needs besides itself: this says what was forgotten. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../src/accounts/database/initial-schema.ts';
import { stepsSince } from '../../src/accounts/database/upgrade.ts';
import { LIMIT_KINDS, type LimitKind, USER_LIMIT_KINDS } from '../../src/accounts/limits/limit-table.ts';

const kinds: readonly LimitKind[] = LIMIT_KINDS;
const counts = kinds.filter(({ name }) => name !== 'budget');

it.each(['src/accounts/limits/memory-account.ts', 'src/accounts/limits/redis/admit.lua'])(
  '%s checks every kind',
  (file) => {
    const text = readFileSync(file, 'utf8');
    const unchecked = counts.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(text));
    expect(
      unchecked.map(({ name }) => name),
      `limits that ${file} does not check`,
    ).toEqual([]);
  },
);

it('the page of keys can set every kind', () => {
  const text = readFileSync('src/pages/browser/keys/limits.js', 'utf8');
  const missing = counts.filter(({ field }) => !text.includes(`name: '${field}'`)).map(({ field }) => field);
  expect(missing, 'limits without a line in COUNTS of src/pages/browser/keys/limits.js').toEqual([]);
});

it('the documentation names every kind', () => {
  const text = readFileSync('docs/keys-and-budgets.md', 'utf8');
  const fields = [
    ...LIMIT_KINDS.map(({ field }) => field),
    ...USER_LIMIT_KINDS.map(({ field }) => `user_${field}`),
  ];
  const missing = fields.filter((field) => !text.includes(`\`${field}\``));
  expect(missing, 'limits that docs/keys-and-budgets.md does not name').toEqual([]);
});

it('every kind but the first four says which version of the tables brought its column, and has its upgrade', () => {
  const FIRST = ['rpm', 'tpm', 'max_concurrency', 'budget_nano'];
  const later = kinds.filter(({ column }) => !FIRST.includes(column));
  const unsaid = later.filter(({ since }) => since === undefined).map(({ name }) => name);
  expect(
    unsaid,
    `limits without \`since\`: the version after the last released one (now ${SCHEMA_VERSION})`,
  ).toEqual([]);
  const steps = stepsSince('1', 'sqlite')!;
  for (const { column } of later) expect(steps).toContain(`column ${column} of keys`);
});
