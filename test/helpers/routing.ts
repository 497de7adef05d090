import type { Provider } from '../../src/providers/provider.ts';
import { Affinity } from '../../src/routing/affinity.ts';
import type { Cooldowns } from '../../src/routing/cooldowns.ts';
import { RetryBudget } from '../../src/routing/retry-budget.ts';
import type { RouterDependencies } from '../../src/routing/routed.ts';
import { Load } from '../../src/routing/target-load.ts';
import type { ManualClock } from './manual-clock.ts';

/** A router's surroundings that remember nothing but the cooldowns; chance is always one half. */
export function routerDependencies(
  provider: (name: string) => Provider,
  cooldowns: Cooldowns,
  clock: ManualClock,
  routeBudget: number,
): RouterDependencies {
  return {
    providers: { get: provider },
    cooldowns,
    retryBudget: new RetryBudget(clock),
    load: new Load(),
    affinity: new Affinity(clock),
    clock,
    random: () => 0.5,
    settings: { retryAfterWait: 3_000, routeBudget },
  };
}
