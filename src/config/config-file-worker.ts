/** Parses one configuration file in a thread of its own, tells what came of it, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { ConfigurationError, type Environment } from './environment.ts';
import { parseConfigFile } from './parse-config-file.ts';

const { text, environment } = workerData as { text: string; environment: Environment };

try {
  parentPort?.postMessage({ file: parseConfigFile(text, environment) });
} catch (error) {
  // Of an error's class nothing arrives on the other side.
  if (!(error instanceof ConfigurationError)) throw error;
  parentPort?.postMessage({ problems: error.problems });
}
