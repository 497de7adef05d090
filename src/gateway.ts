/** The composition root: from a configuration to a gateway with all its parts, and their end. */
import type { Logger } from 'pino';
import type { Bill } from './chat/bill.ts';
import { AnswerCache, type SharedAnswers } from './chat/cache.ts';
import { type Chain, chooseChain, makeChain, type OtherModels } from './chat/chains.ts';
import { Flights } from './chat/flight.ts';
import type { ChatParts } from './chat/incoming.ts';
import type { CallRecord } from './chat/receipt.ts';
import { TokenCounter } from './chat/tokens.ts';
import { catalogue } from './config/catalogue.ts';
import type { Config } from './config/config.ts';
import { type Clock, type Random, systemClock } from './core/clock.ts';
import { Providers } from './providers/registry.ts';
import { Cooldowns } from './routing/cooldowns.ts';
import { Load } from './routing/load.ts';
import { RetryBudget } from './routing/retry-budget.ts';
import type { RouterParts } from './routing/routed.ts';
import { route } from './routing/router.ts';
import { consoleSink } from './sinks/console.ts';
import { Dispatcher } from './sinks/dispatcher.ts';
import { promptLayerSink } from './sinks/promptlayer.ts';
import type { Sink } from './sinks/sink.ts';

/** What a configuration decides; replaced as a whole when it changes. */
interface Served {
  readonly chat: ChatParts;
  readonly chains: ReadonlyMap<string, Chain>;
}

export interface Gateway extends Served {
  readonly sinks: Dispatcher;
  readonly cooldowns: Cooldowns;
  /** Serves new requests by another configuration; running ones keep theirs, rests, cache and connections live on. */
  reconfigure(config: Config): void;
  /** Writes what the sinks still have and closes every connection; `milliseconds` bounds the wait. */
  close(milliseconds: number): Promise<void>;
}

export interface Surroundings {
  readonly log: Logger;
  /** Writes a request down for good. */
  readonly recordRequest: (record: CallRecord) => Promise<void>;
  readonly sharedAnswers?: SharedAnswers | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
}

export function createGateway(
  config: Config,
  { log, recordRequest, sharedAnswers, clock = systemClock, random = Math.random }: Surroundings,
): Gateway {
  const { settings } = config;
  const providers = new Providers();
  const makeCooldowns = () =>
    new Cooldowns(clock, {
      cooldown: settings.COOLDOWN,
      longCooldown: settings.LONG_COOLDOWN,
      allowedFailures: settings.ALLOWED_FAILURES,
    });
  const cooldowns = makeCooldowns();
  /** What lives on when the configuration changes. */
  const lasting = {
    provider: (name: string) => providers.get(name),
    cooldowns,
    retryBudget: new RetryBudget(clock),
    load: new Load(),
    clock,
    random,
  };
  const cache = new AnswerCache(
    settings.CACHE_TTL,
    settings.CACHE_MAX_MB * 1024 * 1024,
    clock,
    sharedAnswers,
  );
  const flights = new Flights<Bill>();
  const tokens = new TokenCounter();
  const sinks = new Dispatcher(makeSinks(config, log), log);

  const serve = (served: Config): Served => {
    const chains = allChains(served);
    const others: OtherModels = { find: served.anyModel, names: Object.keys(catalogue) };
    const {
      GUARDRAIL_PROMPT: guardrail,
      RETRY_AFTER_WAIT: retryAfterWait,
      ROUTE_BUDGET: routeBudget,
    } = served.settings;
    const routerParts: RouterParts = { ...lasting, settings: { retryAfterWait, routeBudget } };
    return {
      chains,
      chat: {
        chain: (name) => chooseChain(chains, others, name),
        inTheirPlace: (targets) =>
          cooldowns.isQuiet ? targets : targets.map((target) => cooldowns.inItsPlace(target) ?? target),
        guardrail: guardrail === 'off' ? undefined : guardrail,
        cache,
        flights,
        // A fault that a demo asks for is felt by its own request alone.
        route: (call) =>
          route(call, call.headers ? { ...routerParts, cooldowns: makeCooldowns() } : routerParts),
        tokens,
        clock,
        recordRequest,
        record: (record) => sinks.record(record),
      },
    };
  };
  let current = serve(config);
  return {
    get chat() {
      return current.chat;
    },
    get chains() {
      return current.chains;
    },
    sinks,
    cooldowns,
    reconfigure(next) {
      current = serve(next);
    },
    async close(milliseconds) {
      await sinks.close(milliseconds);
      await Promise.all([providers.close(), tokens.close()]);
    },
  };
}

/** A model by its own name is a chain of one. */
function allChains(config: Config): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const [name, targets] of config.targets) chains.set(name, makeChain(name, targets));
  for (const name of config.unusable.keys()) chains.set(name, makeChain(name, []));
  for (const [name, { targets, hedgeAfter }] of config.chains)
    chains.set(name, makeChain(name, targets, hedgeAfter));
  return chains;
}

function makeSinks({ settings }: Config, log: Logger): Sink[] {
  const sinks: Sink[] = [consoleSink(log)];
  if (settings.PROMPTLAYER_API_KEY) {
    sinks.push(
      promptLayerSink({ apiKey: settings.PROMPTLAYER_API_KEY, baseUrl: settings.PROMPTLAYER_BASE_URL }),
    );
  }
  return sinks;
}
