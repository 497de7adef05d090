/** The composition root: builds a gateway from a configuration, and closes it. */
import { ExactStore, type SharedAnswers } from './cache/exact-store.ts';
import type { GptCacheReport } from './cache/gptcache/gptcache-store.ts';
import { layers } from './cache/layers.ts';
import type { SemanticReport } from './cache/semantic/counters.ts';
import type { HitWatch } from './cache/semantic/hit-watch.ts';
import type { SemanticStore } from './cache/semantic/semantic-store.ts';
import type { SimilarStores } from './cache/similar-stores.ts';
import type { Caller } from './chat/admission.ts';
import type { CallCost } from './chat/call-cost.ts';
import { type Chain, checkName, chooseChain, makeChain } from './chat/chains.ts';
import { explain } from './chat/explain.ts';
import type { Explanation } from './chat/explanation.ts';
import type { ChatDependencies, Incoming, Recorder } from './chat/incoming.ts';
import {
  describeModel,
  type ListedNames,
  listModels,
  type ModelListing,
  namedChains,
} from './chat/model-list.ts';
import { PromptPrefixes } from './chat/prompt-prefixes.ts';
import { SingleFlight } from './chat/single-flight.ts';
import { UsualOutput } from './chat/usual-output.ts';
import { resolveAlias } from './config/aliases.ts';
import { catalogue } from './config/catalogue.ts';
import type { Config } from './config/config.ts';
import { proxySettings, type Settings } from './config/environment.ts';
import { type Clock, type Random, systemClock } from './core/clock.ts';
import type { Events } from './events/event.ts';
import type { Guardrail } from './guard/guardrail.ts';
import { ListPrices } from './pricing/list-prices.ts';
import { Rates } from './pricing/rates.ts';
import { TokenCounter } from './pricing/token-counter.ts';
import type { Target } from './providers/provider.ts';
import { Providers } from './providers/registry.ts';
import { Affinity } from './routing/affinity.ts';
import { Cooldowns } from './routing/cooldowns.ts';
import { ProviderCounts } from './routing/provider-counts.ts';
import { RetryBudget } from './routing/retry-budget.ts';
import type { RouterSettings } from './routing/routed.ts';
import { TargetHealths } from './routing/target-health.ts';
import { Load } from './routing/target-load.ts';

/** What a configuration decides; replaced as a whole when it changes. */
interface Served {
  readonly chat: ChatDependencies;
  readonly names: ListedNames;
}

/** Everything that answers requests, for one configuration at a time. */
export interface Gateway {
  /** As it is now: the configuration may change. */
  chat(): ChatDependencies;
  readonly chains: ReadonlyMap<string, Chain>;
  /** What a caller may ask for. */
  readonly models: {
    list(caller: Caller): Promise<ModelListing[]>;
    /** @throws {Failure} when there is no such model, or it is not the caller's to ask */
    find(id: string, caller: Caller): Promise<ModelListing>;
    /** Whether a request could name it; else what may have been meant. */
    check(name: string): { isKnown: boolean; meant?: string | undefined };
    /** Everything the configuration names, and its other names. */
    chains(): { chain: Chain; aliases: string[] }[];
  };
  /** What would become of a request; nothing is sent. @throws {Failure} */
  explain(incoming: Incoming): Promise<Explanation>;
  /** Learns from what was settled, for explanations: to be subscribed to events. */
  readonly usualOutput: UsualOutput;
  readonly targetHealths: TargetHealths;
  /** Of the answers in memory. */
  readonly cacheSize: ExactStore['size'];
  /** Where it is switched on. */
  readonly semantic: SemanticStore | undefined;
  /** What these stores have counted. */
  readonly similarState: {
    readonly semantic: SemanticReport | undefined;
    readonly gptCache: GptCacheReport | undefined;
  };
  /** Takes reports of wrong answers, where some store compares questions. */
  readonly hitWatch: Pick<HitWatch, 'reportWrong'> | undefined;
  readonly cooldowns: Cooldowns;
  /** Serves new requests by another configuration; running ones keep theirs; cooldowns, cache and connections live on. */
  reconfigure(config: Config): void;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** What a gateway does not make itself: who is told, who records, and what is shared with other processes. */
export interface GatewayDependencies {
  readonly events: Events;
  readonly recorder: Recorder;
  readonly sharedAnswers?: SharedAnswers | undefined;
  readonly traceHeaders?: ChatDependencies['traceHeaders'];
  /** Makes the stores that answer other words for the same question, where some are switched on. */
  readonly similarStores?:
    | ((exact: ExactStore, surroundings: { clock: Clock; random: Random }) => SimilarStores)
    | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Puts a gateway together. */
export function createGateway(config: Config, dependencies: GatewayDependencies): Gateway {
  const lasting = makeLasting(config.settings, dependencies);
  const { exact, similar, usualOutput, routing, rates } = lasting;
  const { cooldowns, providers } = routing;
  let current = serve(config, lasting, dependencies);
  return {
    chat: () => current.chat,
    get chains() {
      return current.chat.models.chains;
    },
    models: {
      list: (caller) => listModels(current.names, caller),
      find: async (id, caller) =>
        describeModel(id, chooseChain(current.chat.models, id), current.names, caller),
      check: (name) => checkName(current.chat.models, name),
      chains: () => namedChains(current.names),
    },
    usualOutput,
    explain: (incoming) => explain(incoming, { ...routing, chat: current.chat, rates, usualOutput }),
    targetHealths: new TargetHealths(cooldowns, () => targetsOf(current.chat.models.chains.values())),
    get cacheSize() {
      return exact.size;
    },
    semantic: similar?.semantic,
    get similarState() {
      return { semantic: similar?.semantic?.report(), gptCache: similar?.gptCache?.report() };
    },
    hitWatch: similar?.watch,
    cooldowns,
    reconfigure(next) {
      current = serve(next, lasting, dependencies);
    },
    async close() {
      await providers.close();
    },
  };
}

type Lasting = ReturnType<typeof makeLasting>;

/** What has a memory (cooldowns, caches, connections): it is made once, and new configurations go on with it. */
function makeLasting(
  settings: Settings,
  { events, sharedAnswers, similarStores, clock = systemClock, random = Math.random }: GatewayDependencies,
) {
  const cooldowns = new Cooldowns(
    clock,
    {
      cooldown: settings.COOLDOWN,
      longCooldown: settings.LONG_COOLDOWN,
      allowedFailures: settings.ALLOWED_FAILURES,
    },
    events,
  );
  const routing = {
    providers: new Providers(proxySettings(settings)),
    cooldowns,
    retryBudget: new RetryBudget(clock),
    load: new Load(),
    affinity: new Affinity(clock),
    clock,
    random,
  };
  const exact = new ExactStore(settings.CACHE_TTL, settings.CACHE_MAX_MB * 1024 * 1024, clock, sharedAnswers);
  const similar = exact.isOn ? similarStores?.(exact, { clock, random }) : undefined;
  return {
    routing,
    exact,
    similar,
    cache: exact.isOn ? layers([exact, ...(similar?.stores ?? [])]) : undefined,
    singleFlight: new SingleFlight<CallCost>(),
    tokens: new TokenCounter(),
    providerCounts: new ProviderCounts(routing),
    prefixes: new PromptPrefixes(),
    usualOutput: new UsualOutput(),
    rates: new Rates(),
    prices: new ListPrices(clock),
  };
}

/** How requests are answered under one configuration. */
function serve(
  config: Config,
  lasting: Lasting,
  { events, recorder, traceHeaders }: GatewayDependencies,
): Served {
  const { aliases, anyModel, catalogueNames, unusable, settings } = config;
  const { cache, singleFlight, tokens, providerCounts, prefixes, prices } = lasting;
  const { clock } = lasting.routing;
  const chains = allChains(config);
  const alias = (name: string) => resolveAlias(name, aliases);
  return {
    names: {
      chains,
      aliases,
      alias,
      catalogue: catalogueNames,
      find: anyModel,
      madeAt: clock.now(),
      prices,
    },
    chat: {
      models: {
        chains,
        find: anyModel,
        missingKeys: (name) => unusable.get(name),
        alias,
        names: Object.keys(catalogue),
      },
      prefixes,
      guardrail: guardrailOf(settings),
      cache,
      singleFlight,
      routing: { ...lasting.routing, settings: routerSettings(settings) },
      tokens,
      providerCounts,
      clock,
      recorder,
      events,
      traceHeaders,
    },
  };
}

function guardrailOf(settings: Settings): Guardrail | undefined {
  const { GUARDRAIL_PROMPT: prompt, GUARDRAIL_DOORS: doors } = settings;
  return prompt === 'off' ? undefined : { prompt, doors };
}

function routerSettings(settings: Settings): RouterSettings {
  const { RETRY_AFTER_WAIT: retryAfterWait, ROUTE_BUDGET: routeBudget, TOOL_CALLS: toolCalls } = settings;
  return { retryAfterWait, routeBudget, toolCalls };
}

/** All targets of some chains once, and the successors that may stand in for them. */
function targetsOf(chains: Iterable<Chain>): Set<Target> {
  const targets = new Set<Target>();
  for (const chain of chains) {
    for (const first of chain.targets) {
      for (let target: Target | undefined = first; target && !targets.has(target); target = target.successor)
        targets.add(target);
    }
  }
  return targets;
}

/** A model by its own name is a chain of one. */
function allChains(config: Config): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const [name, targets] of config.targets) chains.set(name, makeChain(name, targets));
  for (const name of config.unusable.keys()) chains.set(name, makeChain(name, []));
  for (const [name, { targets, ...options }] of config.chains)
    chains.set(name, makeChain(name, targets, options));
  return chains;
}
