/** The server as its users run it: a process of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  readonly output: () => string;
  readonly errors: () => string;
  /** The exit code, when it has one. */
  readonly exited: Promise<number | null>;
  readonly signal: (name: 'SIGTERM' | 'SIGINT' | 'SIGKILL') => void;
}

/** What any process of ours is given. Types are stripped once for all of them, as at `npm start` (src/compile-cache.js). */
export const BARE_ENVIRONMENT = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: resolve('node_modules/.cache/compile'),
};

/** Spawns the server with this environment and nothing else, in a folder without `.env`. */
export async function spawnServer(environment: Environment, entry = 'src/start.js'): Promise<ServerProcess> {
  const port = environment.PORT ?? String(await freePort());
  const child = spawn(process.execPath, [resolve(entry)], {
    cwd: mkdtempSync(join(tmpdir(), 'codellama-')),
    env: { ...BARE_ENVIRONMENT, HOST: '127.0.0.1', PORT: port, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  let errors = '';
  child.stdout.on('data', (part) => {
    output += part;
  });
  child.stderr.on('data', (part) => {
    errors += part;
  });
  return {
    pid: child.pid!,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    errors: () => errors,
    exited: new Promise((exit) => child.once('close', exit)),
    signal: (name) => void child.kill(name),
  };
}

/** The same, and waits until it can answer. */
export async function startProcess(environment: Environment, entry?: string): Promise<ServerProcess> {
  const server = await spawnServer(environment, entry);
  await eventually(async () => {
    const { status } = await fetch(`${server.url}/health/ready`).catch(() => ({
      status: 'nobody answers',
    }));
    if (status !== 200) throw new Error(`not ready: ${status}; it says: ${server.errors()}`);
  });
  return server;
}
