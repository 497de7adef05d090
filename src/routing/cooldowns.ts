/**
 * Which targets are cooling after failures. A cooling target is left out; when its time is over a single probe
 * goes through (half-open) and everyone else keeps to the fallback until it succeeds. Deadlines only move
 * forward: a later failure can lengthen a cooldown, never shorten it.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { DAY } from '../core/durations.ts';
import { atMost } from '../core/entry-bound.ts';
import type { Events } from '../events/event.ts';
import { Failure } from '../failures/failure.ts';
import { type FailureKind, failureTable } from '../failures/failure-table.ts';
import { MAX_RETRY_AFTER } from '../failures/retry-after.ts';
import type { Target } from '../providers/provider.ts';
import type { CooldownState, SharedCooldown } from './cooldown.ts';
import { Cooldown, credentialPlace, isCoolingKind, sparesWhoIsAlone, targetPlace } from './cooldown.ts';

/** From the environment: how soon a target cools, and for how long. */
export interface CooldownSettings {
  /** Milliseconds a tripped target is skipped when the provider names no time. */
  readonly cooldown: number;
  /** Milliseconds a provider key without credit or rights is skipped. */
  readonly longCooldown: number;
  /** Failures in a row that trip a target, for kinds that do not trip at once. */
  readonly allowedFailures: number;
}

/** Far more than models that fail at once; the one not looked at for longest is forgotten first. */
const MAX_COOLDOWNS = 2_000;

/** Whether a target may be called now. */
export type TargetAvailability =
  | { readonly open: true }
  /** `recoversIn` in milliseconds; `because` is the kind that tripped it. */
  | { readonly open: false; readonly recoversIn: number; readonly because: FailureKind };

/** How a call stood to others. */
export interface CallCircumstances {
  /** `clock.elapsed()` when the call began; without it the call overlaps no other. */
  readonly startedAt?: number;
  /** The request has no other target: leaving it out for failures that others' requests may have caused would help nobody. */
  readonly isAlone?: boolean;
}

const OPEN: TargetAvailability = { open: true };
const NO_COOLDOWNS: readonly Cooldown[] = [];

/** Of this process; other instances learn of them through `onCooldown`. */
export class Cooldowns {
  readonly #clock: Clock;
  readonly #settings: CooldownSettings;
  readonly #events: Events | undefined;
  /** By target and by provider key. Callers may name models of their own, so the number is bounded. */
  readonly #cooldowns = new LRUCache<string, Cooldown>(atMost(MAX_COOLDOWNS));

  /** Called for every cooldown that begins, grows or is lifted here. */
  onCooldown: (cooldown: SharedCooldown) => void = () => {};

  /** @param events without it nobody is told, as for those of a demo's request */
  constructor(clock: Clock, settings: CooldownSettings, events?: Events) {
    this.#clock = clock;
    this.#settings = settings;
    this.#events = events;
  }

  /** Asks to call the target now. When a cooldown has just ended, this call becomes the probe. */
  admit(target: Target, { isAlone = false }: CallCircumstances = {}): TargetAvailability {
    const cooldowns = this.#inForce(target, isAlone);
    if (cooldowns.length === 0) return OPEN;
    const now = this.#clock.elapsed();
    for (const cooldown of cooldowns) {
      const recoversIn = cooldown.waitAt(now);
      if (recoversIn > 0) return { open: false, recoversIn, because: cooldown.because };
    }
    for (const cooldown of cooldowns) cooldown.startProbe(now);
    return OPEN;
  }

  /** Milliseconds until the target may be asked again, 0 when it may be now. Takes no probe's place. */
  recoversIn(target: Target, { isAlone = false }: CallCircumstances = {}): number {
    if (this.#cooldowns.size === 0) return 0;
    const now = this.#clock.elapsed();
    return Math.max(0, ...this.#inForce(target, isAlone).map((cooldown) => cooldown.waitAt(now)));
  }

  /** True while the provider is remembered to have said that the model is gone. */
  isGone(target: Target): boolean {
    if (this.#cooldowns.size === 0) return false;
    const cooldown = this.#cooldowns.get(targetPlace(target));
    if (!cooldown?.tripped || cooldown.until <= this.#clock.elapsed()) return false;
    return failureTable[cooldown.because].next === 'successor';
  }

  /** True while no target is cooling and none has failed. */
  get hasNone(): boolean {
    return this.#cooldowns.size === 0;
  }

  /** The target itself, its successor while it is gone, or nothing when it is gone and has none. */
  resolveSuccessor(target: Target): Target | undefined {
    return this.isGone(target) ? target.successor : target;
  }

  /** Some target has answered since the start. */
  hasAnswered = false;

  /** The targets that would be asked now: those whose model is gone are replaced by their successors. */
  withSuccessors(targets: readonly Target[]): readonly Target[] {
    return this.#cooldowns.size === 0
      ? targets
      : targets.map((target) => this.resolveSuccessor(target) ?? target);
  }

  /** Others that know of no failure and tell nobody: a fault that a demo asks for is felt by its own request alone. */
  forDemo(): Cooldowns {
    return new Cooldowns(this.#clock, this.#settings);
  }

  /** The provider answered: all is well again, unless the call began before a cooldown that has not ended. */
  succeeded(target: Target): void {
    this.hasAnswered = true;
    if (this.#cooldowns.size === 0) return;
    const now = this.#clock.elapsed();
    for (const key of [targetPlace(target), credentialPlace(target)]) {
      const cooldown = this.#cooldowns.get(key);
      if (!cooldown || cooldown.until > now || !(cooldown.count.succeeded() || cooldown.tripped)) continue;
      this.#cooldowns.delete(key);
      if (cooldown.tripped)
        this.#events?.publish({ type: 'cooldown_ended', ...factsOf(key, target), how: 'recovered' });
    }
  }

  /** The call ended without a verdict (its caller left): the next one may probe. */
  released(target: Target): void {
    for (const cooldown of this.#trippedOf(target)) cooldown.endProbe();
  }

  /** The call failed: the failure table says whether, where and how long that is remembered. */
  failed(target: Target, failure: Failure, { startedAt, isAlone = false }: CallCircumstances = {}): void {
    const { cools, showsTargetIsUp } = failure.rule;
    if (cools === 'no') return showsTargetIsUp ? this.succeeded(target) : this.released(target);
    if (cools === 'when often slow' && isAlone) return this.released(target);
    const now = this.#clock.elapsed();
    const key = cools === 'provider key' ? credentialPlace(target) : targetPlace(target);
    const cooldown = this.#cooldownAt(key, failure.kind);
    const { kind, message } = failure;
    const isNew = cooldown.count.add(cools, { kind, message, at: this.#clock.now() }, startedAt ?? now, now);
    const isEnough = cooldown.count.isEnough(cools, this.#settings.allowedFailures);
    // One that has been cooling is given no second chance by its probe.
    const trips = isEnough || (cooldown.tripped && isNew);
    this.released(target);
    if (trips) this.#trip(key, cooldown, now + this.#duration(failure), kind, target);
    else if (!cooldown.tripped) cooldown.because = kind;
  }

  /**
   * Applies a cooldown of another process or of before a restart. Like any later failure, it never shortens one. Who wrote it is
   * not known: one of no kind that cools is ignored, and none is longer than one of this process could be.
   */
  applyRemote({ place, until, because }: Readonly<Record<keyof SharedCooldown, unknown>>): void {
    if (typeof place !== 'string' || typeof until !== 'number' || !isCoolingKind(because)) return;
    if (until === 0) return void this.#cooldowns.delete(place);
    const now = this.#clock.elapsed();
    const left = Math.min(until - this.#clock.now(), this.#longest(because));
    const known = this.#cooldowns.get(place);
    if (!(left > 0) || (known?.tripped && known.until >= now + left)) return;
    this.#cooldowns.set(place, new Cooldown(because, known?.count, { tripped: true, until: now + left }));
  }

  /** What is known against the target and its key; nothing for one that is well. */
  states(target: Target): readonly CooldownState[] {
    const now = this.#clock.elapsed();
    const places = [
      ['target', this.#cooldowns.peek(targetPlace(target))],
      ['provider key', this.#cooldowns.peek(credentialPlace(target))],
    ] as const;
    return places.flatMap(([scope, cooldown]) => {
      if (!cooldown) return [];
      const { inARow: failuresInARow, recent } = cooldown.count;
      const until = cooldown.tripped ? this.#toEpoch(cooldown.until) : undefined;
      const { because } = cooldown;
      return [{ scope, state: cooldown.stateAt(now), because, until, failuresInARow, recent }];
    });
  }

  /** Forgets all that is known against the target and its key. @returns whether there was something */
  lift(target: Target): boolean {
    const keys = [targetPlace(target), credentialPlace(target)].filter((key) => this.#cooldowns.has(key));
    for (const place of keys) {
      const { because, tripped } = this.#cooldowns.peek(place)!;
      this.#cooldowns.delete(place);
      this.onCooldown({ place, until: 0, because });
      if (tripped)
        this.#events?.publish({ type: 'cooldown_ended', ...factsOf(place, target), how: 'lifted' });
    }
    return keys.length > 0;
  }

  #cooldownAt(key: string, because: FailureKind): Cooldown {
    const known = this.#cooldowns.get(key);
    if (known) return known;
    const cooldown = new Cooldown(because);
    this.#cooldowns.set(key, cooldown);
    return cooldown;
  }

  #trip(key: string, cooldown: Cooldown, until: number, because: FailureKind, target: Target): void {
    cooldown.tripped = true;
    if (until < cooldown.until) return;
    cooldown.until = until;
    cooldown.because = because;
    const epoch = this.#toEpoch(until);
    this.onCooldown({ place: key, until: epoch, because });
    this.#events?.publish({
      type: 'cooldown_started',
      ...factsOf(key, target),
      because,
      until: epoch,
    });
  }

  #toEpoch(elapsed: number): number {
    return Math.round(elapsed - this.#clock.elapsed() + this.#clock.now());
  }

  #duration(failure: Failure): number {
    const { cools } = failure.rule;
    if (cools === 'a day') return DAY;
    if (cools === 'provider key') return Math.max(this.#settings.longCooldown, failure.retryAfterMs ?? 0);
    return failure.retryAfterMs ?? this.#settings.cooldown;
  }

  #longest(because: FailureKind): number {
    const asTold = new Failure(because, '', { retryAfterMs: MAX_RETRY_AFTER });
    return Math.max(this.#duration(asTold), this.#settings.cooldown);
  }

  /** Cooldowns that leave the target out of a call. */
  #inForce(target: Target, isAlone: boolean): readonly Cooldown[] {
    const cooldowns = this.#trippedOf(target);
    return isAlone ? cooldowns.filter(({ because }) => !sparesWhoIsAlone(because)) : cooldowns;
  }

  /** Cooldowns that have tripped; an entry that only counts failures blocks nothing. */
  #trippedOf(target: Target): readonly Cooldown[] {
    if (this.#cooldowns.size === 0) return NO_COOLDOWNS;
    return [this.#cooldowns.get(targetPlace(target)), this.#cooldowns.get(credentialPlace(target))].filter(
      (cooldown): cooldown is Cooldown => cooldown?.tripped === true,
    );
  }
}

/** For events. */
function factsOf(place: string, target: Target) {
  const scope = place === credentialPlace(target) ? ('provider key' as const) : ('target' as const);
  return { scope, target: target.id, provider: target.provider };
}
