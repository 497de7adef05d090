/** What a start does not load: each of these costs a noticeable part of the time until the server is ready. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = `
import { registerHooks } from 'node:module';
const loaded = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
const { startServer } = await import('./src/server.ts');
const { makeLog } = await import('./src/log.ts');
const environment = { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', LOG_FORMAT: 'json' };
const database = { DATABASE_URL: 'sqlite::memory:', OPENAI_API_KEY: 'sk-1' };
const server = await startServer({ ...environment, ...database }, makeLog);
await ask(server.url + '/health/ready');
process.stdout.write(JSON.stringify([...loaded, ...process.moduleLoadList]), () => process.exit());

// Node's own fetch is one of the things that should not be there.
function ask(url) {
  const { get } = process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => get(url, resolve).on('error', reject));
}
`;

it('a start loads nothing that only some servers or requests need', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    maxBuffer: 10 * 1024 * 1024,
  });
  const loaded = JSON.parse(stdout) as string[];
  const unwanted = [
    '/node_modules/express/',
    '/node_modules/kysely/',
    '/node_modules/openai/',
    '/node_modules/undici/index.js',
    '/node_modules/yaml/',
    '/node_modules/pg/',
    '/node_modules/tiktoken/',
    '/src/config/file-schema.ts',
    '/src/simulator/',
    'internal/deps/undici/undici',
  ];
  expect(loaded.some((name) => name.includes('/src/server.ts'))).toBe(true);
  expect(unwanted.filter((part) => loaded.some((name) => name.includes(part)))).toEqual([]);
});
