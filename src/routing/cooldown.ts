/** One cooldown: of a target, or of a provider key and so of all its targets. */
import { type Cooling, type FailureKind, failureTable } from '../failures/failure-table.ts';
import type { Target } from '../providers/provider.ts';
import { FailureCount, type RecentFailure } from './failure-count.ts';

/** A probe that never reports (its process was stuck) gives its place back after this; milliseconds. */
const PROBE_LEASE = 180_000;
/** What a caller is told to wait while somebody else's probe is out; milliseconds. */
const PROBE_RETRY_AFTER = 1_000;

/** A cooldown as it is published to other instances and kept across restarts. */
export interface SharedCooldown {
  /** Which target or provider key; says nothing of the key itself. */
  readonly place: string;
  /** Milliseconds since the epoch; 0 when an administrator ended it. */
  readonly until: number;
  readonly because: FailureKind;
}

/** What is known against a target or its key. */
export interface CooldownState {
  readonly scope: 'target' | 'provider key';
  /** `failing`: there were failures, too few to leave it out. `probing`: the first call after a cooldown decides. */
  readonly state: 'failing' | 'cooling' | 'probing';
  readonly because: FailureKind;
  /** Milliseconds since the epoch; absent while it is only failing. */
  readonly until: number | undefined;
  readonly failuresInARow: number;
  /** Newest first. */
  readonly recent: readonly RecentFailure[];
}

/** The failures of one place, and how long it is skipped for them. Times are those of `clock.elapsed()`. */
export class Cooldown {
  readonly count: FailureCount;
  /** The kind that tripped it, or the last one while it is only failing. */
  because: FailureKind;
  /** False while failures are only counted: nothing is skipped. */
  tripped: boolean;
  until: number;
  #probeUntil = 0;

  constructor(because: FailureKind, count = new FailureCount(), { tripped = false, until = 0 } = {}) {
    this.because = because;
    this.count = count;
    this.tripped = tripped;
    this.until = until;
  }

  /** Milliseconds until a call may go through; 0 when it may now. */
  waitAt(now: number): number {
    if (this.until > now) return this.until - now;
    return this.#probeUntil > now ? PROBE_RETRY_AFTER : 0;
  }

  /** The call that begins now decides for all others. */
  startProbe(now: number): void {
    this.#probeUntil = now + PROBE_LEASE;
  }

  /** The probe ended, with or without a verdict: another one may begin. */
  endProbe(): void {
    this.#probeUntil = 0;
  }

  stateAt(now: number): CooldownState['state'] {
    if (!this.tripped) return 'failing';
    return this.until > now ? 'cooling' : 'probing';
  }
}

/**
 * A few requests that no answer comes to (a body at which the provider's server breaks) must not keep a target from others
 * who have nothing else. A rate limit, a refused key or a model that is gone is the provider's own word, and holds for all.
 */
const SPARED_ALONE: ReadonlySet<Cooling> = new Set(['after the trip rule', 'when often slow']);

/** @returns whether a request that has no other target asks it all the same */
export function sparesWhoIsAlone(because: FailureKind): boolean {
  return SPARED_ALONE.has(failureTable[because].cools);
}

/** @param because as others have written it */
export function isCoolingKind(because: unknown): because is FailureKind {
  if (typeof because !== 'string' || !Object.hasOwn(failureTable, because)) return false;
  return failureTable[because as FailureKind].cools !== 'no';
}

/** Where failures of this deployment are remembered: deployments of one model differ in where they are or whose key they use. */
export function targetPlace(target: Target): string {
  return `${target.name} ${target.id} ${target.credential}`;
}

/** Where failures of its provider key are remembered, with all other targets that use it. */
export function credentialPlace(target: Target): string {
  return `key ${target.credential}`;
}
