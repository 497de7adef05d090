/** What the environment says of a provider: its key, and where it is. */
import { baseUrlVariable, isProvider, providerRegistry } from '../providers/registry.ts';
import { ConfigurationError, type Environment } from './environment.ts';

/** Environment names of a provider's key, the first being the one we write. */
export function keyVariables(provider: string): readonly string[] {
  return isProvider(provider) ? providerRegistry[provider].keys : [];
}

/** The key for a provider, under any of the names it is known by. */
export function providerKey(provider: string, environment: Environment): string | undefined {
  return keyVariables(provider)
    .map((name) => environment[name]?.trim())
    .find((value) => value);
}

/** The base URL for a provider: the environment's, or its own where its package does not know. @throws {ConfigurationError} */
export function providerBaseUrl(provider: string, environment: Environment): string | undefined {
  const name = baseUrlVariable(provider);
  const value = environment[name]?.trim();
  if (!value) return isProvider(provider) ? providerRegistry[provider].url : undefined;
  if (!URL.canParse(value))
    throw new ConfigurationError([`${name} must be a URL such as https://example.com/v1, not "${value}"`]);
  return value;
}

/** True when the provider can be called: it has a key, or needs none. */
export function isUsable(provider: string, apiKey: string | undefined): boolean {
  return apiKey !== undefined || keyVariables(provider).length === 0;
}
