/** What the environment says of a provider: its key, and where it is. */
import { isProvider, providerRegistry, urlVariables } from '../providers/registry.ts';
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

/**
 * The base URL for a model's provider: the model's own, or the environment's, or the provider's where its package
 * does not know it.
 * @param given the model's `base_url`
 * @throws {ConfigurationError}
 */
export function providerBaseUrl(
  provider: string,
  environment: Environment,
  given: string | undefined,
): string | undefined {
  if (!isProvider(provider)) return given;
  const { url, address } = providerRegistry[provider];
  const base = given ?? environmentUrl(urlVariables(provider), environment) ?? url;
  return base && address ? address(base, environment) : base;
}

function environmentUrl(names: readonly string[], environment: Environment): string | undefined {
  const name = names.find((variable) => environment[variable]?.trim());
  if (!name) return undefined;
  const value = environment[name]!.trim();
  if (URL.canParse(value)) return value;
  throw new ConfigurationError([`${name} must be a URL such as https://example.com/v1, not "${value}"`]);
}

/** True when the provider can be called: it has a key, or needs none. */
export function isUsable(provider: string, apiKey: string | undefined): boolean {
  return apiKey !== undefined || keyVariables(provider).length === 0;
}
