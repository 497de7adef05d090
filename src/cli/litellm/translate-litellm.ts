/** A LiteLLM proxy's configuration as one of this server's, and what could not be carried over. */
import { builtInModels } from '../../config/built-in-models.ts';
import {
  type LitellmConfig,
  type LitellmDeployment,
  type LitellmFallback,
  litellmConfig,
} from './litellm-config.ts';
import { isOurPrefix } from './litellm-providers.ts';
import { translateDeployment } from './translate-deployment.ts';
import { translateSettings } from './translate-settings.ts';

/** The new file, and what its owner has to know. */
export interface Translation {
  /** A configuration file of ours. */
  readonly file: Record<string, unknown>;
  /** Sentences for its owner. */
  readonly notes: readonly string[];
}

type Credentials = NonNullable<LitellmConfig['credential_list']>;

const BALANCE: Readonly<Record<string, string>> = {
  'simple-shuffle': 'weighted',
  'least-busy': 'least_busy',
  'latency-based-routing': 'lowest_latency',
  'usage-based-routing': 'least_busy',
  'usage-based-routing-v2': 'least_busy',
};

/** @throws {Error} that names each field which no configuration of LiteLLM's has so */
export function translateLitellm(given: unknown): Translation {
  const { data: config, error } = litellmConfig.safeParse(given);
  if (error)
    throw new Error(
      `This is no configuration of a LiteLLM proxy:\n${error.issues.map(({ path, message }) => `- ${path.join('.') || 'the file'}: ${message}`).join('\n')}`,
    );
  const notes = notesOnTheRest(config);
  const deployments = readDeployments(config, notes);
  const fallbacks = readFallbacks(config, new Set(deployments.keys()), notes);
  const models: Record<string, unknown> = {};
  const chains: Record<string, string[]> = {};
  const balance = balanceOf(config, notes);
  /** A chain may not have the name of a model this server knows, so the fallbacks stand in the model itself. */
  const builtInModel = (name: string, of: string) => {
    const behind = fallbacks.get(of) ?? [];
    if (behind.length === 0) return modelOf(deployments.get(of)!, balance);
    notes.push(`${name}: its fallbacks (${behind.join(', ')}) stand in the model itself, in order.`);
    return modelOf(
      [of, ...behind].flatMap((other) => deployments.get(other)!),
      'order',
    );
  };
  for (const [name, list] of deployments) {
    const behind = fallbacks.get(name) ?? [];
    if (isBuiltIn(name)) {
      models[name] = builtInModel(name, name);
      continue;
    }
    const own = ownName(name, fallbacks, deployments);
    models[own] = modelOf(list, balance);
    if (own !== name) chains[name] = [own, ...behind.map((other) => ownName(other, fallbacks, deployments))];
  }
  const [first] = deployments.keys();
  if (first !== undefined && !deployments.has('default')) {
    chains.default = [...(chains[first] ?? [first])];
    notes.push(`Requests that name no model go to the chain default: ${chains.default.join(', ')}.`);
  }
  const known = new Set([...Object.keys(models), ...Object.keys(chains)]);
  const aliases = readAliases(config, known, notes);
  for (const alias of Object.keys(aliases).filter(isBuiltIn)) {
    models[alias] = builtInModel(alias, aliases[alias]!);
    delete aliases[alias];
  }
  const settings = translateSettings(config, notes);
  return { file: withoutEmpty({ models, chains, aliases, settings }), notes };
}

/** Parts of the file that are not translated; values of the environment are secrets, so only names are told. */
function notesOnTheRest(config: LitellmConfig): string[] {
  const variables = Object.keys(config.environment_variables ?? {});
  const unread = Object.keys(config).filter((part) => !(part in litellmConfig.shape));
  return [
    ...(variables.length > 0 ? [`Set these variables in the environment: ${variables.join(', ')}.`] : []),
    ...(unread.length > 0 ? [`These parts have no counterpart: ${unread.join(', ')}.`] : []),
  ];
}

function readDeployments({ model_list, credential_list }: LitellmConfig, notes: string[]) {
  const groups = new Map<string, Record<string, unknown>[]>();
  for (const written of model_list ?? []) {
    if (written.model_name.includes('*')) {
      notes.push(wildcardNote(written));
      continue;
    }
    const one = withCredential(written, credential_list ?? [], notes);
    const translated = translateDeployment(one);
    if (!translated) {
      const why = one.litellm_params.model.includes('*')
        ? 'as it is a name for many models'
        : 'as this server has no such provider';
      notes.push(`${one.model_name}: ${one.litellm_params.model} is left out, ${why}.`);
      continue;
    }
    notes.push(...translated.notes);
    groups.set(one.model_name, [...(groups.get(one.model_name) ?? []), translated.fields]);
  }
  notes.push(...unusedCredentials(model_list ?? [], credential_list ?? []));
  return groups;
}

function unusedCredentials(models: readonly LitellmDeployment[], credentials: Credentials): string[] {
  const used = new Set(models.map(({ litellm_params: { litellm_credential_name: name } }) => String(name)));
  return credentials
    .filter(({ credential_name: name }) => !used.has(name))
    .map(({ credential_name: name }) => `The credential ${name} is left out: no model of the file uses it.`);
}

/** Any name of a provider works here too, but only as `provider/model-id` and at the provider's own address. */
function wildcardNote({ model_name, litellm_params }: LitellmDeployment): string {
  const { model, api_base, base_url, litellm_credential_name } = litellm_params as Record<string, unknown>;
  const isUsual =
    model === model_name && !api_base && !base_url && !litellm_credential_name && isOurPrefix(model_name);
  return isUsual
    ? `${model_name}: not needed, as every model of a provider with a key works as provider/model-id.`
    : `${model_name} (${String(model)}) is left out: a name for many models cannot be given a place of its own here. Name the models you use one by one; those of a provider with a key also work as provider/model-id.`;
}

/** What a deployment takes from `credential_list`; what it says itself is worth more. */
function withCredential(
  one: LitellmDeployment,
  credentials: Credentials,
  notes: string[],
): LitellmDeployment {
  const { litellm_credential_name: wanted, ...params } = one.litellm_params as Record<string, unknown> & {
    model: string;
  };
  if (wanted === undefined || wanted === null) return one;
  const found = credentials.find(({ credential_name }) => credential_name === String(wanted));
  if (!found)
    notes.push(
      `${one.model_name}: there is no credential ${String(wanted)} in the file, so the provider's own key and address are used. Set api_key and base_url if they were others.`,
    );
  return { ...one, litellm_params: { ...found?.credential_values, ...params } };
}

/** General ones, then those for prompts that are too long: a chain here goes on by itself to a model with more room. */
function readFallbacks(
  config: LitellmConfig,
  known: ReadonlySet<string>,
  notes: string[],
): Map<string, string[]> {
  const lists = [config.litellm_settings, config.router_settings].flatMap((from) => [
    ...(from?.fallbacks ?? []),
    ...(from?.context_window_fallbacks ?? []),
  ]);
  const found = new Map<string, string[]>();
  const general = [
    ...(config.litellm_settings?.default_fallbacks ?? []),
    ...(config.router_settings?.default_fallbacks ?? []),
  ];
  for (const [name, others] of lists.flatMap((list) => Object.entries(list))) {
    const names = others.map((other) => fallbackName(name, other, notes));
    if (name === '*') general.push(...names);
    else if (known.has(name))
      found.set(name, usableOf(name, [...(found.get(name) ?? []), ...names], known, notes));
    else notes.push(`The fallbacks of ${name} are left out: there is no model of that name here.`);
  }
  const forAll = usableOf('All models', general, known, notes);
  for (const name of known)
    if (!found.has(name))
      found.set(
        name,
        forAll.filter((other) => other !== name),
      );
  return found;
}

function usableOf(
  name: string,
  others: readonly string[],
  known: ReadonlySet<string>,
  notes: string[],
): string[] {
  const missing = others.filter((other) => !known.has(other));
  if (missing.length > 0)
    notes.push(`${name}: its fallbacks to ${missing.join(', ')} are left out: no such model is here.`);
  return [...new Set(others)].filter((other) => known.has(other) && other !== name);
}

/** A fallback may be a model with parameters of its own, which are the caller's here. */
function fallbackName(name: string, other: LitellmFallback, notes: string[]): string {
  if (typeof other === 'string') return other;
  const { model, ...changes } = other;
  if (Object.keys(changes).length > 0)
    notes.push(
      `${name}: what its fallback to ${model} changes beside the model is left out: ${Object.keys(changes).join(', ')}.`,
    );
  return model;
}

function modelOf(list: Record<string, unknown>[], balance: string | undefined): unknown {
  const [only] = list;
  if (list.length > 1) return { ...(balance && { balance }), deployments: list };
  const { weight: _, ...fields } = only!;
  return fields;
}

/** The name of the model itself, where a chain has taken the name callers use. */
function ownName(
  name: string,
  fallbacks: ReadonlyMap<string, string[]>,
  taken: ReadonlyMap<string, unknown>,
): string {
  return (fallbacks.get(name) ?? []).length > 0 && !isBuiltIn(name) ? freeName(`${name}-model`, taken) : name;
}

/** This server has a model of this name already; the file may say anew what it is, but give the name to nothing else. */
function isBuiltIn(name: string): boolean {
  return Object.hasOwn(builtInModels, name);
}

function freeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  return taken.has(wanted) ? freeName(`${wanted}-1`, taken) : wanted;
}

function balanceOf({ router_settings }: LitellmConfig, notes: string[]): string | undefined {
  const strategy = router_settings?.routing_strategy;
  if (!strategy) return undefined;
  if (!BALANCE[strategy]) notes.push(`routing_strategy ${strategy} has no counterpart: weighted is used.`);
  return BALANCE[strategy];
}

function readAliases({ router_settings }: LitellmConfig, known: ReadonlySet<string>, notes: string[]) {
  const aliases: Record<string, string> = {};
  for (const [alias, target] of Object.entries(router_settings?.model_group_alias ?? {})) {
    const name = typeof target === 'string' ? target : target.model;
    if (known.has(name) && !known.has(alias)) {
      aliases[alias] = name;
      if (typeof target !== 'string' && target.hidden)
        notes.push(`The alias ${alias} is not hidden here: every name is in the list of models.`);
    } else
      notes.push(
        `The alias ${alias} is left out: ${known.has(alias) ? 'a model has this name' : `there is no model ${name} here`}.`,
      );
  }
  return aliases;
}

function withoutEmpty(file: Record<string, object>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(file).filter(([, content]) => Object.keys(content).length > 0));
}
