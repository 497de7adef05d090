/** From a model's entry in the configuration to the target the router calls. */
import { hash } from 'node:crypto';
import { parseDuration } from '../core/durations.ts';
import type { Balance, Target } from '../providers/provider.ts';
import { isProvider, providerRegistry } from '../providers/registry.ts';
import type { ModelEntry } from './config-file-schema.ts';
import { knownFacts } from './deployments.ts';
import { ConfigurationError, type Environment, type Settings } from './environment.ts';
import { providerBaseUrl, providerKey, secret } from './provider-credentials.ts';

/** @throws {ConfigurationError} when the entry lacks an address that only it can give */
export function makeTarget(
  name: string,
  entry: ModelEntry,
  settings: Settings,
  environment: Environment,
  balance?: Balance,
): Target {
  const place = `models.${name}`;
  const apiKey =
    entry.api_key === undefined
      ? providerKey(entry.provider, environment)
      : secret(entry.api_key, `${place}.api_key`);
  const baseUrl = providerBaseUrl(entry.provider, environment, {
    url: entry.base_url,
    place: `${place}.base_url`,
  });
  if (!baseUrl && isProvider(entry.provider) && providerRegistry[entry.provider].needsUrl) {
    throw new ConfigurationError([`models.${name}: a model of provider ${entry.provider} needs a base_url`]);
  }
  const { connect, first_token: firstToken, idle, attempt } = entry.timeouts ?? {};
  const target: Target = {
    id: `${entry.provider}/${entry.model}`,
    name,
    provider: entry.provider,
    model: entry.model,
    apiKey,
    credential: hash('sha256', `${entry.provider} ${baseUrl ?? ''} ${apiKey ?? ''}`, 'base64url'),
    baseUrl,
    headers: entry.headers ?? {},
    timeouts: {
      connect: milliseconds(connect) ?? settings.CONNECT_TIMEOUT,
      firstToken: milliseconds(firstToken) ?? settings.FIRST_TOKEN_TIMEOUT,
      ...(firstToken !== undefined && { thinking: milliseconds(firstToken)! }),
      idle: milliseconds(idle) ?? settings.IDLE_TIMEOUT,
      attempt: milliseconds(attempt) ?? settings.ATTEMPT_TIMEOUT,
    },
    retries: entry.retries ?? settings.RETRIES,
    contextWindow: entry.context_window,
    maxOutputTokens: entry.max_output_tokens,
    dropParams: entry.drop_params ?? [],
    capabilities: entry.capabilities ?? {},
    wire: entry.wire,
    price: entry.price,
    ...(balance && { balance }),
    successor: undefined,
  };
  return entry.successor ? { ...target, successor: successorOf(target, entry.successor) } : target;
}

/** The same deployment with another model; what was said of the old model does not hold for it. */
function successorOf(target: Target, model: string): Target {
  const facts = knownFacts(target.provider, model);
  return {
    ...target,
    id: `${target.provider}/${model}`,
    name: `${target.name} (successor)`,
    model,
    contextWindow: facts.context_window,
    maxOutputTokens: facts.max_output_tokens,
    capabilities: {},
    price: facts.price,
    successor: undefined,
  };
}

/** An optional duration of the file, whose form the schema has checked. */
export function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
