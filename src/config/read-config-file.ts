/** Where the configuration file is, and whether there is one. */
import { existsSync, readFileSync } from 'node:fs';
import type { ConfigFile } from './config-file-schema.ts';
import { ConfigurationError, type Environment } from './environment.ts';

const DEFAULT_FILE = 'codellama.yaml';
const EMPTY: ConfigFile = { models: {}, chains: {}, aliases: {}, settings: {} };

/** Where the configuration file is, or would be. */
export function configPath(environment: Environment): string {
  return environment.CONFIG_FILE?.trim() || DEFAULT_FILE;
}

/** What makes a file of its text. @throws {ConfigurationError} */
export type ParseFile = (text: string, environment: Environment) => Promise<ConfigFile>;

/** Parses in this turn. @throws {ConfigurationError} with one line for each problem */
export async function parseHere(text: string, environment: Environment): Promise<ConfigFile> {
  // Most servers have no file, and what reads one is 8 MB of memory and 15 ms of the start.
  const { parseConfigFile } = await import('./parse-config-file.ts');
  return parseConfigFile(text, environment);
}

/** @returns the file's content, or an empty one when none is named and `codellama.yaml` is not there */
export async function readConfigFile(
  environment: Environment,
  parse: ParseFile = parseHere,
): Promise<ConfigFile> {
  const path = configPath(environment);
  if (existsSync(path)) return parse(readFileSync(path, 'utf8'), environment);
  if (environment.CONFIG_FILE?.trim())
    throw new ConfigurationError([`CONFIG_FILE names ${path}, which does not exist`]);
  return EMPTY;
}
