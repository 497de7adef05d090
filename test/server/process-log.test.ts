/** What the process itself logs: its start, its end, and faults that belong to no request. */
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { spawnServer, startProcess } from '../helpers/process.ts';

const KEY = 'sk-secret-of-the-provider-0123456789';
const ENVIRONMENT = { DATABASE_URL: 'sqlite::memory:', LOG_FORMAT: 'json', OPENAI_API_KEY: KEY };

it('a stray rejection and a stray exception are logged without keys and survived', async () => {
  const server = await startProcess(ENVIRONMENT, 'test/helpers/stray-faults.ts');
  process.kill(server.pid, 'SIGUSR2');
  await eventually(() => {
    expect(server.output()).toContain('stray rejection about [redacted]');
    expect(server.output()).toContain('stray exception about [redacted]');
  });
  expect(server.output() + server.errors()).not.toContain(KEY);
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
});

it('start, drain and end are a line each', async () => {
  const server = await startProcess(ENVIRONMENT);
  server.signal('SIGTERM');
  expect(await server.exited).toBe(0);
  const lines = server
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.find(({ msg }) => msg === 'listening')).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    url: server.url,
    mode: 'open',
    database: 'sqlite',
    redis: false,
    providers: ['openai'],
  });
  expect(lines.slice(-2).map(({ msg }) => msg)).toEqual(['draining', 'stopped']);
  expect(server.output()).not.toContain(KEY);
});

it('the line at the start says when anybody may call', async () => {
  const server = await startProcess({ ...ENVIRONMENT, ALLOW_ANONYMOUS: 'true' });
  server.signal('SIGTERM');
  await server.exited;
  const [line] = server
    .output()
    .split('\n')
    .filter((text) => text.includes('"listening"'));
  expect(JSON.parse(line!)).toMatchObject({ mode: 'anonymous' });
});

it('a fault at the start ends the process', async () => {
  const server = await spawnServer({ ...ENVIRONMENT, PORT: 'no port' });
  expect(await server.exited).toBe(1);
});
