/** Environment and file together: the settings, every model as a target, every chain as a list of targets. */

import type { GuardrailRule } from '../core/guardrail-rule.ts';
import { turnForLargeWork } from '../core/large-work.ts';
import { nearest } from '../core/nearest.ts';
import type { Target } from '../providers/provider.ts';
import { isProvider, PROVIDER_NAMES } from '../providers/registry.ts';
import { checkAliases, type ModelAliases } from './aliases.ts';
import { builtInChains, builtInModels } from './built-in-models.ts';
import { catalogue } from './catalogue.ts';
import type { ConfigFile, FileModel } from './config-file-schema.ts';
import { configuredSecrets } from './configured-secrets.ts';
import { deploymentsOf } from './deployments.ts';
import { ConfigurationError, type Environment, type Settings } from './environment.ts';
import { misspeltNames } from './misspelt-names.ts';
import { hasAddress, isUsable, keyVariables, providerBaseUrl, providerKey } from './provider-credentials.ts';
import { type ParseFile, readConfigFile } from './read-config-file.ts';
import { type AnyModel, anyModel, isModelName } from './resolve-model.ts';
import { serverSettings } from './server-settings.ts';
import { type ReportedSetting, settingsReport } from './settings-report.ts';
import { makeTarget, milliseconds } from './targets.ts';

/** Everything that was configured, checked; replaced as a whole when the file changes. */
export interface Config {
  readonly settings: Settings;
  /** Usable models by name; several targets where deployments share the load. */
  readonly targets: ReadonlyMap<string, readonly Target[]>;
  /** Chains by name; models that cannot be used are left out. */
  readonly chains: ReadonlyMap<string, ConfiguredChain>;
  /** Models without a key, and the environment names that would give it. */
  readonly unusable: ReadonlyMap<string, readonly string[]>;
  /** Every setting and where it comes from, without secrets. */
  readonly reported: readonly ReportedSetting[];
  /** Names in the environment that look like slips of ours, a line each. */
  readonly warnings: readonly string[];
  /** Other names for models and chains. */
  readonly aliases: ModelAliases;
  /** Names of the catalogue whose provider has a key or an address. */
  readonly catalogueNames: readonly string[];
  /** Keys and passwords, for the log to leave out. */
  readonly secrets: readonly string[];
  /** Models that no file names. */
  readonly anyModel: AnyModel;
}

/** A chain with its targets, and what it sets for its requests. */
export interface ConfiguredChain {
  readonly targets: readonly Target[];
  /** Milliseconds without a first token after which the next target is asked beside the first. */
  readonly hedgeAfter: number | undefined;
  readonly toolCalls: 'whole' | 'stream' | undefined;
  readonly affinity: 'session' | undefined;
  readonly guardrail: GuardrailRule | undefined;
}

/** @throws {ConfigurationError} */
export async function loadConfig(environment: Environment, parse?: ParseFile): Promise<Config> {
  const file = await readConfigFile(environment, parse);
  // Of a thousand models there is something to do, and calls go on meanwhile.
  await turnForLargeWork();
  return makeConfig(file, environment);
}

/** @throws {ConfigurationError} */
export function makeConfig(file: ConfigFile, environment: Environment): Config {
  const settings = serverSettings(file, environment);
  if (settings.WORKERS > 1 && !settings.REDIS_URL)
    throw new ConfigurationError([
      'WORKERS more than 1 needs REDIS_URL, so that all share limits and cooldowns',
    ]);

  const problems: string[] = [];
  if (settings.GPTCACHE_URL && !settings.GPTCACHE_SECRET && !isOnThisMachine(settings.GPTCACHE_URL))
    problems.push(
      'GPTCACHE_SECRET is needed with a GPTCACHE_URL of another machine: anybody who reaches it can write there',
    );
  if (file.settings.workers !== undefined)
    problems.push('settings.workers: set WORKERS in the environment, which is read before this file');
  // Any provider may be asked for by name later: what is wrong with its key or address is told now.
  for (const provider of PROVIDER_NAMES) {
    collect(() => providerKey(provider, environment), problems);
    collect(() => providerBaseUrl(provider, environment, { url: undefined, place: '' }), problems);
  }
  const targets = new Map<string, readonly Target[]>();
  const unusable = new Map<string, readonly string[]>();
  for (const [name, model] of Object.entries<FileModel>({ ...builtInModels, ...file.models })) {
    const made: Target[] = [];
    let provider: string | undefined;
    for (const { entry, balance } of deploymentsOf(name, model, problems)) {
      provider = entry.provider;
      const isThere = collect(
        () => isUsable(entry.provider, entry.api_key ?? providerKey(entry.provider, environment)),
        problems,
      );
      if (!isThere) continue;
      const target = collect(() => makeTarget(name, entry, settings, environment, balance), problems);
      if (target) made.push(target);
    }
    if (made.length > 0) targets.set(name, made);
    else if (provider) unusable.set(name, keyVariables(provider));
  }
  const chains = makeChains(file, targets, unusable, problems);
  const isTaken = (name: string) => targets.has(name) || unusable.has(name) || chains.has(name);
  checkAliases(file.aliases, { isTaken, isKnown: (name) => isTaken(name) || isModelName(name) }, problems);
  if (problems.length > 0) throw new ConfigurationError([...new Set(problems)]);
  return {
    settings,
    targets,
    unusable,
    chains,
    warnings: misspeltNames(environment),
    reported: settingsReport(file, environment),
    aliases: file.aliases,
    catalogueNames: catalogueNames(environment),
    secrets: configuredSecrets(settings, targets.values(), environment),
    anyModel: anyModel(settings, environment),
  };
}

/** What runs on one's own machine needs no key, and is listed only where the environment says that it is there. */
function catalogueNames(environment: Environment): string[] {
  return Object.entries(catalogue).flatMap(([name, { provider }]) => {
    const isLocal = keyVariables(provider).length === 0;
    return isProvider(provider) && (!isLocal || hasAddress(provider, environment)) ? [name] : [];
  });
}

function makeChains(
  file: ConfigFile,
  targets: ReadonlyMap<string, readonly Target[]>,
  unusable: ReadonlyMap<string, unknown>,
  problems: string[],
): Map<string, ConfiguredChain> {
  const chains = new Map<string, ConfiguredChain>();
  for (const [chain, entry] of Object.entries({ ...builtInChains, ...file.chains })) {
    for (const name of entry.models) {
      if (targets.has(name) || unusable.has(name)) continue;
      const meant = nearest(name, [...targets.keys(), ...unusable.keys()]);
      problems.push(
        `chains.${chain}: there is no model "${name}"${meant ? `, did you mean "${meant}"?` : ''}`,
      );
    }
    if (chain !== 'default' && (targets.has(chain) || unusable.has(chain))) {
      problems.push(`chains.${chain}: a model has this name already`);
    }
    chains.set(chain, {
      targets: entry.models.flatMap((name) => targets.get(name) ?? []),
      hedgeAfter: milliseconds(entry.hedge_after),
      toolCalls: entry.tool_calls,
      affinity: entry.affinity,
      guardrail: entry.guardrail,
    });
  }
  return chains;
}

/** Goes on after a problem, so that all are told at once. */
function collect<Value>(make: () => Value, problems: string[]): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function isOnThisMachine(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
