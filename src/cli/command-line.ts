/** What commands share. */
import { parseArgs } from 'node:util';
import { DatabaseUnavailable } from '../accounts/database/database-unavailable.ts';

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
    process.stderr.write(`${messageOf(error as Error)}\n`);
    process.exitCode = 1;
  }
}

/** Who runs commands may know why; callers of the server are not told. */
function messageOf(error: Error): string {
  return error instanceof DatabaseUnavailable
    ? `The database does not answer (${error.reason}).`
    : error.message;
}
