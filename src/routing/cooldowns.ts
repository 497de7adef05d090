/**
 * Which targets are resting after failures. A resting target is left out; when its time is over a single probe
 * goes through (half-open) and everyone else keeps to the fallback until it succeeds. Deadlines only move
 * forward: a later failure can lengthen a rest, never shorten it.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import type { Failure } from '../failures/failure.ts';
import type { FailureKind } from '../failures/failure-table.ts';
import type { Target } from '../providers/provider.ts';

export interface CooldownSettings {
  /** Milliseconds a tripped target rests when the provider names no time. */
  readonly cooldown: number;
  /** Milliseconds a provider key without credit or rights rests. */
  readonly longCooldown: number;
  /** Failures in a row that trip a target, for kinds that do not trip at once. */
  readonly allowedFailures: number;
}

/** Far more than models that fail at once; the one not looked at for longest is forgotten first. */
const MOST_RESTS = 2_000;
export const DAY = 24 * 3_600_000;
/** A probe that never reports (its process was stuck) gives its place back after this; milliseconds. */
const PROBE_LEASE = 180_000;
/** What a caller is told to wait while somebody else's probe is out; milliseconds. */
const PROBE_PATIENCE = 1_000;

/** A rest as others are told of it, and as it is remembered across restarts. */
export interface SharedRest {
  /** Which target or provider key; says nothing of the key itself. */
  readonly place: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly because: FailureKind;
}

export type Admission =
  | { readonly open: true }
  /** `recoversIn` in milliseconds; `because` is the kind that tripped it. */
  | { readonly open: false; readonly recoversIn: number; readonly because: FailureKind };

const OPEN: Admission = { open: true };
const NO_RESTS: readonly Rest[] = [];

interface Rest {
  until: number;
  failuresInARow: number;
  tripped: boolean;
  probeUntil: number;
  because: FailureKind;
}

export class Cooldowns {
  readonly #clock: Clock;
  readonly #settings: CooldownSettings;
  /** By target and by provider key. Callers may name models of their own, so the number is bounded. */
  readonly #rests = new LRUCache<string, Rest>({ max: MOST_RESTS });

  /** Told of every rest that begins or grows here. */
  onRest: (rest: SharedRest) => void = () => {};

  constructor(clock: Clock, settings: CooldownSettings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Asks to call the target now. An open answer after a rest makes this call the probe. */
  admit(target: Target): Admission {
    const rests = this.#restsOf(target);
    if (rests.length === 0) return OPEN;
    const now = this.#clock.elapsed();
    for (const rest of rests) {
      const waitFor = rest.until > now ? rest.until - now : rest.probeUntil > now ? PROBE_PATIENCE : 0;
      if (waitFor > 0) return { open: false, recoversIn: waitFor, because: rest.because };
    }
    for (const rest of rests) rest.probeUntil = now + PROBE_LEASE;
    return OPEN;
  }

  /** Milliseconds until the target may be asked again, 0 when it may be now. Takes no probe's place. */
  recoversIn(target: Target): number {
    if (this.#rests.size === 0) return 0;
    const now = this.#clock.elapsed();
    return Math.max(
      0,
      ...this.#restsOf(target).map((rest) =>
        rest.until > now ? rest.until - now : rest.probeUntil > now ? PROBE_PATIENCE : 0,
      ),
    );
  }

  /** True while the provider is remembered to have said that the model is gone. */
  isGone(target: Target): boolean {
    if (this.#rests.size === 0) return false;
    const rest = this.#rests.get(targetKey(target));
    return rest?.because === 'model_gone' && rest.tripped && rest.until > this.#clock.elapsed();
  }

  /** True while no target at all is known to rest or to have failed. */
  get isQuiet(): boolean {
    return this.#rests.size === 0;
  }

  /** The target itself, its successor while it is gone, or nothing when it is gone and has none. */
  inItsPlace(target: Target): Target | undefined {
    return this.isGone(target) ? target.successor : target;
  }

  /** The provider answered: all is well again, unless the call began before a rest that is still going on. */
  succeeded(target: Target): void {
    if (this.#rests.size === 0) return;
    const now = this.#clock.elapsed();
    for (const key of [targetKey(target), credentialKey(target)]) {
      if ((this.#rests.get(key)?.until ?? 0) <= now) this.#rests.delete(key);
    }
  }

  /** The call ended without a verdict (its caller left): the next one may probe. */
  released(target: Target): void {
    for (const rest of this.#restsOf(target)) rest.probeUntil = 0;
  }

  failed(target: Target, failure: Failure): void {
    const { cools } = failure.rule;
    if (cools === 'no') {
      const wasAsked = failure.kind !== 'client_closed' && failure.kind !== 'unsupported_parameter';
      // The provider looked at the request and refused it for its content: it is up.
      return wasAsked ? this.succeeded(target) : this.released(target);
    }
    const key = cools === 'provider key' ? credentialKey(target) : targetKey(target);
    const rest = this.#rests.get(key) ?? {
      until: 0,
      failuresInARow: 0,
      tripped: false,
      probeUntil: 0,
      because: failure.kind,
    };
    this.#rests.set(key, rest);
    this.released(target);
    rest.failuresInARow += 1;
    const counts = cools === 'after the trip rule';
    if (counts && !rest.tripped && rest.failuresInARow < this.#settings.allowedFailures) return;
    rest.tripped = true;
    const until = this.#clock.elapsed() + this.#duration(failure);
    if (until < rest.until) return;
    rest.until = until;
    rest.because = failure.kind;
    this.onRest({ place: key, until: this.#toEpoch(until), because: rest.because });
  }

  /** A rest that began in another process, or before a restart; like any later failure it never shortens one. */
  impose({ place, until, because }: SharedRest): void {
    const here = until - this.#clock.now() + this.#clock.elapsed();
    const known = this.#rests.get(place);
    if (here <= this.#clock.elapsed() || (known?.tripped && known.until >= here)) return;
    this.#rests.set(place, { until: here, failuresInARow: 0, tripped: true, probeUntil: 0, because });
  }

  #toEpoch(elapsed: number): number {
    return Math.round(elapsed - this.#clock.elapsed() + this.#clock.now());
  }

  #duration(failure: Failure): number {
    if (failure.rule.cools === 'a day') return DAY;
    if (failure.rule.cools === 'provider key')
      return Math.max(this.#settings.longCooldown, failure.retryAfterMs ?? 0);
    return failure.retryAfterMs ?? this.#settings.cooldown;
  }

  /** Rests that are tripped; one that only counts failures holds nobody back. */
  #restsOf(target: Target): readonly Rest[] {
    if (this.#rests.size === 0) return NO_RESTS;
    return [this.#rests.get(targetKey(target)), this.#rests.get(credentialKey(target))].filter(
      (rest): rest is Rest => rest?.tripped === true,
    );
  }
}

function targetKey(target: Target): string {
  // Deployments of one model differ in where they are or whose key they use.
  return `${target.name} ${target.id} ${target.credential}`;
}

function credentialKey(target: Target): string {
  return `key ${target.credential}`;
}
