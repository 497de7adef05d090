/** Parses a large configuration file beside the calls: YAML of a thousand models takes a quarter of a second. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ConfigFile } from './config-file-schema.ts';
import { ConfigurationError, type Environment } from './environment.ts';
import { parseHere } from './read-config-file.ts';

/** Characters, some fifty models: what takes less than the start of a thread holds nobody up. */
const SMALL = 8_192;

type Outcome = { readonly file: ConfigFile } | { readonly problems: readonly string[] };

/** In a thread of its own, unless the text is small. @throws {ConfigurationError} as `parseConfigFile` */
export async function parseApart(text: string, environment: Environment): Promise<ConfigFile> {
  if (text.length < SMALL) return parseHere(text, environment);
  const worker = new Worker(new URL('./config-file-worker.ts', import.meta.url), {
    workerData: { text, environment: { ...environment } },
  });
  const [outcome] = (await once(worker, 'message')) as [Outcome];
  if ('problems' in outcome) throw new ConfigurationError(outcome.problems);
  return outcome.file;
}
