/** `npm run keys`: on the database of the server that the same environment starts, and it says which that is. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { calledAs } from '../../src/cli/called-as.ts';
import type { Environment } from '../../src/config/environment.ts';
import { BARE_ENVIRONMENT, startProcess } from '../helpers/process.ts';

const run = promisify(execFile);
const folder = () => mkdtempSync(join(tmpdir(), 'codellama-keys-'));

async function makeKey(environment: Environment, cwd = folder()) {
  const { stdout, stderr } = await run(
    process.execPath,
    [resolve('src/cli/keys.ts'), 'create', '--alias', 'web', '--quiet'],
    { cwd, env: { ...BARE_ENVIRONMENT, ...environment } },
  );
  return { key: stdout.trim(), said: stderr };
}

async function statusOf(url: string, key: string): Promise<number> {
  const reply = await fetch(`${url}/models`, { headers: { authorization: `Bearer ${key}` } });
  await reply.arrayBuffer();
  return reply.status;
}

describe('a key that was made in an environment is known to the server that this environment starts', () => {
  const ADMIN_KEY = 'an-admin-key-for-this-test';
  const provider = { TOGETHER_API_KEY: 'key-of-together' };
  const databases = (place: string) => ({
    DATABASE_URL: `sqlite:${place}/books.db`,
    DEMO_DATABASE_URL: `sqlite:${place}/demo.db`,
  });
  const cases: [string, Environment, string][] = [
    ['with a provider key', provider, 'books.db'],
    ['without one, in demo mode', {}, 'demo.db'],
    ['in production', { NODE_ENV: 'production', ...provider }, 'books.db'],
  ];
  it.each(cases)('%s', async (_name, others, file) => {
    const place = folder();
    const environment = { ...databases(place), ...others };
    const { key, said } = await makeKey(environment);
    expect(said).toContain(`Database: ${place}/${file}`);
    const server = await startProcess({ ...environment, ADMIN_KEY });
    expect(await statusOf(server.url, key)).toBe(200);
  });

  it('in a shell without the provider key, NODE_ENV=production stands for it, and that is said', async () => {
    const place = folder();
    const { said } = await makeKey(databases(place));
    expect(said).toContain(`and not ${place}/books.db`);
    expect(said).toContain('NODE_ENV=production');
    expect((await makeKey({ ...databases(place), NODE_ENV: 'production' })).said).toBe(
      `Database: ${place}/books.db\n`,
    );
  });

  it('and with a configuration file that names the database', async () => {
    const cwd = folder();
    const place = folder();
    writeFileSync(join(cwd, 'codellama.yaml'), `settings:\n  database_url: sqlite:${place}/of-the-file.db\n`);
    expect((await makeKey({}, cwd)).said).toBe(`Database: ${place}/of-the-file.db\n`);
  });
});

describe('help names commands as they were called', () => {
  const form = (script: string, environment: Environment = {}) =>
    calledAs('keys', 'list', { script: resolve(script), environment });
  it.each([
    ['by npm', form('src/cli/doctor.ts', { npm_lifecycle_event: 'doctor' }), 'npm run keys -- list'],
    ['by npx', form('x/.bin/codellama-server', { npm_command: 'exec' }), 'npx codellama-server keys list'],
    ['by name', form('bin/codellama-server'), 'codellama-server keys list'],
    [
      'by name, in a script of npm',
      form('bin/codellama-server', { npm_lifecycle_event: 'deploy' }),
      'codellama-server keys list',
    ],
    ['by file', form('src/cli/backup.ts'), 'node src/cli/keys.ts list'],
  ])('%s', (_how, said, expected) => expect(said).toBe(expected));
});
