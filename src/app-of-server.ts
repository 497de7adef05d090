import type { RequestListener } from 'node:http';
import packageFile from '../package.json' with { type: 'json' };
import type { Accounts } from './accounts/accounts.ts';
import { LiveListeners } from './accounts/ledger/live-listeners.ts';
import { ReportLimit } from './accounts/ledger/report-limit.ts';
import type { About } from './api/endpoint.ts';
import { NewestRequests } from './chat/newest-requests.ts';
import type { Settings } from './config/environment.ts';
import { systemClock } from './core/clock.ts';
import type { EventBus } from './events/event-bus.ts';
import type { Gateway } from './gateway.ts';
import { healthOf } from './health-of-server.ts';
import { Access } from './http/access.ts';
import { type AppDependencies, createApp } from './http/app.ts';
import { BodyReads } from './http/body-reads.ts';
import type { ConcurrencyLimit } from './http/concurrency-limit.ts';
import type { LiveConfig } from './live-config.ts';
import { metricsOf } from './metrics/metrics.ts';
import type { RequestMetrics } from './metrics/request-metrics.ts';
import { serverState } from './metrics-of-server.ts';
import { readPageFiles } from './pages/files.ts';
import type { TargetLatencies } from './routing/target-latency.ts';

interface HttpDependencies extends Pick<AppDependencies, 'checkSimulate' | 'isDemo' | 'promptTemplates'> {
  readonly settings: Settings;
  readonly liveConfig: LiveConfig;
  readonly gateway: Gateway;
  readonly accounts: Accounts;
  readonly events: EventBus;
  readonly concurrency: ConcurrencyLimit;
  readonly latencies: TargetLatencies;
  /** Absent where metrics are switched off. */
  readonly requestMetrics: RequestMetrics | undefined;
}

/** The HTTP side of a running server, put together from its parts. */
export function appOf(dependencies: HttpDependencies): RequestListener {
  const { settings, liveConfig, gateway, accounts, events, concurrency, latencies } = dependencies;
  const { requestMetrics, isDemo, checkSimulate, promptTemplates } = dependencies;
  const { keyAdmin, projectAdmin, ledger, keyNames, audit } = accounts;
  const access = accessOf(settings, accounts);
  return createApp({
    events,
    concurrency,
    isDemo,
    clock: systemClock,
    accounts: {
      keyAdmin,
      projectAdmin,
      ledger,
      keyNames,
      audit,
      reportLimit: new ReportLimit(systemClock),
      liveListeners: new LiveListeners(),
    },
    chat: gateway.chat,
    access,
    sessions: access,
    about: aboutOf(settings, isDemo),
    corsOrigins: settings.CORS_ORIGINS,
    checkSimulate,
    models: gateway.models,
    explain: (incoming) => gateway.explain(incoming),
    semantic: () => gateway.semantic,
    hitWatch: () => gateway.hitWatch,
    targetHealths: () => gateway.targetHealths,
    latencyOf: (target) => latencies.of(target),
    settings: () => ({
      data: liveConfig.current.reported,
      configFile: liveConfig.file,
      problems: liveConfig.problems,
    }),
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
}

function accessOf(settings: Settings, accounts: Accounts): Access {
  return new Access(
    {
      adminKey: settings.ADMIN_KEY,
      metricsToken: settings.METRICS_TOKEN,
      allowAnonymous: settings.ALLOW_ANONYMOUS,
      openAdmin: settings.OPEN_ADMIN,
      corsOrigins: settings.CORS_ORIGINS,
    },
    accounts,
  );
}

function aboutOf(settings: Settings, demo: boolean): About {
  const mode = settings.ADMIN_KEY !== undefined ? 'keys' : settings.ALLOW_ANONYMOUS ? 'anonymous' : 'open';
  return { mode, demo, version: packageFile.version, log_prompts: settings.LOG_PROMPTS };
}
