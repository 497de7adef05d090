/** What goes into the router and what comes out. */
import type { ChunkStream } from '../core/chunk-stream.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import type { WholeAnswer } from '../core/whole-answer.ts';
import type { Provider, Target } from '../providers/provider.ts';
import type { Affinity } from './affinity.ts';
import type { AttemptLog } from './attempts.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Load } from './target-load.ts';

/** What the router needs from outside, the same for all calls. */
export interface RouterDependencies {
  readonly providers: { get(name: string): Provider };
  readonly cooldowns: Cooldowns;
  readonly retryBudget: RetryBudget;
  readonly load: Load;
  readonly affinity: Affinity;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: RouterSettings;
}

/** Times are milliseconds. */
export interface RouterSettings {
  /** For calls that do not say. */
  readonly toolCalls?: ToolCalls | undefined;
  /** The longest Retry-After worth waiting for on one target. */
  readonly retryAfterWait: number;
  /** From arrival until something is committed to the caller, all tries and waits together. */
  readonly routeBudget: number;
}

/** Tool calls go on when they are whole and fit, or piece by piece as they come. */
export type ToolCalls = 'whole' | 'stream';

/** One admitted request on its way along a chain. */
export interface RoutedCall {
  readonly request: ChatRequest;
  /** The same as its caller wrote it, for targets that speak its wire; with the system prompt that was put in front. */
  readonly native?: (NativeRequest & { readonly guardrail?: string | undefined }) | undefined;
  /** The body that it was read from, whose bytes may be kept. */
  readonly source?: object | undefined;
  readonly chain: readonly Target[];
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Passed on to the provider (demo mode's `x-simulate`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that say to the provider where an attempt's part of a trace is; by the attempt's number, from 1. */
  readonly traceHeaders?: ((number: number) => Readonly<Record<string, string>>) | undefined;
  /** The caller wants every parameter honoured. */
  readonly strictParams?: boolean;
  /** What the door could not translate, which only targets that speak its wire get. */
  readonly droppedByDoor?: readonly string[] | undefined;
  /** `clock.elapsed()` when the request arrived. */
  readonly arrivedAt: number;
  /** Milliseconds without a first token after which the next target is asked beside the first; off when absent. */
  readonly hedgeAfter?: number;
  /** Without it, and without a setting: whole where another target could take over, or the door needs it. */
  readonly toolCalls?: ToolCalls | undefined;
  /** The caller is told a tool call's arguments as a JSON value, so that what is no JSON cannot be told. */
  readonly tellsArgumentsAsJson?: boolean | undefined;
  /** One session of one caller on this chain, which is to stay where it was answered last. */
  readonly session?: string | undefined;
  /** Where somebody's limits bind the call. */
  readonly callLimits?: CallLimits;
  /** Written as the walk goes on; complete when the answer has ended. */
  readonly attempts: AttemptLog;
}

/** On which terms a target may be asked. */
export interface TargetTerms {
  readonly target: Target;
  /** The output cap to send, where it is not the request's own. */
  readonly maxTokens: number | undefined;
  /** Output tokens of each choice that are paid for; a stream that goes on beyond them is cut. */
  readonly paidTokens: number;
}

/** What a call may do within its caller's limits. */
export interface CallLimits {
  /** The targets that may be asked, successors among them; absent where any may be. */
  readonly terms: readonly TargetTerms[] | undefined;
  /** What its caller wrote may not go out as it is: it has tools that are charged extra, which a translation leaves out. */
  readonly mustTranslate?: boolean;
  /** May another target go on with a broken answer of which the caller has `before`? It costs more. */
  mayContinue(before: string): boolean | Promise<boolean>;
  /** May a second target be asked beside the first? */
  mayHedge(): boolean | Promise<boolean>;
}

/** An answer, whole or as a stream, and who gave it. */
export type RoutedReply = {
  readonly target: Target;
  readonly dropped: readonly string[];
  /** The request went as its caller wrote it. */
  readonly isNative: boolean;
} & (
  | { readonly kind: 'whole'; readonly answer: WholeAnswer }
  /** What breaks the stream is a `Failure`; leaving it early aborts the upstream call. */
  | { readonly kind: 'stream'; readonly batches: ChunkStream }
);
