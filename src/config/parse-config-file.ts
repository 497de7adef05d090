/** Reads a configuration file's text: YAML, `${ENV}` filled in, every problem found and told at once. */
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { PROVIDER_NAMES } from '../providers/registry.ts';
import { type ConfigFile, fileSchema, knownKeys } from './config-file-schema.ts';
import { ConfigurationError, type Environment } from './environment.ts';

/** @throws {ConfigurationError} with one line for each problem */
export function parseConfigFile(text: string, environment: Environment): ConfigFile {
  const document = parseDocument(text);
  // The first mistake in the writing is the cause of the others.
  const [mistake] = document.errors;
  if (mistake) throw new ConfigurationError([mistake.message.split(':\n')[0]!.trim()]);
  const problems: string[] = [];
  const content = interpolate(document.toJS() ?? {}, environment, problems);
  const result = fileSchema.safeParse(content);
  if (!result.success) problems.push(...result.error.issues.flatMap((issue) => describe(issue, content)));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return result.data!;
}

/** `${NAME}` and `${NAME:-default}` in any text value. */
function interpolate(value: unknown, environment: Environment, problems: string[]): unknown {
  if (typeof value === 'string') {
    return value.replace(
      /\$\{(\w+)(?::-([^}]*))?\}/g,
      (whole, name: string, fallback: string | undefined) => {
        const found = environment[name] || fallback;
        if (found === undefined) problems.push(`\${${name}} is not set in the environment`);
        return found ?? whole;
      },
    );
  }
  if (Array.isArray(value)) return value.map((item) => interpolate(item, environment, problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolate(item, environment, problems)]),
  );
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue, content: unknown): string[] {
  const inner = issue.code === 'invalid_union' ? closestBranch(issue, content) : undefined;
  if (inner) return inner.flatMap((one) => describe({ ...one, path: [...issue.path, ...one.path] }, content));
  const place = issue.path.join('.') || 'the file';
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path);
    return issue.keys.map((key) => `${place}: unknown key "${key}"${suggestion(key, known)}`);
  }
  if (issue.path.at(-1) === 'provider' && issue.code === 'invalid_value') {
    const name = String(valueAt(content, issue.path));
    return [
      `${place}: there is no provider "${name}"${suggestion(name, PROVIDER_NAMES)} (there are ${PROVIDER_NAMES.join(', ')})`,
    ];
  }
  if (issue.code === 'invalid_key')
    return [
      `${place}: unknown key${suggestion(String(issue.path.at(-1)), knownKeys(issue.path.slice(0, -1)))}`,
    ];
  return [`${place}: ${issue.message}`];
}

/** An object where a chain may be a list or an object: what is wrong with the object. */
function closestBranch(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  content: unknown,
): Issue[] | undefined {
  const value = valueAt(content, issue.path);
  if (issue.path[0] !== 'chains' || typeof value !== 'object' || value === null) return undefined;
  return issue.errors[Array.isArray(value) ? 0 : 1] as Issue[] | undefined;
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined | null)?.[key],
    content,
  );
}

function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant ? `, did you mean "${meant}"?` : '';
}
