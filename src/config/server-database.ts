/** Which database a server opens: asked by the commands and by the entry of the image, so that all speak of the same one. */
import type { ConfigFile } from './config-file-schema.ts';
import type { Environment, Settings } from './environment.ts';
import { readConfigFile } from './read-config-file.ts';
import { serverSettings } from './server-settings.ts';

/** The database, and whose it is. */
export interface ServerDatabase {
  /** `sqlite:…` or `postgres://…` */
  readonly url: string;
  /** It is the one of demo mode, which leaves that of DATABASE_URL alone. */
  readonly isDemo: boolean;
  /** Of the same server. */
  readonly settings: Settings;
}

/** What the server that these variables start opens. @throws {ConfigurationError} */
export async function serverDatabase(environment: Environment): Promise<ServerDatabase> {
  const settings = serverSettings(await settingsFile(environment), environment);
  const configured = { url: settings.DATABASE_URL, isDemo: false, settings };
  // In production there is no demo mode: without a provider key the server does not start, but it has its ledger.
  if (environment.NODE_ENV === 'production') return configured;
  // Knows every provider, which the entry of the image need not load twice.
  const { demoDatabaseUrl, needsDemo } = await import('./demo-mode.ts');
  return needsDemo(environment) ? { url: demoDatabaseUrl(environment), isDemo: true, settings } : configured;
}

/**
 * The database to copy, restore or upgrade. Whoever names one in the environment means that one, also in a shell without
 * the server's provider keys, where a server would start in demo mode. @throws {ConfigurationError}
 */
export async function namedDatabaseUrl(environment: Environment): Promise<string> {
  const { url, settings } = await serverDatabase(environment);
  return environment.DATABASE_URL?.trim() ? settings.DATABASE_URL : url;
}

/** The file may refer to secrets that a shell has not: then the environment must do. */
async function settingsFile(environment: Environment): Promise<Pick<ConfigFile, 'settings'>> {
  try {
    return await readConfigFile(environment);
  } catch (error) {
    if (environment.DATABASE_URL?.trim()) return { settings: {} };
    throw error;
  }
}
