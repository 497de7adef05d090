/** What a new line in the table of limits needs besides itself: this says what was forgotten. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../src/accounts/database/initial-schema.ts';
import { stepsSince } from '../../src/accounts/database/upgrade.ts';
import { LIMIT_KINDS, type LimitKind } from '../../src/accounts/limits/limit-table.ts';
import { withLimitList } from '../../src/cli/limit-list.ts';
import { startGateway } from '../helpers/gateway.ts';

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

it('the documentation lists every kind: npm run docs:configuration writes them', () => {
  const page = readFileSync('docs/keys-and-budgets.md', 'utf8');
  expect(withLimitList(page)).toBe(page);
});

it('the page of keys is told of every count', async () => {
  const { url } = await startGateway();
  const { limits } = (await (await fetch(`${url}/session`)).json()) as { limits: { field: string }[] };
  expect(limits.map(({ field }) => field)).toEqual(counts.map(({ field }) => field));
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
