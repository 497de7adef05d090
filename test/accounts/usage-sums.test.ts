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
import { entriesOfAllKinds, SUMMED_QUESTIONS, UNSUMMED_QUESTIONS } from '../helpers/usage-questions.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const places = {
  file: () => `sqlite:${join(temporaryFolder(), 'ledger.db')}`,
  memory: () => 'sqlite::memory:',
};

describe.each(Object.entries(places))('in a %s', (_name, place) => {
  it('say what the rows say, summed up or not yet', async () => {
    const { ledger, database } = await openTestLedger({ url: place(), outboxPath: newOutboxPath() });
    const { connection } = database as SqliteDatabase;
    const all = entriesOfAllKinds(600);
    const check = async (when: string) => {
      for (const query of SUMMED_QUESTIONS) {
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
    for (const query of SUMMED_QUESTIONS)
      expect(usageFromSums(connection, query)).toEqual(await usageFromRows(await database.queries(), query));
    new RowSummer(connection).sum(100);
    await check('some summed up');
  });
});

it('are made in a thread where there are many rows, and by several processes at once', async () => {
  const url = places.file();
  const { ledger, database } = await openTestLedger({ url, outboxPath: newOutboxPath() });
  const other = await openTestLedger({ url, outboxPath: newOutboxPath() });
  await Promise.all(entriesOfAllKinds(3_000).map((entry) => ledger.write(entry)));
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

it.each(UNSUMMED_QUESTIONS)('do not answer %j: the rows do', async (query) => {
  const { ledger, database } = await openTestLedger({ url: places.memory(), outboxPath: newOutboxPath() });
  await Promise.all(entriesOfAllKinds(50).map((entry) => ledger.write(entry)));
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
