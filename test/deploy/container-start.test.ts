/** The entry of the image: it looks after the folder of the database that the server will open. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spawnServer } from '../helpers/process.ts';

const ENTRY = 'deploy/container-start.js';
const production = { NODE_ENV: 'production', TOGETHER_API_KEY: 'key-of-together' };

describe('the folder of the database', () => {
  it('is the one that the configuration file names; one that cannot be used ends the start', async () => {
    const place = mkdtempSync(join(tmpdir(), 'codellama-container-'));
    const file = join(place, 'codellama.yaml');
    writeFileSync(file, `settings:\n  database_url: sqlite:${place}/taken/ledger.db\n`);
    writeFileSync(join(place, 'taken'), 'a file and no folder');
    const environment = { ...production, CONFIG_FILE: file };
    const server = await spawnServer(environment, ENTRY);
    expect(await server.exited).toBe(1);
    expect(server.errors()).toContain(`${place}/taken cannot be used by user`);
  });

  it('of rows that wait for PostgreSQL is the one of OUTBOX_PATH', async () => {
    const place = mkdtempSync(join(tmpdir(), 'codellama-container-'));
    writeFileSync(join(place, 'file'), '');
    const DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';
    const taken = { ...production, DATABASE_URL, OUTBOX_PATH: `${place}/file/outbox.db` };
    const server = await spawnServer(taken, ENTRY);
    expect(await server.exited).toBe(1);
    expect(server.errors()).toContain(`${place}/file cannot be used by user`);
  });
});

it('a configuration that is not valid is told in the words of the server', async () => {
  const server = await spawnServer({ ...production, PORT: 'eighty' }, ENTRY);
  expect(await server.exited).toBe(1);
  expect(server.errors()).toBe(
    'The configuration is not valid:\n  - PORT must be a number from 0 to 65535, not "eighty"\n',
  );
});
