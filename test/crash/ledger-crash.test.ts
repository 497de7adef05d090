/** A process that writes to the ledger is killed -9 at random moments: what it was told is safe is there, once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { engines, type LedgerPlace, openTestLedger } from '../helpers/ledgers.ts';

const KILLS = 10;

/** @returns the ids of the requests the process was told are safe, until it was killed */
async function writeUntilKilled({ url, outboxPath }: LedgerPlace): Promise<string[]> {
  // Into a file, which takes whatever comes: a pipe that the test reads too slowly would end the process before it is killed.
  const told = join(temporaryFolder(), 'acknowledged');
  const descriptor = openSync(told, 'w');
  const child = spawn(process.execPath, [resolve('test/helpers/ledger-writer.ts'), url, outboxPath], {
    stdio: ['ignore', descriptor, 'inherit'],
  });
  closeSync(descriptor);
  const closed = once(child, 'close');
  await eventually(() => expect(statSync(told).size).toBeGreaterThan(0));
  await sleep(Math.random() * 100);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  expect(signal, 'what ended the process').toBe('SIGKILL');
  return readFileSync(told, 'utf8')
    .split('\n')
    .filter((line) => line.length === 'request-'.length + 36);
}

describe.each(engines.filter(({ name }) => name !== 'SQLite in memory'))('$name', ({ place }) => {
  it('has every row it acknowledged, each once', async () => {
    const where = await place();
    const acknowledged: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const ids = await writeUntilKilled(where);
      expect(ids.length).toBeGreaterThan(0);
      acknowledged.push(...ids);
    }
    const { ledger, database } = await openTestLedger(where);
    const { total } = await ledger.usage({ groupBy: [], bucket: 'day', filter: {} });
    const queries = await database.queries();
    const rows = await queries.selectFrom('ledger').select('request_id').execute();
    const there = new Set(rows.map((row) => row.request_id));
    expect(rows).toHaveLength(total.requests);
    expect(there.size, 'rows, each once').toBe(rows.length);
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
  });
});
