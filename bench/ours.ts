/** How our own server is started for measuring: everything on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Started, start } from './processes.ts';
import { temporaryFolder } from './temporary-folder.ts';

const ADMIN_KEY = 'the key of the bench';
/** Within a server, for the profiler and the count of allocated bytes. */
export const PROBE = fileURLToPath(new URL('probe.ts', import.meta.url));

/** The file and the flags of `npm start`. */
export function startCommand(checkout = fileURLToPath(new URL('..', import.meta.url))) {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const [, ...words] = (scripts.start as string).split(' ');
  return { file: join(checkout, words.pop()!), flags: words };
}

export interface OurOptions {
  readonly port: number;
  readonly upstream: number;
  readonly core: number | string;
  readonly environment?: Record<string, string>;
  /** Lets the bench ask the process for profiles and counts. */
  readonly probe?: boolean;
  readonly nodeOptions?: readonly string[];
  /** The folder of another checkout to start instead of this one. */
  readonly checkout?: string;
}

export function startOurs(options: OurOptions): Started {
  // A folder of its own, so that no `.env` of the developer's is read.
  const folder = temporaryFolder();
  const { file, flags } = startCommand(options.checkout);
  return start(file, [], {
    core: options.core,
    cwd: folder,
    ipc: options.probe,
    nodeOptions: [...flags, ...(options.nodeOptions ?? []), ...(options.probe ? ['--import', PROBE] : [])],
    environment: ourEnvironment(options, folder),
  });
}

/** @param folder for the ledger */
export function ourEnvironment(
  { port, upstream, environment }: Pick<OurOptions, 'port' | 'upstream' | 'environment'>,
  folder: string,
): Record<string, string> {
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    ADMIN_KEY,
    DATABASE_URL: `sqlite:${join(folder, 'data/codellama.db')}`,
    TOGETHER_API_KEY: 'bench',
    TOGETHER_BASE_URL: `http://127.0.0.1:${upstream}/v1`,
    ANTHROPIC_API_KEY: 'bench',
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${upstream}`,
    ...environment,
  };
}

export const adminHeaders = { authorization: `Bearer ${ADMIN_KEY}` };

/** The headers of a caller key with every kind of limit, none of which is reached. */
export async function keyWithLimits(port: number): Promise<Record<string, string>> {
  const response = await fetch(`http://127.0.0.1:${port}/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...adminHeaders },
    body: JSON.stringify({
      alias: 'bench',
      budget_usd: 1_000_000,
      rpm: 1e8,
      tpm: 1e11,
      max_concurrency: 10_000,
    }),
  });
  const { key } = (await response.json()) as { key: string };
  return { authorization: `Bearer ${key}` };
}
