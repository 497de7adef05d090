/** What the request pipeline is given: a request from the edge, and its dependencies. */

import type { AnswerStore, LookupOptions } from '../cache/answer-store.ts';
import type { Clock } from '../core/clock.ts';
import type { Events } from '../events/event.ts';
import type { CallRecord, TraceContext, UsedTemplate } from '../events/receipt.ts';
import type { Guardrail } from '../guard/guardrail.ts';
import type { TokenCounter } from '../pricing/token-counter.ts';
import type { ProviderCounts } from '../routing/provider-counts.ts';
import type { RoutedCall, RouterDependencies } from '../routing/routed.ts';
import type { Caller } from './admission.ts';
import type { Attribution } from './attribution.ts';
import type { CallCost } from './call-cost.ts';
import type { KnownModels } from './chains.ts';
import type { ParsedRequest } from './parsed-request.ts';
import type { PromptPrefixes } from './prompt-prefixes.ts';
import type { SingleFlight } from './single-flight.ts';

/** Who calls, when, and whether they are still there: what every operation is given, whatever it does. */
export interface CallContext {
  readonly id: string;
  /** The part of `id` that is unique, where it is ours and not the caller's. */
  readonly ownId?: string | undefined;
  readonly caller: Caller;
  /** May see and do what is for the administrator. */
  readonly isAdmin?: boolean;
  readonly cacheControl: { readonly noCache: boolean; readonly noStore: boolean } & LookupOptions;
  /** Headers that go on to the provider (demo mode's `x-simulate`). */
  readonly upstreamHeaders?: Readonly<Record<string, string>> | undefined;
  /** From `x-user`, for requests whose body names none. */
  readonly user?: string | undefined;
  /** Where the caller's own trace goes on. */
  readonly trace?: TraceContext | undefined;
  /** Aborts when the caller has disconnected. */
  readonly signal: AbortSignal;
  /** `clock.elapsed()` and `clock.now()` at arrival. */
  readonly arrivedAt: number;
  readonly arrivedOn: number;
}

/** A request as the edge hands it over. */
export interface Incoming extends CallContext {
  readonly attribution: Attribution;
  readonly parsed: ParsedRequest;
  /** Where some of its messages come from, to be told to sinks. */
  readonly template?: UsedTemplate | undefined;
}

/** A key made for one user is that user's; what a trusted edge says of the user counts more than the body. */
export function countedUser({ caller, user, parsed }: Incoming): string | undefined {
  return caller.user ?? user ?? parsed.user;
}

/** Writes requests down for good. */
export interface Recorder {
  /** Resolves when the record survives a killed process, or waits for a disk that takes none now. Must not reject. */
  record(record: CallRecord): Promise<void>;
}

/** What the pipeline needs from outside; `src/gateway.ts` puts it together. */
export interface ChatDependencies {
  readonly models: KnownModels;
  readonly guardrail: Guardrail | undefined;
  readonly prefixes: PromptPrefixes;
  /** Absent where answers are not kept. */
  readonly cache: AnswerStore | undefined;
  readonly singleFlight: SingleFlight<CallCost>;
  readonly routing: RouterDependencies;
  readonly tokens: TokenCounter;
  readonly providerCounts: ProviderCounts;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly events: Events;
  /** What the attempts of a call tell their providers of its trace; absent where nothing is traced. */
  readonly traceHeaders?:
    | ((callId: string, parent: TraceContext | undefined) => RoutedCall['traceHeaders'])
    | undefined;
}
