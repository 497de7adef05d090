import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { BARE_ENVIRONMENT, type ServerProcess, startProcess } from '../helpers/process.ts';

const run = promisify(execFile);
const ADMIN_KEY = 'an-admin-key-for-this-test';

/** Runs a command of `src/cli` as `npm run` does. */
function command(name: string, database: string, ...args: string[]) {
  return commandWith({ DEMO_DATABASE_URL: `sqlite:${database}` }, name, ...args);
}

async function commandWith(variables: Record<string, string>, name: string, ...args: string[]) {
  const env = { ...BARE_ENVIRONMENT, ...variables };
  const cwd = mkdtempSync(join(tmpdir(), 'codellama-'));
  try {
    const { stdout } = await run(process.execPath, [resolve(`src/cli/${name}.ts`), ...args], { env, cwd });
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, said: stderr };
  }
}

/** @returns the request's id when the answer is there */
async function ask({ url }: ServerProcess, prompt: string): Promise<string> {
  const reply = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_KEY}` },
    body: JSON.stringify({ prompt }),
  });
  expect(reply.status).toBe(200);
  await reply.arrayBuffer();
  return String(reply.headers.get('x-request-id'));
}

async function receiptStatus({ url }: ServerProcess, id: string): Promise<number> {
  const reply = await fetch(`${url}/requests/${id}`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  await reply.arrayBuffer();
  return reply.status;
}

const start = (database: string) => startProcess({ DEMO_DATABASE_URL: `sqlite:${database}`, ADMIN_KEY });
const folder = () => mkdtempSync(join(tmpdir(), 'codellama-backup-'));

async function emptyDatabase(): Promise<string> {
  const database = join(folder(), 'a.db');
  expect(await command('migrate', database)).toMatchObject({ code: 0 });
  return database;
}

describe('npm run backup, while the server answers', () => {
  it('has every row of a call that was answered before it began, and only its owner can read it', async () => {
    const database = join(folder(), 'live.db');
    const file = join(folder(), 'copy.db');
    const server = await start(database);
    let isDone = false;
    const load = (async () => {
      for (let n = 0; !isDone; n++) await ask(server, `load ${n}`);
    })();
    const answered = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(server, `question ${n}`)));

    const { code, said } = await command('backup', database, file);
    isDone = true;
    await load;

    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('ledger rows, checked') });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const restored = join(folder(), 'restored.db');
    expect(await command('restore', restored, file)).toMatchObject({ code: 0 });
    const second = await start(restored);
    expect(await Promise.all(answered.map((id) => receiptStatus(second, id)))).toEqual(
      answered.map(() => 200),
    );
  });

  it('writes over no file', async () => {
    const file = join(folder(), 'mine.txt');
    writeFileSync(file, 'dear diary');
    const { code, said } = await command('backup', await emptyDatabase(), file);
    expect(code).toBe(1);
    expect(said).toContain('exists already');
  });

  it('says which file a full disk does not take, and leaves nothing there', async () => {
    const place = folder();
    const env = { ...BARE_ENVIRONMENT, DATABASE_URL: `sqlite:${await emptyDatabase()}` };
    // A process that may write no longer files meets what a full disk does. In blocks of 512 bytes.
    const script = `ulimit -f 128; exec ${process.execPath} src/cli/backup.ts ${join(place, 'copy.db')}`;
    const { stderr } = await run('sh', ['-c', script], { env }).catch((error) => error);
    expect(stderr).toContain('copy.db was not written');
    expect(readdirSync(place)).toEqual([]);
  });

  it('copies the database that DATABASE_URL names, also in a shell without provider keys', async () => {
    const [database, file] = [await emptyDatabase(), join(folder(), 'copy.db')];
    const { said } = await commandWith({ DATABASE_URL: `sqlite:${database}` }, 'backup', file);
    expect(said).toContain(`Copied from ${database}`);
  });

  it('copies the database that the configuration file names', async () => {
    const [database, file] = [await emptyDatabase(), join(folder(), 'copy.db')];
    const CONFIG_FILE = join(folder(), 'codellama.yaml');
    writeFileSync(CONFIG_FILE, `settings: { database_url: "sqlite:${database}" }\n`);
    expect((await commandWith({ CONFIG_FILE }, 'backup', file)).said).toContain(`Copied from ${database}`);
  });

  it('makes no empty copy of a database that is not there', async () => {
    const [database, file] = [join(folder(), 'typo.db'), join(folder(), 'copy.db')];
    const { code, said } = await commandWith({ DATABASE_URL: `sqlite:${database}` }, 'backup', file);
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('There is no database') });
    expect([existsSync(database), existsSync(file)]).toEqual([false, false]);
  });
});

describe('npm run restore', () => {
  let backup: string;
  beforeAll(async () => {
    backup = join(folder(), 'empty.db');
    expect(await command('backup', await emptyDatabase(), backup)).toMatchObject({ code: 0 });
  });

  it('moves what was there into a folder beside it, with the rows that waited in a journal', async () => {
    const place = folder();
    const database = join(place, 'live.db');
    const server = await start(database);
    const id = await ask(server, 'hello');
    server.signal('SIGKILL');
    await server.exited;

    expect(await command('restore', database, backup)).toMatchObject({ code: 0 });

    const before = readdirSync(place).find((name) => name.startsWith('before-restore-'))!;
    const [restored, former] = [await start(database), await start(join(place, before, 'live.db'))];
    expect([await receiptStatus(restored, id), await receiptStatus(former, id)]).toEqual([404, 200]);
  });

  it('leaves the database of a running server alone', async () => {
    const database = join(folder(), 'live.db');
    const server = await start(database);
    const id = await ask(server, 'hello');
    const { code, said } = await command('restore', database, backup);
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('stop the server first') });
    expect(await receiptStatus(server, id)).toBe(200);
  });

  it('leaves everything as it was when the copy cannot be made', async () => {
    const place = folder();
    const database = join(place, 'live.db');
    expect(await command('migrate', database)).toMatchObject({ code: 0 });
    // A folder where the copy is to be written fails as a full disk does.
    mkdirSync(`${database}.unfinished`);
    expect(await command('restore', database, backup)).toMatchObject({ code: 1 });
    expect(readdirSync(place).sort()).toEqual(['live.db', 'live.db.unfinished']);
  });

  it('takes the place of a database that is damaged', async () => {
    const database = join(folder(), 'live.db');
    writeFileSync(database, 'no database any more');
    expect(await command('restore', database, backup)).toMatchObject({ code: 0 });
    expect(await command('backup', database, join(folder(), 'again.db'))).toMatchObject({ code: 0 });
  });

  it('refuses a file that is no backup, and touches nothing', async () => {
    const database = join(folder(), 'live.db');
    const file = join(folder(), 'notes.txt');
    writeFileSync(file, 'dear diary');
    const { code, said } = await command('restore', database, file);
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('no sound backup') });
    expect(existsSync(database)).toBe(false);
  });
});
