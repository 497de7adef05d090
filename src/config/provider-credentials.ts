/** What the environment says of a provider: its key, and where it is. */
import {
  isProvider,
  type ProviderName,
  providerRegistry,
  type RegistryEntry,
  urlVariables,
} from '../providers/registry.ts';
import { normalizeBaseUrl, unquoted } from './base-url.ts';
import { ConfigurationError, type Environment } from './environment.ts';

/** Environment names of a provider's key, the first being the one we write. */
export function keyVariables(provider: string): readonly string[] {
  return isProvider(provider) ? providerRegistry[provider].keys : [];
}

/**
 * The key for a provider, under any of the names it is known by.
 * @throws {ConfigurationError} for one that no header can carry
 */
export function providerKey(provider: string, environment: Environment): string | undefined {
  for (const name of keyVariables(provider)) {
    const key = secret(environment[name] ?? '', name);
    if (key !== '') return key;
  }
  return undefined;
}

/**
 * A secret as it is mounted or pasted: line feeds, spaces and quotes around it go.
 * @param name of the setting, for the error, which does not quote the value
 * @throws {ConfigurationError} for one that no header can carry
 */
export function secret(value: string, name: string): string {
  const text = unquoted(value);
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  throw new ConfigurationError([
    `${name} holds a line break or a letter that no HTTP header can carry: was it cut short (…) or pasted twice?`,
  ]);
}

/**
 * The base URL for a model's provider: the model's own, or the environment's, or the provider's where its package
 * does not know it.
 * @param given the model's `base_url`, and where that is written
 * @throws {ConfigurationError}
 */
export function providerBaseUrl(
  provider: string,
  environment: Environment,
  given: { readonly url: string | undefined; readonly place: string },
): string | undefined {
  const entry: RegistryEntry | undefined = isProvider(provider) ? providerRegistry[provider] : undefined;
  const names = isProvider(provider) ? urlVariables(provider) : [];
  const name = names.find((variable) => environment[variable]?.trim());
  const written = given.url ?? (name && environment[name]);
  if (written === undefined) return entry?.url;
  const result = normalizeBaseUrl(written, entry?.url ?? entry?.home);
  if ('problem' in result)
    throw new ConfigurationError([`${given.url === undefined ? name : given.place} ${result.problem}`]);
  return entry?.address ? entry.address(result.url, environment) : result.url;
}

/** True when the provider can be called: it has a key, or needs none. */
export function isUsable(provider: string, apiKey: string | undefined): boolean {
  return apiKey !== undefined || keyVariables(provider).length === 0;
}

/** True when the environment says where a provider is that has no address of its own. */
export function hasAddress(provider: ProviderName, environment: Environment): boolean {
  return urlVariables(provider).some((name) => environment[name]?.trim());
}
