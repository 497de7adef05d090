/** A whole server from an environment: what `main.ts` runs and what the tests start. */

import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import packageFile from '../package.json' with { type: 'json' };
import { openAccounts } from './accounts/accounts.ts';
import { LiveListeners } from './accounts/ledger/live-listeners.ts';
import { ReportLimit } from './accounts/ledger/report-limit.ts';
import { alertsOf } from './alerts.ts';
import { NewestRequests } from './chat/newest-requests.ts';
import { type Config, loadConfig } from './config/config.ts';
import { changesBetween } from './config/config-changes.ts';
import { needsDemo } from './config/demo-mode.ts';
import type { Environment } from './config/environment.ts';
import { configPath } from './config/read-config-file.ts';
import { watchConfig } from './config/watch-config.ts';
import { systemClock } from './core/clock.ts';
import { createServer, listen } from './core/node-http.ts';
import { Redactor } from './core/redactor.ts';
import { type Demo, startDemo, withHedgedChain } from './demo.ts';
import { EventBus } from './events/event-bus.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { healthOf } from './health-of-server.ts';
import { Access } from './http/access.ts';
import { createApp } from './http/app.ts';
import { BodyReads } from './http/body-reads.ts';
import { ConcurrencyLimit } from './http/concurrency-limit.ts';
import { makeSinks, promptLayerOf } from './make-sinks.ts';
import { metricsOf } from './metrics/metrics.ts';
import { RequestMetrics } from './metrics/request-metrics.ts';
import { serverState } from './metrics-of-server.ts';
import { traceHeadersOf } from './opentelemetry.ts';
import { readPageFiles } from './pages/files.ts';
import { promptTemplates as promptTemplatesOf } from './promptlayer/prompt-templates.ts';
import { TargetLatencies } from './routing/target-latency.ts';
import { similarStoresOf } from './similar-stores-of-server.ts';

/** Milliseconds that calls cut off at the end of a drain have to be settled. */
const SETTLING_TIME = 2_000;
/** Milliseconds that stores and sinks have for what they still hold. */
const STORING_TIME = 5_000;
/** Milliseconds for the line that says that it is over. */
const LAST_WORDS_TIME = 500;
/**
 * Milliseconds that all of it may take after DRAIN_TIMEOUT, whatever hangs: the times above, two seconds for the database's
 * connections, and what sinks take to close. The files in deploy/ give that much.
 */
export const MAX_CLOSING_TIME = 13_000;

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
  const { parseSimulateHeader } = demo ? await import('./simulator/faults.ts') : {};
  const loaded = await loadConfig(demo?.environment ?? given);
  const config = demo ? withHedgedChain(loaded) : loaded;
  const { settings } = config;
  const log = makeLog(config);
  for (const warning of config.warnings) log.warn(warning);
  const redactor = new Redactor(config.secrets);
  const events = new EventBus(log, makeSinks(config, log));
  const requestMetrics = settings.METRICS ? new RequestMetrics(() => gateway.targetHealths.ids()) : undefined;
  if (requestMetrics) events.subscribe(requestMetrics);
  const accounts = await openAccounts(
    {
      adminKey: settings.ADMIN_KEY,
      databaseUrl: settings.DATABASE_URL,
      outboxPath: settings.OUTBOX_PATH,
      logPrompts: settings.LOG_PROMPTS,
      redisUrl: settings.REDIS_URL,
      whenRedisIsUnavailable: settings.REDIS_AWAY,
      holdLease: settings.HOLD_LEASE,
      retention: settings.LEDGER_RETENTION,
    },
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
  let served = config;
  /** What is wrong with a newer configuration, which was not taken. */
  let problems: readonly string[] = [];
  const configFile = existsSync(configPath(given)) ? configPath(given) : undefined;
  const watching = watchConfig({
    environment: demo?.environment ?? given,
    onConfig(next) {
      const changes = changesBetween(served, next);
      served = next;
      problems = [];
      gateway.reconfigure(next);
      if (Object.values(changes).some((names) => names.length > 0))
        events.publish({ type: 'config_changed', changes: { ...changes } });
    },
    onProblems(found) {
      problems = found;
      events.publish({ type: 'config_rejected', problems });
    },
  });
  const concurrency = new ConcurrencyLimit(settings.MAX_IN_FLIGHT);
  const { keyAdmin, projectAdmin, ledger, keyNames } = accounts;
  const latencies = new TargetLatencies(systemClock);
  events.subscribe(accounts.refusedRequests);
  for (const sink of promptLayerOf(config, accounts.sharedValues)) events.subscribe(sink);
  events.subscribe(latencies);
  const alerts = alertsOf({ config: () => served, gateway, accounts, log });
  if (alerts) events.subscribe(alerts);
  const access = new Access(
    {
      adminKey: settings.ADMIN_KEY,
      metricsToken: settings.METRICS_TOKEN,
      allowAnonymous: settings.ALLOW_ANONYMOUS,
      openAdmin: settings.OPEN_ADMIN,
      corsOrigins: settings.CORS_ORIGINS,
    },
    accounts,
  );
  const promptTemplates = settings.PROMPTLAYER_API_KEY
    ? promptTemplatesOf({ apiKey: settings.PROMPTLAYER_API_KEY, baseUrl: settings.PROMPTLAYER_BASE_URL })
    : undefined;
  const app = createApp({
    events,
    concurrency,
    isDemo: demo !== undefined,
    clock: systemClock,
    accounts: {
      keyAdmin,
      projectAdmin,
      ledger,
      keyNames,
      audit: accounts.audit,
      reportLimit: new ReportLimit(systemClock),
      liveListeners: new LiveListeners(),
    },
    chat: gateway.chat,
    access,
    sessions: access,
    about: {
      mode: settings.ADMIN_KEY !== undefined ? 'keys' : settings.ALLOW_ANONYMOUS ? 'anonymous' : 'open',
      demo: demo !== undefined,
      version: packageFile.version,
      log_prompts: settings.LOG_PROMPTS,
    },
    corsOrigins: settings.CORS_ORIGINS,
    checkSimulate: parseSimulateHeader,
    models: gateway.models,
    explain: (incoming) => gateway.explain(incoming),
    semantic: () => gateway.semantic,
    hitWatch: () => gateway.hitWatch,
    targetHealths: () => gateway.targetHealths,
    latencyOf: (target) => latencies.of(target),
    settings: () => ({ data: served.reported, configFile, problems }),
    bodyReads: new BodyReads(settings.MAX_BODY_MB * 1024 * 1024),
    throttles: new Map(),
    metrics:
      requestMetrics &&
      metricsOf(requestMetrics, () =>
        serverState({ settings, gateway, accounts, concurrency, events, requests: requestMetrics }),
      ),
    promptTemplates,
    newest: new NewestRequests(),
    health: healthOf({ gateway, accounts, concurrency }),
    pageFiles: readPageFiles,
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
    reload: () => watching.reload(),
    async drain() {
      concurrency.draining = true;
      events.publish({ type: 'server_draining', inFlight: concurrency.count });
      watching.close();
      // Idle connections close at once; the port stays open, so that new calls get a 503 and not a refusal.
      server.closeIdleConnections();
      await concurrency.empty(settings.DRAIN_TIMEOUT);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      // Calls that were cut off are settled too.
      await concurrency.empty(SETTLING_TIME);
      await gateway.close();
      await promptTemplates?.close();
      // Side by side: a platform waits only so long for all of it.
      await Promise.all([accounts.close(STORING_TIME), events.quiet(STORING_TIME)]);
      events.publish({ type: 'server_stopped' });
      await events.close(LAST_WORDS_TIME);
      await demo?.simulator.close();
    },
  };
}

/** Without a key only this machine is served, so only this machine is listened to. */
function usualHost({ ADMIN_KEY, ALLOW_ANONYMOUS }: Config['settings']): string {
  return ADMIN_KEY === undefined && !ALLOW_ANONYMOUS ? '127.0.0.1' : '0.0.0.0';
}
