/** Starts the processes, each on its core, and ends them whatever happens. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The server under test has the first core for itself; load and fake provider share the second. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

const children = new Set<ChildProcess>();
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
}

const canPin = (() => {
  try {
    execFileSync('taskset', ['-c', String(LOAD_CORE), 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Gives all threads of processes a core, or a list of them as taskset has it. */
export function pin(pids: readonly number[], cores: string): void {
  if (!canPin) return;
  for (const pid of pids)
    execFileSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { stdio: 'ignore' });
}

export function describePinning(): string {
  return canPin
    ? `server on core ${SERVER_CORE}, load and upstream on core ${LOAD_CORE}`
    : 'not pinned (no taskset)';
}

export interface Started {
  readonly pid: number;
  readonly child: ChildProcess;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface StartOptions {
  /** A core, or a list of them as taskset has it. */
  readonly core: number | string;
  readonly environment?: Record<string, string>;
  readonly ipc?: boolean;
  readonly cwd?: string;
  readonly quiet?: boolean;
  readonly nodeOptions?: readonly string[];
  /** File for what it writes to stdout. */
  readonly log?: string;
}

/** @param script a file of this folder, or an absolute path */
export function start(script: string, args: readonly string[], options: StartOptions): Started {
  const file = script.startsWith('/') ? script : fileURLToPath(new URL(script, import.meta.url));
  return startProgram([process.execPath, ...(options.nodeOptions ?? []), file, ...args], options);
}

export function startProgram(command: readonly string[], options: StartOptions): Started {
  const [program, ...rest] = canPin ? ['taskset', '-c', String(options.core), ...command] : command;
  const child = spawn(program!, rest, {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS,
      ...options.environment,
    },
    cwd: options.cwd,
    // taskset replaces itself by the program, so the process id and the channel are the program's.
    stdio: [
      'ignore',
      options.log === undefined ? 'ignore' : openSync(options.log, 'w'),
      options.quiet ? 'ignore' : 'inherit',
      ...(options.ipc ? (['ipc'] as const) : []),
    ],
  });
  children.add(child);
  return {
    pid: child.pid!,
    child,
    stop: (signal = 'SIGKILL') =>
      new Promise((resolve) => {
        children.delete(child);
        child.once('exit', () => resolve());
        child.kill(signal);
      }),
  };
}

/** The child processes of a process, such as the workers of a server. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** @returns milliseconds until the address answered with any HTTP reply at all, or with 200 where that is wanted */
export async function untilAnswers(url: string, wants200 = false, patience = 120_000): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const reply = await fetch(url).catch(() => undefined);
    if (reply && (reply.ok || !wants200)) return performance.now() - startedAt;
    if (performance.now() - startedAt > patience || [...children].some(({ exitCode }) => exitCode !== null))
      throw new Error(`${url} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}
