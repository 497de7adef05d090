/** The package on npm, laid where an installed one lies: below node_modules, where Node strips no types. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { startProcess } from '../helpers/process.ts';

const run = promisify(execFile);
const INSTALLED = 'node_modules/.cache/installed-package';

beforeAll(async () => {
  rmSync(INSTALLED, { recursive: true, force: true });
  mkdirSync(INSTALLED, { recursive: true });
  copyFileSync('package.json', `${INSTALLED}/package.json`);
  await run(process.execPath, ['deploy/package/build.ts', `${INSTALLED}/dist`]);
});

it('the installed command serves in demo mode', async () => {
  const server = await startProcess({}, `${INSTALLED}/dist/command.js`);
  const reply = await fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'hello world in Go' }),
  });
  expect([reply.status, reply.headers.get('x-demo')]).toEqual([200, 'true']);
});

it('the installed command knows its version and its commands', async () => {
  const env = { PATH: process.env.PATH };
  const command = (...args: string[]) =>
    run(process.execPath, [`${INSTALLED}/dist/command.js`, ...args], { env });
  expect((await command('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await command('keys', '--help')).stdout).toContain('  codellama-server keys list\n');
  await expect(command('kees')).rejects.toThrow('There is no command kees');
});
