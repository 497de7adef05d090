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

export interface Gateway {
  readonly chat: ChatParts;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly sinks: Dispatcher;
  readonly cooldowns: Cooldowns;
  /** Writes what the sinks still have and closes every connection; `milliseconds` bounds the wait. */
  close(milliseconds: number): Promise<void>;
}

export interface Surroundings {
  readonly log: Logger;
  /** Writes a request down for good. */
  readonly book: (record: CallRecord) => Promise<void>;
  readonly sharedAnswers?: SharedAnswers | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
}

export function createGateway(
  config: Config,
  { log, book, sharedAnswers, clock = systemClock, random = Math.random }: Surroundings,
): Gateway {
  const { settings } = config;
  const providers = new Providers();
  const routerParts: RouterParts = {
    provider: (name) => providers.get(name),
    cooldowns: new Cooldowns(clock, {
      cooldown: settings.COOLDOWN,
      longCooldown: settings.LONG_COOLDOWN,
      allowedFailures: settings.ALLOWED_FAILURES,
    }),
    retryBudget: new RetryBudget(clock),
    load: new Load(),
    clock,
    random,
    settings: { retryAfterWait: settings.RETRY_AFTER_WAIT, routeBudget: settings.ROUTE_BUDGET },
  };
  const chains = allChains(config);
  const others: OtherModels = { find: config.anyModel, names: Object.keys(catalogue) };
  const tokens = new TokenCounter();
  const sinks = new Dispatcher(makeSinks(config, log), log);
  return {
    chains,
    sinks,
    cooldowns: routerParts.cooldowns,
    chat: {
      chain: (name) => chooseChain(chains, others, name),
      inTheirPlace: (targets) => targets.map((target) => routerParts.cooldowns.inItsPlace(target) ?? target),
      guardrail: settings.GUARDRAIL_PROMPT === 'off' ? undefined : settings.GUARDRAIL_PROMPT,
      cache: new AnswerCache(settings.CACHE_TTL, settings.CACHE_MAX_MB * 1024 * 1024, clock, sharedAnswers),
      flights: new Flights<Bill>(),
      route: (call) => route(call, routerParts),
      tokens,
      clock,
      book,
      record: (record) => sinks.record(record),
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
  for (const [name, target] of config.targets) chains.set(name, makeChain(name, [target]));
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
