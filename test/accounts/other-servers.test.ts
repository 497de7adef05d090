/** Two servers on one database without Redis count budgets alone: they say so, and a server that was killed is none. */
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { OtherServers } from '../../src/accounts/database/other-servers.ts';
import { serverMarksInFiles } from '../../src/accounts/database/server-marks-in-files.ts';
import { databases, temporaryFolder } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { startProcess } from '../helpers/process.ts';

const ADMIN_KEY = 'admin-key-of-the-test';

function serverOn(path: string, { sharesCounts = false } = {}) {
  const warnings: string[] = [];
  const clock = new ManualClock();
  const marks = serverMarksInFiles(path);
  const servers = new OtherServers({ marks, sharesCounts, clock, warn: (text) => warnings.push(text) });
  return { servers, warnings, clock };
}

/** The mark of a server on another machine, renewed so many milliseconds ago. */
function markOfAnotherMachine(path: string) {
  const file = `${path}-server-1-0000`;
  writeFileSync(file, '1 another-machine\n');
  return (ago: number) => {
    const at = new Date(Date.now() - ago);
    utimesSync(file, at, at);
  };
}

it.each(databases)('$name: the second says so at its start, until the first is gone', async ({ make }) => {
  const environment = {
    ...(await make()),
    REDIS_URL: undefined,
    ADMIN_KEY,
    LOG_FORMAT: 'json',
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: 'http://127.0.0.1:9',
  };
  const limitsOf = async ({ url }: { url: string }) => {
    const reply = await fetch(`${url}/health/ready`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    return ((await reply.json()) as { limits: { status: string; problem?: string } }).limits;
  };
  const first = await startProcess(environment);
  expect(await limitsOf(first)).toEqual({ status: 'ok' });
  const second = await startProcess(environment);
  await eventually(() =>
    expect(second.output()).toMatch(/another server runs on (?:the data folder \/|this PostgreSQL)/i),
  );
  expect(second.output()).toContain('REDIS_URL');
  expect(await limitsOf(second)).toMatchObject({ status: 'apart' });
  first.signal('SIGTERM');
  second.signal('SIGKILL');
  await Promise.all([first.exited, second.exited]);
  const third = await startProcess(environment);
  // PostgreSQL takes a moment to see that the one which was killed has gone; the third looks again.
  await eventually(async () => expect(await limitsOf(third)).toEqual({ status: 'ok' }));
});

it('one on another machine is told of when its mark is renewed, once', async () => {
  const path = join(temporaryFolder(), 'ledger.db');
  const renew = markOfAnotherMachine(path);
  const { servers, warnings, clock } = serverOn(path);
  await servers.look();
  // It may have been killed a moment ago.
  expect(warnings).toEqual([]);
  renew(1_000);
  await servers.look();
  renew(500);
  await servers.look();
  expect(warnings).toHaveLength(1);
  clock.advance(60_000);
  await servers.look();
  expect(servers.problem).toBeUndefined();
  await servers.close();
});

it('nothing is told where Redis counts for all', async () => {
  const path = join(temporaryFolder(), 'ledger.db');
  const renew = markOfAnotherMachine(path);
  const { servers, warnings } = serverOn(path, { sharesCounts: true });
  await servers.look();
  renew(1_000);
  await servers.look();
  expect(warnings).toEqual([]);
  await servers.close();
});

it('marks that were left long ago are removed, and the own one at the end', async () => {
  const path = join(temporaryFolder(), 'ledger.db');
  markOfAnotherMachine(path)(7_200_000);
  const { servers } = serverOn(path);
  await servers.look();
  expect(readdirSync(dirname(path))).toHaveLength(1);
  await servers.close();
  expect(readdirSync(dirname(path))).toEqual([]);
});

it('a folder that cannot be written ends nothing', async () => {
  const { servers, warnings } = serverOn(join(temporaryFolder(), 'nowhere', 'ledger.db'));
  await servers.look();
  expect(warnings).toEqual([]);
  await servers.close();
});
