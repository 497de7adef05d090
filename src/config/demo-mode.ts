/** When the server runs in demo mode, and where that keeps its keys. */
import { existsSync } from 'node:fs';
import { PROVIDER_NAMES, providerRegistry } from '../providers/registry.ts';
import { ConfigurationError, type Environment } from './environment.ts';

/** Keys and ledger of demo mode: what the simulator answers is play money, and stays out of the real ledger. */
const DEMO_DATABASE_URL = 'sqlite:./data/demo.db';

/** Another one is for tests, and for those who start several demos in one folder. */
export function demoDatabaseUrl({ DEMO_DATABASE_URL: given }: Environment): string {
  return given?.trim() || DEMO_DATABASE_URL;
}

/** Names of every variable that holds a provider key. */
const KEY_NAMES = PROVIDER_NAMES.flatMap((name) => providerRegistry[name].keys);

/**
 * True when nothing is set that could answer: no key, and no configuration file that may name a local model.
 * @throws {ConfigurationError} in production, where a simulated answer would be a lie
 */
export function needsDemo(environment: Environment): boolean {
  if (hasConfigFile(environment) || KEY_NAMES.some((name) => environment[name]?.trim())) return false;
  if (environment.NODE_ENV === 'production') {
    throw new ConfigurationError([
      `no provider key is set: set at least one of ${KEY_NAMES.join(', ')} (or CONFIG_FILE for local models); ` +
        'the demo mode that would start without one is not for NODE_ENV=production',
    ]);
  }
  return true;
}

function hasConfigFile(environment: Environment): boolean {
  return Boolean(environment.CONFIG_FILE?.trim()) || existsSync('codellama.yaml');
}
