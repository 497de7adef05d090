/**
 * Whether this process should get calls. What fails for everybody at once, an outage of the providers, must not take every
 * instance out of service: an orchestrator that replaces what is not ready would replace them all, again and again, and
 * the answers they have in their caches with them. So a process that has had answers stays in service and calls itself
 * degraded; one that never had any (a wrong key, no way out of the network) is not ready, and a rollout stops at it.
 */

/** What this process can do at the moment. */
export interface ServingFacts {
  readonly isDraining: boolean;
  /** Some chain has a target at all: a provider has a key. */
  readonly hasTargets: boolean;
  /** Some chain has a target that is not cooling. */
  readonly hasUsableTarget: boolean;
  /** Some target has answered since the start. */
  readonly hasAnswered: boolean;
  /** Why ledger rows are not safe; nothing when they are. */
  readonly ledgerProblem: string | undefined;
}

/** The answer of the readiness check; `not ready` is a 503. */
export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'not ready';
  /** Absent when it is ready. */
  readonly problem?: string;
}

/** Weighs the facts, the most serious first. */
export function readinessOf(facts: ServingFacts): Readiness {
  if (facts.isDraining) return notReady('shutting down');
  if (!facts.hasTargets) return notReady('no model has a provider key');
  if (facts.ledgerProblem) return notReady(facts.ledgerProblem);
  if (facts.hasUsableTarget) return { status: 'ready' };
  return facts.hasAnswered
    ? { status: 'degraded', problem: 'every model is cooling down after failures of its provider' }
    : notReady('no provider has answered yet, and every model is cooling down after failures');
}

function notReady(problem: string): Readiness {
  return { status: 'not ready', problem };
}
