/** Names in the environment that have no effect, though they look as if they were meant to. */
import { nearest } from '../core/nearest.ts';
import { PROVIDER_NAMES, providerRegistry, urlVariables } from '../providers/registry.ts';
import { type Environment, SETTING_NAMES } from './environment.ts';

/** Shorter names are near to much that other programs set. */
const MIN_LENGTH = 6;

const KNOWN: ReadonlySet<string> = new Set([
  ...SETTING_NAMES,
  ...PROVIDER_NAMES.flatMap((name) => [...providerRegistry[name].keys, ...urlVariables(name)]),
  ...['AZURE_OPENAI_API_VERSION', 'OPENAI_API_VERSION', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'OLLAMA_HOST'],
]);

/** @returns a line for each */
export function misspeltNames(environment: Environment): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (!value || name.length < MIN_LENGTH || name !== name.toUpperCase() || KNOWN.has(name)) return [];
    const meant = nearest(name, KNOWN);
    return meant ? [`${name} is set and has no effect: did you mean ${meant}?`] : [];
  });
}
