import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../src/accounts/database/initial-schema.ts';
import { databases } from '../helpers/databases.ts';
import { freePort } from '../helpers/free-port.ts';
import { hasPostgres } from '../helpers/ledgers.ts';
import { BARE_ENVIRONMENT } from '../helpers/process.ts';

const oldTables = (engine: string) => readFileSync(`test/accounts/fixtures/schema-1-${engine}.sql`, 'utf8');

/** `npm run migrate -- …` with this database; the key keeps it out of demo mode, which has a database of its own. */
async function migrate(url: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [resolve('src/cli/migrate.ts'), ...args], {
    cwd: mkdtempSync(join(tmpdir(), 'codellama-')),
    env: { ...BARE_ENVIRONMENT, DATABASE_URL: url, OPENAI_API_KEY: 'a-key' },
  });
  return stdout;
}

/** A SQLite file with tables of version 1. */
function oldDatabase(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'codellama-')), 'old.db');
  const old = new DatabaseSync(path);
  old.exec(oldTables('sqlite'));
  old.close();
  return path;
}

describe('npm run migrate', () => {
  it('with --dry-run says what would be done, and does nothing', async () => {
    const path = oldDatabase();
    const before = readFileSync(path);
    expect(await migrate(`sqlite:${path}`, '--dry-run')).toContain('adds column blocked_at of keys');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('brings tables up to date, once', async () => {
    const url = `sqlite:${oldDatabase()}`;
    expect(await migrate(url)).toContain(`From version 1 to ${SCHEMA_VERSION}`);
    expect(await migrate(url)).toContain('there is nothing to do');
  });

  it('says that a new database has no tables, and makes none with --dry-run', async () => {
    const url = `sqlite:${join(mkdtempSync(join(tmpdir(), 'codellama-')), 'new.db')}`;
    expect(await migrate(url, '--dry-run')).toContain('There are no tables yet');
    expect(await migrate(url, '--dry-run')).toContain('There are no tables yet');
  });

  it('says why a database cannot be asked: one that is not there, a file that is none', async () => {
    const nobody = `postgres://postgres@127.0.0.1:${await freePort()}/none`;
    await expect(migrate(nobody)).rejects.toMatchObject({
      stderr: 'The database does not answer (ECONNREFUSED).\n',
    });
    const file = join(mkdtempSync(join(tmpdir(), 'codellama-')), 'diary.txt');
    writeFileSync(file, 'dear diary');
    await expect(migrate(`sqlite:${file}`)).rejects.toMatchObject({
      stderr: expect.stringContaining(`${file} is no database of this server`),
    });
    expect(readFileSync(file, 'utf8')).toBe('dear diary');
  });

  it.skipIf(!hasPostgres)('does the same to a PostgreSQL', async () => {
    const { DATABASE_URL: url } = await databases[1]!.make();
    const client = new pg.Client(url!);
    await client.connect();
    await client.query(oldTables('postgres'));
    await client.end();
    const plan = await migrate(url!, '--dry-run');
    expect(plan).toContain('adds column blocked_at of keys');
    expect(plan).toContain('adds sums of usage (table usage_sums)');
    expect(await migrate(url!)).toContain('Done.');
    expect(await migrate(url!)).toContain('there is nothing to do');
  });
});
