/** Environment and file together: the settings, every model as a target, every chain as a list of targets. */
import { hash } from 'node:crypto';
import { parseDuration } from '../core/durations.ts';
import type { Target } from '../providers/provider.ts';
import {
  ConfigurationError,
  type Environment,
  parseSettings,
  providerBaseUrl,
  providerKey,
  registryEntry,
  type Settings,
} from './environment.ts';
import { readConfigFile } from './file.ts';
import type { ConfigFile, ModelEntry } from './file-schema.ts';
import { builtInChains, builtInModels } from './models.ts';

export interface Config {
  readonly settings: Settings;
  /** Usable models by name. */
  readonly targets: ReadonlyMap<string, Target>;
  /** Chains by name; models that cannot be used are left out. */
  readonly chains: ReadonlyMap<string, ConfiguredChain>;
  /** Models without a key, and the environment names that would give it. */
  readonly unusable: ReadonlyMap<string, readonly string[]>;
}

export interface ConfiguredChain {
  readonly targets: readonly Target[];
  /** Milliseconds without a first token after which the next target is asked beside the first. */
  readonly hedgeAfter: number | undefined;
}

/** @throws {ConfigurationError} */
export async function loadConfig(environment: Environment): Promise<Config> {
  return makeConfig(await readConfigFile(environment), environment);
}

/** @throws {ConfigurationError} */
export function makeConfig(file: ConfigFile, environment: Environment): Config {
  const fromFile = Object.entries(file.settings).map(([name, value]) => [name.toUpperCase(), String(value)]);
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const settings = parseSettings({ ...Object.fromEntries(fromFile), ...Object.fromEntries(set) });
  if (settings.WORKERS > 1)
    throw new ConfigurationError(['WORKERS more than 1 is not supported yet: start one process a core']);

  const targets = new Map<string, Target>();
  const unusable = new Map<string, readonly string[]>();
  for (const [name, entry] of Object.entries({ ...builtInModels, ...file.models })) {
    const keys = registryEntry(entry.provider)?.keys ?? [];
    const apiKey = entry.api_key ?? providerKey(entry.provider, environment);
    if (keys.length > 0 && !apiKey) unusable.set(name, keys);
    else targets.set(name, makeTarget(name, entry, apiKey, settings, environment));
  }
  return { settings, targets, unusable, chains: makeChains(file, targets, unusable) };
}

function makeChains(
  file: ConfigFile,
  targets: ReadonlyMap<string, Target>,
  unusable: ReadonlyMap<string, unknown>,
): Map<string, ConfiguredChain> {
  const problems: string[] = [];
  const chains = new Map<string, ConfiguredChain>();
  for (const [chain, entry] of Object.entries({ ...builtInChains, ...file.chains })) {
    for (const name of entry.models) {
      if (!targets.has(name) && !unusable.has(name))
        problems.push(`chains.${chain}: there is no model "${name}"`);
    }
    if (chain !== 'default' && (targets.has(chain) || unusable.has(chain))) {
      problems.push(`chains.${chain}: a model has this name already`);
    }
    chains.set(chain, {
      targets: entry.models.flatMap((name) => targets.get(name) ?? []),
      hedgeAfter: milliseconds(entry.hedge_after),
    });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return chains;
}

function makeTarget(
  name: string,
  entry: ModelEntry,
  apiKey: string | undefined,
  settings: Settings,
  environment: Environment,
): Target {
  const baseUrl = entry.base_url ?? providerBaseUrl(entry.provider, environment);
  if (entry.provider === 'openai-compatible' && !baseUrl) {
    throw new ConfigurationError([`models.${name}: a model of provider openai-compatible needs a base_url`]);
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
      idle: milliseconds(idle) ?? settings.IDLE_TIMEOUT,
      attempt: milliseconds(attempt) ?? settings.ATTEMPT_TIMEOUT,
    },
    retries: entry.retries ?? settings.RETRIES,
    contextWindow: entry.context_window,
    maxOutputTokens: entry.max_output_tokens,
    dropParams: entry.drop_params ?? [],
    price: entry.price,
    successor: undefined,
  };
  return entry.successor ? { ...target, successor: successorOf(target, entry.successor) } : target;
}

/** The same deployment with another model; what was said of the old model's window and price does not hold for it. */
function successorOf(target: Target, model: string): Target {
  return {
    ...target,
    id: `${target.provider}/${model}`,
    name: `${target.name} (successor)`,
    model,
    contextWindow: undefined,
    maxOutputTokens: undefined,
    price: undefined,
    successor: undefined,
  };
}

function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
