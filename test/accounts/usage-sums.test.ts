/** The sums of usage say the same as the rows they are made of, whatever is asked, and each row is in them once. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SqliteDatabase } from '../../src/accounts/database/database.ts';
import { usageFromRows } from '../../src/accounts/ledger/usage/sqlite-usage.ts';
import { RowSummer } from '../../src/accounts/ledger/usage/sum-rows.ts';
import { usageFromSums } from '../../src/accounts/ledger/usage/usage-from-sums.ts';
import type { UsageQuery } from '../../src/accounts/ledger/usage/usage-query.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { entryWith, NOON } from '../helpers/entries.ts';
import { newOutboxPath, openTestLedger } from '../helpers/ledgers.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The same numbers at every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

function entries(count: number, seed = 1) {
  const next = numbers(seed);
  const oneOf = <Value>(...values: readonly Value[]) => values[next(values.length)]!;
  return Array.from({ length: count }, (_, at) =>
    entryWith({
      at: NOON - 5 * DAY + Math.floor((5 * DAY * at) / count) + next(1_000),
      keyId: oneOf('web', 'apps', null),
      projectId: oneOf('shop', null),
      cost: oneOf(0, 1_000, 2_500, null),
      saved: oneOf(null, 700),
      receipt: {
        user: oneOf('ada', 'bob', '', null),
        agent: oneOf('claude-code', null),
        session: oneOf('s-1', 's-2', null),
        model: oneOf('gpt-4', 'gpt-5', null),
        cache: oneOf('hit', 'miss', 'hit-semantic'),
        duration_ms: 10 + next(5_000),
        ttft_ms: oneOf(null, 5 + next(500)),
        error: oneOf(null, { kind: 'upstream_timeout', message: '' }, { kind: 'client_closed', message: '' }),
      },
    }),
  );
}

const QUESTIONS: readonly UsageQuery[] = [
  { groupBy: [], filter: {} },
  { groupBy: [], filter: { from: NOON - 3 * DAY - 1_234, to: NOON - HOUR / 3 } },
  { groupBy: [], filter: { from: NOON - HOUR / 2, to: NOON - HOUR / 4 } },
  { groupBy: ['model'], filter: {} },
  { groupBy: ['user'], filter: { from: NOON - 2 * DAY }, largest: 'requests', limit: 2 },
  { groupBy: ['session'], filter: { to: NOON - DAY }, largest: 'cost_usd', limit: 1 },
  { groupBy: ['key'], bucket: 'day', filter: {} },
  { groupBy: ['agent'], bucket: 'hour', filter: { from: NOON - DAY, to: NOON } },
  { groupBy: [], bucket: 'day', tz: 'Europe/Berlin', filter: {} },
  { groupBy: ['project'], bucket: 'month', tz: 'America/New_York', filter: {} },
  { groupBy: [], bucket: 'week', filter: { keyId: ['web'] } },
  { groupBy: ['model'], filter: { keyId: ['web'] } },
  { groupBy: ['key'], filter: { projectId: ['shop'] } },
  { groupBy: ['user'], bucket: 'day', filter: { projectId: ['shop'] }, limit: 2 },
  { groupBy: ['session'], filter: { keyId: ['web'] } },
  { groupBy: ['session'], bucket: 'week', filter: {} },
  { groupBy: [], filter: { user: ['ada', 'bob'] } },
  { groupBy: ['user'], filter: { user: ['ada', 'nobody'] } },
  { groupBy: [], filter: { session: ['s-1'], from: NOON - 2 * DAY } },
  { groupBy: [], filter: { keyId: [] } },
];
/** What only the rows know. */
const NOT_SUMMED: readonly UsageQuery[] = [
  { groupBy: ['model', 'user'], filter: {} },
  { groupBy: ['door'], filter: {} },
  { groupBy: ['session'], filter: { projectId: ['shop'] } },
  { groupBy: [], filter: { status: ['ok'] } },
  { groupBy: ['user'], filter: { keyId: ['web', 'apps'] } },
  { groupBy: [], filter: { keyId: ['web'], user: ['ada'] } },
  { groupBy: [], bucket: 'day', tz: 'Asia/Kolkata', filter: {} },
];

const places = {
  file: () => `sqlite:${join(temporaryFolder(), 'ledger.db')}`,
  memory: () => 'sqlite::memory:',
};

describe.each(Object.entries(places))('in a %s', (_name, place) => {
  it('say what the rows say, summed up or not yet', async () => {
    const { ledger, database } = await openTestLedger({ url: place(), outboxPath: newOutboxPath() });
    const { connection } = database as SqliteDatabase;
    const all = entries(600);
    const check = async (when: string) => {
      for (const query of QUESTIONS) {
        const expected = await usageFromRows(await database.queries(), query);
        expect([when, query, usageFromSums(connection, query)]).toEqual([when, query, expected]);
        expect([when, query, await ledger.usage(query)]).toEqual([when, query, expected]);
      }
    };
    await Promise.all(all.slice(0, 300).map((entry) => ledger.write(entry)));
    await ledger.usage({ groupBy: [], filter: {} });
    await check('all summed up');
    await Promise.all(all.slice(300).map((entry) => ledger.write(entry)));
    await ledger.find('none');
    for (const query of QUESTIONS)
      expect(usageFromSums(connection, query)).toEqual(await usageFromRows(await database.queries(), query));
    new RowSummer(connection).sum(100);
    await check('some summed up');
  });
});

it('are made in a thread where there are many rows, and by several processes at once', async () => {
  const url = places.file();
  const { ledger, database } = await openTestLedger({ url, outboxPath: newOutboxPath() });
  const other = await openTestLedger({ url, outboxPath: newOutboxPath() });
  await Promise.all(entries(3_000).map((entry) => ledger.write(entry)));
  const query: UsageQuery = { groupBy: ['model'], filter: {} };
  const [one, two] = await Promise.all([ledger.usage(query), other.ledger.usage(query)]);
  const expected = await usageFromRows(await database.queries(), query);
  expect([one, two]).toEqual([expected, expected]);
  const { connection } = database as SqliteDatabase;
  const { left } = connection
    .prepare('SELECT count(*) AS left FROM ledger WHERE row_id > (SELECT row_id FROM usage_watermark)')
    .get() as { left: number };
  expect(left).toBe(0);
});

it.each(NOT_SUMMED)('do not answer %j: the rows do', async (query) => {
  const { ledger, database } = await openTestLedger({ url: places.memory(), outboxPath: newOutboxPath() });
  await Promise.all(entries(50).map((entry) => ledger.write(entry)));
  expect(usageFromSums((database as SqliteDatabase).connection, query)).toBeUndefined();
  expect(await ledger.usage(query)).toEqual(await usageFromRows(await database.queries(), query));
});

it('are forgotten with the rows, by whole days', async () => {
  const { ledger } = await openTestLedger({ url: places.memory(), outboxPath: newOutboxPath() });
  await ledger.write(entryWith({ at: NOON - DAY }));
  await ledger.write(entryWith({ at: NOON - HOUR }));
  await ledger.write(entryWith({ at: NOON }));
  const total = async () => (await ledger.usage({ groupBy: [], filter: {} })).total.requests;
  expect(await total()).toBe(3);
  await ledger.prune(NOON);
  expect(await total()).toBe(2);
});
