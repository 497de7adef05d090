/** What the administrator sees of a server's health: each part by itself. */
import type { DependencyState } from '../accounts/dependency-checks.ts';
import type { Chain } from '../chat/chains.ts';
import type { Cooldowns } from '../routing/cooldowns.ts';
import type { TargetHealth } from '../routing/target-health.ts';

/** Beside the readiness itself. */
export interface HealthReport {
  readonly version: string;
  readonly uptime_s: number;
  readonly in_flight: number;
  readonly database: DependencyState;
  /** Absent where none is configured. */
  readonly redis?: DependencyState;
  readonly ledger: { readonly status: 'ok' | 'waiting'; readonly problem?: string };
  /** `apart`: another server counts on the same data folder, and neither knows of what the other has spent. */
  readonly limits: { readonly status: 'ok' | 'apart'; readonly problem?: string };
  readonly providers: Readonly<Record<string, ProviderState>>;
  readonly chains: Readonly<Record<string, ChainState>>;
}

interface ProviderState {
  /** `ok`: every target is up; `down`: none can be called now. */
  readonly status: 'ok' | 'degraded' | 'down';
  readonly targets: number;
  readonly usable: number;
  /** Kinds of failure of what is not up. */
  readonly because?: readonly string[];
}

interface ChainState {
  readonly status: 'ok' | 'degraded' | 'down';
  /** Targets that can be called now, in the order they would be. */
  readonly usable: readonly string[];
  /** Milliseconds until the first of the others may be called; absent while one can be. */
  readonly recovers_in_ms?: number;
}

/** A target whose model is gone counts by its successor. */
export function usableTargets(chain: Chain, cooldowns: Cooldowns): string[] {
  return chain.targets.flatMap((target) => {
    const asked = cooldowns.resolveSuccessor(target);
    return asked && cooldowns.recoversIn(asked) === 0 ? [asked.id] : [];
  });
}

/** Ids of the targets that requests go to now. */
export function askedTargets(chains: Iterable<Chain>, cooldowns: Cooldowns): Set<string> {
  const targets = [...chains].flatMap((chain) => cooldowns.withSuccessors(chain.targets));
  return new Set(targets.map(({ id }) => id));
}

/** Chains whose providers have no key are no fault of anything: they are left out. */
export function chainStates(chains: Iterable<Chain>, cooldowns: Cooldowns): Record<string, ChainState> {
  const states: Record<string, ChainState> = {};
  for (const chain of chains) {
    if (chain.targets.length === 0) continue;
    const usable = usableTargets(chain, cooldowns);
    const waits = chain.targets.map((target) =>
      cooldowns.recoversIn(cooldowns.resolveSuccessor(target) ?? target),
    );
    states[chain.name] = {
      status: statusOf(usable.length, chain.targets.length),
      usable,
      ...(usable.length === 0 && { recovers_in_ms: Math.round(Math.min(...waits)) }),
    };
  }
  return states;
}

/**
 * The targets of each provider together, and what keeps those that cool from being asked.
 * @param asked ids of those that requests go to now: a successor that waits for its predecessor's end says nothing of its
 * provider, nor does a predecessor that has ended
 */
export function providerStates(
  targets: readonly TargetHealth[],
  asked: ReadonlySet<string>,
): Record<string, ProviderState> {
  const byProvider = Object.groupBy(
    targets.filter(({ target }) => asked.has(target)),
    ({ target }) => target.slice(0, target.indexOf('/')),
  );
  return Object.fromEntries(
    Object.entries(byProvider).map(([provider, ofProvider = []]) => {
      const usable = ofProvider.filter(({ state }) => state !== 'cooling').length;
      const because = [...new Set(ofProvider.flatMap((target) => target.because ?? []))];
      const status = statusOf(usable, ofProvider.length);
      return [
        provider,
        { status, targets: ofProvider.length, usable, ...(because.length > 0 && { because }) },
      ];
    }),
  );
}

function statusOf(usable: number, all: number): 'ok' | 'degraded' | 'down' {
  if (usable === all) return 'ok';
  return usable === 0 ? 'down' : 'degraded';
}
