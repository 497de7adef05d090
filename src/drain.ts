/** The end of a server: first its calls, then what records them, each within its time. */
import type { Server } from 'node:http';
import type { Accounts } from './accounts/accounts.ts';
import type { Demo } from './demo.ts';
import type { EventBus } from './events/event-bus.ts';
import type { Gateway } from './gateway.ts';
import type { ConcurrencyLimit } from './http/concurrency-limit.ts';
import type { LiveConfig } from './live-config.ts';
import type { PromptTemplates } from './promptlayer/prompt-templates.ts';

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

interface DrainDependencies {
  readonly server: Server;
  readonly concurrency: ConcurrencyLimit;
  readonly liveConfig: LiveConfig;
  readonly gateway: Gateway;
  readonly accounts: Accounts;
  readonly events: EventBus;
  readonly promptTemplates: PromptTemplates | undefined;
  readonly demo: Demo | undefined;
}

/** Refuses new calls, lets those in flight finish, then closes everything. @param timeout milliseconds for calls in flight */
export async function drain(timeout: number, dependencies: DrainDependencies): Promise<void> {
  const { server, concurrency, liveConfig, gateway, accounts, events, promptTemplates, demo } = dependencies;
  concurrency.draining = true;
  events.publish({ type: 'server_draining', inFlight: concurrency.count });
  liveConfig.close();
  // Idle connections close at once; the port stays open, so that new calls get a 503 and not a refusal.
  server.closeIdleConnections();
  await concurrency.empty(timeout);
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
}
