/** A LiteLLM configuration with the files it includes (https://docs.litellm.ai/docs/proxy/config_management). */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

type Section = Record<string, unknown>;

/**
 * @returns the file's content; lists of included files are appended, what else they say takes the place of what was there,
 *   as LiteLLM has it
 * @throws {Error} that names the file which is missing, no YAML, or includes itself
 */
export function readLitellmFile(path: string, includedBy: readonly string[] = []): unknown {
  if (includedBy.includes(path)) throw new Error(`${path} includes itself.`);
  const content = parseFile(path);
  if (!isSection(content) || !Array.isArray(content.include)) return content;
  const { include, ...whole } = content;
  for (const name of include.map(String)) {
    const included = readLitellmFile(join(dirname(path), name), [...includedBy, path]);
    if (!isSection(included)) continue;
    for (const [section, value] of Object.entries(included)) {
      const before = whole[section];
      whole[section] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
    }
  }
  return whole;
}

function parseFile(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
