import packageFile from '../package.json' with { type: 'json' };
import type { Accounts } from './accounts/accounts.ts';
import type { Settings } from './config/environment.ts';
import { systemClock } from './core/clock.ts';
import { isPostgresUrl } from './core/database-url.ts';
import type { EventBus } from './events/event-bus.ts';
import type { Gateway } from './gateway.ts';
import { usableTargets } from './health/health-report.ts';
import type { ConcurrencyLimit } from './http/concurrency-limit.ts';
import type { RequestMetrics } from './metrics/request-metrics.ts';
import type { ServerState } from './metrics/state-metrics.ts';

interface MetricsDependencies {
  readonly settings: Settings;
  readonly gateway: Gateway;
  readonly accounts: Accounts;
  readonly concurrency: ConcurrencyLimit;
  readonly events: EventBus;
  readonly requests: RequestMetrics;
}

/** What the metrics read of a running server, put together from its parts. */
export function serverState(dependencies: MetricsDependencies): ServerState {
  const { settings, gateway, accounts, concurrency, events, requests } = dependencies;
  const { unsafe, outbox } = accounts.backlogs();
  return {
    version: packageFile.version,
    inFlight: concurrency.count,
    maxInFlight: settings.MAX_IN_FLIGHT,
    held: requests.heldUsd,
    targets: gateway.targetHealths.states(),
    chains: [...gateway.chains.values()]
      .filter(({ targets }) => targets.length > 0)
      .map((chain) => ({
        name: chain.name,
        targets: chain.targets.length,
        usable: usableTargets(chain, gateway.cooldowns).length,
      })),
    sinks: events.counts(),
    cache: gateway.cacheSize,
    similar: gateway.similarState,
    ledger: {
      unsafeRows: unsafe.rows,
      outboxRows: outbox.rows,
      oldestAt: unsafe.oldestAt ?? outbox.oldestAt,
    },
    stores: storesOf(settings, requests.unavailableStores),
    now: systemClock.now(),
  };
}

function storesOf(settings: Settings, unavailable: ReadonlySet<string>): Record<string, boolean> {
  const isPostgres = isPostgresUrl(settings.DATABASE_URL);
  return {
    ...(isPostgres && { postgresql: !unavailable.has('postgresql') }),
    ...(settings.REDIS_URL && { redis: !unavailable.has('redis') }),
  };
}
