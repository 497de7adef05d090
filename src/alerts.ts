/** Alerts as the configuration has them, over what there is to watch in a running server. */
import cluster from 'node:cluster';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import packageFile from '../package.json' with { type: 'json' };
import type { Accounts } from './accounts/accounts.ts';
import { alertWebhook } from './config/alert-webhook.ts';
import { catalogue } from './config/catalogue.ts';
import type { Config } from './config/config.ts';
import { systemClock } from './core/clock.ts';
import type { Subscriber } from './events/event.ts';
import type { Gateway } from './gateway.ts';
import { usableTargets } from './health/health-report.ts';
import type { Target } from './providers/provider.ts';
import { AlertRules } from './sinks/alerts/alert-rules.ts';
import { alertSink } from './sinks/alerts/alert-sink.ts';

interface AlertDependencies {
  /** Read each time, as it may change. */
  readonly config: () => Config;
  readonly gateway: Gateway;
  readonly accounts: Accounts;
  readonly log: Logger;
}

/** @returns nothing where there is nobody to tell */
export function alertsOf({ config, gateway, accounts, log }: AlertDependencies): Subscriber | undefined {
  const { settings } = config();
  const webhook = alertWebhook(settings);
  if (!webhook) return undefined;
  const rules = new AlertRules({
    errorRate: settings.ALERT_ERROR_RATE,
    isWorker: cluster.isWorker,
    watched: {
      // A model by its own name is a chain, too: that it cools is the matter of the chains it is in.
      chains: () =>
        [...config().chains.keys()].flatMap((name) => {
          const chain = gateway.chains.get(name);
          if (!chain || chain.targets.length === 0) return [];
          const usable = usableTargets(chain, gateway.cooldowns).length;
          return [{ name, targets: chain.targets.length, usable }];
        }),
      models: () => [...config().targets.values()].flat().map(retirementOf),
      budgets: (keyId, user) => accounts.budgets(keyId, user),
    },
  });
  return alertSink({
    ...webhook,
    source: { host: hostname(), version: packageFile.version },
    clock: systemClock,
    rules,
    repeatAfter: settings.ALERT_REPEAT,
    claims: accounts.claims,
    warn: (message) => log.warn(message),
  });
}

function retirementOf({ id, successor }: Target) {
  const entry = Object.values(catalogue).find(({ provider, model }) => `${provider}/${model}` === id);
  return { target: id, retires: entry?.retired, successor: successor?.id };
}
