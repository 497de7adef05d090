/** What the story needs: a request from the edge, and the parts the gateway is made of. */
import type { Clock } from '../core/clock.ts';
import type { StopSignal } from '../core/stop-signal.ts';
import type { Target } from '../providers/provider.ts';
import type { RoutedCall, RoutedReply } from '../routing/routed.ts';
import type { Caller } from './admission.ts';
import type { Bill } from './bill.ts';
import type { AnswerCache } from './cache.ts';
import type { Chain } from './chains.ts';
import type { Flights } from './flight.ts';
import type { CallRecord } from './receipt.ts';
import type { TokenCounter } from './tokens.ts';

/** A request as the edge hands it over. */
export interface Incoming {
  readonly id: string;
  /** The part of `id` that is unique, where it is ours and not the caller's. */
  readonly ownId?: string | undefined;
  readonly body: unknown;
  readonly caller: Caller;
  readonly cacheControl: { readonly noCache: boolean; readonly noStore: boolean };
  /** Headers that go on to the provider (demo mode's `x-simulate`). */
  readonly upstreamHeaders?: Readonly<Record<string, string>>;
  readonly user?: string;
  /** Aborts when the caller is gone. */
  readonly signal: StopSignal;
  /** `clock.elapsed()` and `clock.now()` at arrival. */
  readonly arrivedAt: number;
  readonly arrivedOn: number;
}

export interface ChatParts {
  /** @throws {Failure} when there is no such model or chain */
  readonly chain: (name: string | undefined) => Chain;
  readonly guardrail: string | undefined;
  /** The targets that would be asked now: those whose model is gone are replaced by their successors. */
  readonly inTheirPlace: (targets: readonly Target[]) => readonly Target[];
  readonly cache: AnswerCache;
  readonly flights: Flights<Bill>;
  readonly route: (call: RoutedCall) => Promise<RoutedReply>;
  readonly tokens: TokenCounter;
  readonly clock: Clock;
  /** Writes the request down; resolves when that survives a killed process. Must not reject. */
  readonly recordRequest: (record: CallRecord) => Promise<void>;
  /** Tells those who listen. Must not throw and not wait. */
  readonly record: (record: CallRecord) => void;
}
