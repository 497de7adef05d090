import packageFile from '../package.json' with { type: 'json' };
import type { Accounts } from './accounts/accounts.ts';
import type { ApiServices } from './api/endpoint.ts';
import type { Gateway } from './gateway.ts';
import { askedTargets, chainStates, providerStates, usableTargets } from './health/health-report.ts';
import { readinessOf } from './health/readiness.ts';
import type { ConcurrencyLimit } from './http/concurrency-limit.ts';

interface HealthDependencies {
  readonly gateway: Gateway;
  readonly accounts: Accounts;
  readonly concurrency: ConcurrencyLimit;
}

/** The health of a running server, put together from its parts. */
export function healthOf({ gateway, accounts, concurrency }: HealthDependencies): ApiServices['health'] {
  const { cooldowns } = gateway;
  return {
    readiness() {
      const chains = [...gateway.chains.values()];
      return readinessOf({
        isDraining: concurrency.draining,
        hasTargets: chains.some(({ targets }) => targets.length > 0),
        hasUsableTarget: chains.some((chain) => usableTargets(chain, cooldowns).length > 0),
        hasAnswered: cooldowns.hasAnswered,
        ledgerProblem: accounts.problem(),
      });
    },
    async report() {
      const asked = askedTargets(gateway.chains.values(), cooldowns);
      const problem = accounts.problem();
      const apart = accounts.otherServers?.problem;
      return {
        version: packageFile.version,
        uptime_s: Math.round(process.uptime()),
        in_flight: concurrency.count,
        ...(await accounts.checkDependencies()),
        ledger: problem ? { status: 'waiting', problem } : { status: 'ok' },
        limits: apart ? { status: 'apart', problem: apart } : { status: 'ok' },
        providers: providerStates(gateway.targetHealths.states(), asked),
        chains: chainStates(gateway.chains.values(), cooldowns),
      };
    },
  };
}
