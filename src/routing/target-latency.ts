import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { HOUR } from '../core/durations.ts';
import { atMost } from '../core/entry-bound.ts';
import type { Subscriber } from '../events/event.ts';

const MAX_TARGETS = 500;
const MAX_ATTEMPTS = 200;
/** Milliseconds. */
const RECENT = HOUR;

interface GoodAttempt {
  readonly at: number;
  readonly duration: number;
  readonly firstToken: number | undefined;
}

/** Figures of one target, in milliseconds; of the stream's first token only where it streamed. */
export interface TargetLatency {
  /** Milliseconds from the call to its end, and to the first token. */
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly ttft_p50_ms: number | null;
  /** Attempts this is about. */
  readonly requests: number;
}

/** How long targets take now: the last good attempts of each, within an hour. */
export class TargetLatencies implements Subscriber {
  readonly name = 'target latency';
  readonly listensTo = ['attempt_ended'] as const;
  readonly #clock: Clock;
  readonly #attempts = new LRUCache<string, GoodAttempt[]>(atMost(MAX_TARGETS));

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  on(events: Parameters<Subscriber['on']>[0]): void {
    for (const event of events) {
      if (event.type !== 'attempt_ended' || event.kind !== 'ok' || event.ended_ms === undefined) continue;
      const attempts = this.#attempts.get(event.target) ?? [];
      this.#attempts.set(event.target, attempts);
      if (attempts.length >= MAX_ATTEMPTS) attempts.shift();
      const { started_ms: started, ended_ms: ended, first_token_ms: first } = event;
      const firstToken = first === undefined ? undefined : first - started;
      attempts.push({ at: event.at, duration: ended - started, firstToken });
    }
  }

  /** @param target `provider/model` @returns nothing where there was no attempt within the hour */
  of(target: string): TargetLatency | undefined {
    const since = this.#clock.now() - RECENT;
    const recent = this.#attempts.get(target)?.filter(({ at }) => at >= since) ?? [];
    if (recent.length === 0) return undefined;
    const durations = recent.map(({ duration }) => duration).sort(ascending);
    const firstTokens = recent.flatMap(({ firstToken }) => firstToken ?? []).sort(ascending);
    return {
      p50_ms: share(durations, 0.5)!,
      p95_ms: share(durations, 0.95)!,
      ttft_p50_ms: share(firstTokens, 0.5) ?? null,
      requests: recent.length,
    };
  }
}

function ascending(one: number, other: number): number {
  return one - other;
}

function share(sorted: readonly number[], part: number): number | undefined {
  const value = sorted[Math.ceil(sorted.length * part) - 1];
  return value === undefined ? undefined : Math.round(value * 10) / 10;
}
