/** Reads the configuration file: YAML, `${ENV}` filled in, every problem found and told at once. */
import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { ConfigurationError, type Environment, SETTING_NAMES } from './environment.ts';
import { type ConfigFile, fileSchema, modelEntry } from './file-schema.ts';

const DEFAULT_FILE = 'codellama.yaml';
const EMPTY: ConfigFile = { models: {}, chains: {}, settings: {} };

/** @returns the file's content, or an empty one when none is named and `codellama.yaml` is not there */
export async function readConfigFile(environment: Environment): Promise<ConfigFile> {
  const named = environment.CONFIG_FILE?.trim();
  const path = named || DEFAULT_FILE;
  if (!existsSync(path)) {
    if (named) throw new ConfigurationError([`CONFIG_FILE names ${path}, which does not exist`]);
    return EMPTY;
  }
  return parseConfigFile(readFileSync(path, 'utf8'), environment);
}

/** @throws {ConfigurationError} with one line for each problem */
export async function parseConfigFile(text: string, environment: Environment): Promise<ConfigFile> {
  // Most servers have no file, and the parser is 8 MB of memory.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw new ConfigurationError(document.errors.map((error) => error.message.trim()));
  const problems: string[] = [];
  const content = interpolate(document.toJS() ?? {}, environment, problems);
  const result = fileSchema.safeParse(content);
  if (!result.success) problems.push(...result.error.issues.map(describe));
  const settings = result.success ? result.data.settings : {};
  for (const name of Object.keys(settings)) {
    if (SETTING_NAMES.includes(name.toUpperCase())) continue;
    problems.push(
      `settings: unknown setting "${name}"${suggestion(
        name,
        SETTING_NAMES.map((known) => known.toLowerCase()),
      )}`,
    );
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return result.data!;
}

/** `${NAME}` and `${NAME:-default}` in any text value. */
function interpolate(value: unknown, environment: Environment, problems: string[]): unknown {
  if (typeof value === 'string') {
    return value.replace(
      /\$\{(\w+)(?::-([^}]*))?\}/g,
      (_whole, name: string, fallback: string | undefined) => {
        const found = environment[name] || fallback;
        if (found === undefined) problems.push(`\${${name}} is not set in the environment`);
        return found ?? '';
      },
    );
  }
  if (Array.isArray(value)) return value.map((item) => interpolate(item, environment, problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolate(item, environment, problems)]),
  );
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.join('.') || 'the file';
  if (issue.code !== 'unrecognized_keys') return `${place}: ${issue.message}`;
  const known = Object.keys(issue.path[0] === 'models' ? modelEntry.shape : fileSchema.shape);
  return issue.keys.map((key) => `${place}: unknown key "${key}"${suggestion(key, known)}`).join('; ');
}

function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant ? `, did you mean "${meant}"?` : '';
}
