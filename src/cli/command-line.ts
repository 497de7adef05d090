/** What commands share. */
import { databaseUrl } from '../config/demo-mode.ts';
import { type Environment, parseSettings } from '../config/environment.ts';

/** The database of the server that these variables start. @throws {ConfigurationError} */
export function configuredDatabaseUrl(environment: Environment): string {
  return databaseUrl(environment, parseSettings(environment).DATABASE_URL);
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
