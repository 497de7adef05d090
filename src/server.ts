/** A whole server from an environment: what `main.ts` runs and what the tests start. */

import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { type AccountsSettings, openAccounts } from './accounts/accounts.ts';
import { alertsOf } from './alerts.ts';
import { appOf } from './app-of-server.ts';
import { type Config, loadConfig } from './config/config.ts';
import { needsDemo } from './config/demo-mode.ts';
import type { Environment, Settings } from './config/environment.ts';
import { systemClock } from './core/clock.ts';
import { createServer, listen } from './core/node-http.ts';
import { Redactor } from './core/redactor.ts';
import { type Demo, startDemo, withHedgedChain } from './demo.ts';
import { drain } from './drain.ts';
import { EventBus } from './events/event-bus.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { ConcurrencyLimit } from './http/concurrency-limit.ts';
import { followConfig } from './live-config.ts';
import { makeSinks, promptLayerOf } from './make-sinks.ts';
import { RequestMetrics } from './metrics/request-metrics.ts';
import { traceHeadersOf } from './opentelemetry.ts';
import { promptTemplates as promptTemplatesOf } from './promptlayer/prompt-templates.ts';
import { TargetLatencies } from './routing/target-latency.ts';
import { similarStoresOf } from './similar-stores-of-server.ts';

/** A server that takes calls, until it is drained. */
export interface RunningServer {
  /** `http://127.0.0.1:4000`, as one reaches it from this machine. */
  readonly url: string;
  readonly config: Config;
  readonly gateway: Gateway;
  readonly events: EventBus;
  readonly demo: Demo | undefined;
  /** Calls being answered now. */
  inFlight(): number;
  /** Reads the configuration file again, as an edit of it does. */
  reload(): Promise<void>;
  /** Refuses new calls, lets those in flight finish (bounded by DRAIN_TIMEOUT), then closes everything. */
  drain(): Promise<void>;
}

/** @throws {ConfigurationError} with everything that is wrong, or the error of a port that is taken */
export async function startServer(
  given: Environment,
  makeLog: (config: Config) => Logger,
): Promise<RunningServer> {
  const demo = needsDemo(given) ? await startDemo(given) : undefined;
  const environment = demo?.environment ?? given;
  const { parseSimulateHeader } = demo ? await import('./simulator/faults.ts') : {};
  const asServed = demo ? withHedgedChain : (read: Config) => read;
  const config = asServed(await loadConfig(environment));
  const { settings } = config;
  const log = makeLog(config);
  for (const warning of config.warnings) log.warn(warning);
  const redactor = new Redactor(config.secrets);
  const events = new EventBus(log, makeSinks(config, log));
  const requestMetrics = settings.METRICS ? new RequestMetrics(() => gateway.targetHealths.ids()) : undefined;
  if (requestMetrics) events.subscribe(requestMetrics);
  const accounts = await openAccounts(
    accountsSettings(settings),
    systemClock,
    (message) => log.warn(message),
    (happening) =>
      events.publish(
        'reason' in happening ? { ...happening, reason: redactor.redact(happening.reason) } : happening,
      ),
  );
  const gateway = createGateway(config, {
    similarStores: await similarStoresOf(settings, accounts, () => gateway.chat()),
    events,
    recorder: accounts.recorder,
    sharedAnswers: accounts.sharedAnswers,
    traceHeaders: traceHeadersOf(settings),
  });
  events.subscribe(gateway.usualOutput);
  await accounts.shareCooldowns(gateway.cooldowns);
  const liveConfig = followConfig(environment, config, { gateway, events, asServed });
  const concurrency = new ConcurrencyLimit(settings.MAX_IN_FLIGHT);
  const latencies = new TargetLatencies(systemClock);
  events.subscribe(accounts.refusedRequests);
  for (const sink of promptLayerOf(config, accounts.sharedValues)) events.subscribe(sink);
  events.subscribe(latencies);
  const alerts = alertsOf({ config: () => liveConfig.current, gateway, accounts, log });
  if (alerts) events.subscribe(alerts);
  const promptTemplates = settings.PROMPTLAYER_API_KEY
    ? promptTemplatesOf({ apiKey: settings.PROMPTLAYER_API_KEY, baseUrl: settings.PROMPTLAYER_BASE_URL })
    : undefined;
  const parts = { liveConfig, gateway, accounts, events, concurrency, promptTemplates };
  const app = appOf({
    ...parts,
    settings,
    latencies,
    requestMetrics,
    isDemo: demo !== undefined,
    checkSimulate: parseSimulateHeader,
  });
  // A body that comes slowly is answered by whoever reads it (http/body.ts); this is for what nobody reads.
  const server = createServer({ noDelay: true, keepAliveTimeout: 65_000, requestTimeout: 180_000 }, app);
  await accounts.otherServers?.start();
  // Last: whoever is answered can also tell the process to end, and finds it ready for that.
  await listen(server, settings.PORT, settings.HOST ?? usualHost(settings));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  events.publish({ type: 'server_started', url });
  return {
    url,
    config,
    gateway,
    events,
    demo,
    inFlight: () => concurrency.count,
    reload: () => liveConfig.reload(),
    drain: () => drain(settings.DRAIN_TIMEOUT, { ...parts, server, demo }),
  };
}

/** Without a key only this machine is served, so only this machine is listened to. */
function usualHost({ ADMIN_KEY, ALLOW_ANONYMOUS }: Settings): string {
  return ADMIN_KEY === undefined && !ALLOW_ANONYMOUS ? '127.0.0.1' : '0.0.0.0';
}

function accountsSettings(settings: Settings): AccountsSettings {
  return {
    adminKey: settings.ADMIN_KEY,
    databaseUrl: settings.DATABASE_URL,
    outboxPath: settings.OUTBOX_PATH,
    logPrompts: settings.LOG_PROMPTS,
    redisUrl: settings.REDIS_URL,
    whenRedisIsUnavailable: settings.REDIS_AWAY,
    holdLease: settings.HOLD_LEASE,
    retention: settings.LEDGER_RETENTION,
  };
}
