/** What commands share. */
import { parseArgs } from 'node:util';
import { databaseUrl } from '../config/demo-mode.ts';
import { type Environment, parseSettings, type Settings } from '../config/environment.ts';
import { readConfigFile } from '../config/read-config-file.ts';

/** The settings of the server that these variables and the configuration file start. @throws {ConfigurationError} */
export async function serverSettings(environment: Environment): Promise<Settings> {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  return parseSettings({ ...(await fileSettings(environment)), ...Object.fromEntries(set) });
}

/**
 * The database to copy, restore or upgrade. Whoever names one in the environment means that one, also in a shell without
 * the server's provider keys, where a server would start in demo mode. @throws {ConfigurationError}
 */
export async function configuredDatabaseUrl(environment: Environment): Promise<string> {
  const { DATABASE_URL } = await serverSettings(environment);
  return environment.DATABASE_URL?.trim() ? DATABASE_URL : databaseUrl(environment, DATABASE_URL);
}

/** @returns the path of a SQLite database; nothing for a PostgreSQL and for one in memory */
export function sqlitePath(url: string): string | undefined {
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1];
  return path === ':memory:' ? undefined : path;
}

/** Settings of the configuration file. It may refer to secrets that a shell has not: then the environment must do. */
async function fileSettings(environment: Environment): Promise<Record<string, string>> {
  try {
    const { settings } = await readConfigFile(environment);
    return Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [name.toUpperCase(), String(value)]),
    );
  } catch (error) {
    if (environment.DATABASE_URL?.trim()) return {};
    throw error;
  }
}

/** The file that a command is called with. @returns nothing where its help was printed instead */
export function fileArgument(help: string): string | undefined {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (!values.help && file) return file;
  process.stdout.write(`${help}\n`);
  process.exitCode = values.help ? 0 : 1;
  return undefined;
}

/** Runs a command; what it throws is told in a line, without a stack, and the process ends with 1. */
export async function exitWithMessage(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
