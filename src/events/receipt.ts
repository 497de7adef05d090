/** What one request did and cost: the log line, the ledger row and `GET /requests/{id}` are all this. */
import type { NanoDollars } from '../core/money.ts';
import type { ChatRequest, FinishReason } from '../core/openai-types.ts';
import type { WholeAnswer } from '../core/whole-answer.ts';
import type { FailureKind } from '../failures/failure-table.ts';
import type { TokenCounts } from '../pricing/token-counts.ts';

/** `bypass`: the caller or the configuration asked for no cache; `coalesced`: shared a call that was in flight. */
export type CacheVerdict = 'hit' | 'hit-semantic' | 'miss' | 'bypass' | 'coalesced';

/** One try of one target, or why it was left out. */
export interface Attempt {
  /** `provider/model`. */
  readonly target: string;
  /** `ok`, a failure's kind, `cooling` for a target that was left out, `hedge_lost` for the slower of two. */
  kind: FailureKind | 'ok' | 'cooling' | 'hedge_lost' | 'running';
  status: number | undefined;
  /** What to show in place of a status that never came (`ECONNRESET`, `first_token`). */
  note: string | undefined;
  /** Milliseconds since the request arrived. */
  readonly started_ms: number;
  first_token_ms: number | undefined;
  ended_ms: number | undefined;
}

/** Tokens of the prompt that the provider read from its cache, wrote to it, and read anew. */
export interface PromptCache {
  readonly read: number;
  readonly written: number;
  readonly fresh: number;
  /** The field that differs from the session's last request, from which on nothing can be read from a cache: `system`, `messages.4`. */
  readonly broke_at: string | null;
}

/** The fields under the names that callers read; money is US dollars here, and times are milliseconds. */
export interface Receipt {
  readonly id: string;
  /** ISO 8601. */
  readonly created_at: string;
  readonly key_id: string | null;
  readonly project: string | null;
  readonly user: string | null;
  /** The public API format it came in by. */
  readonly door: string;
  /** The program that asked and its session, as it says itself. */
  readonly agent: string | null;
  readonly session: string | null;
  readonly chain: string;
  /** The upstream model that answered, and its provider. */
  readonly model: string | null;
  readonly provider: string | null;
  readonly stream: boolean;
  readonly cache: CacheVerdict;
  /** Of a `hit-semantic`: whose answer it is, and how far the two questions lie apart (0: only in spelling). */
  readonly semantic?: {
    /** The id of the request that was answered; `null` where it is not known any more. */
    readonly of: string | null;
    readonly score: number;
    readonly differences: string;
  };
  readonly attempts: readonly Attempt[];
  readonly usage: TokenCounts;
  readonly prompt_cache: PromptCache;
  /** Exact to a nano-dollar; `null`: the price is unknown. */
  readonly cost_usd: number | null;
  /** What was held of the budgets for it; 0 without one. */
  readonly hold_usd: number;
  /** Milliseconds from arrival to the first token, and to the end. */
  readonly ttft_ms: number | null;
  readonly duration_ms: number;
  readonly finish_reason: FinishReason | null;
  /** Put together from the answers of several targets. */
  readonly stitched: boolean;
  readonly client: 'completed' | 'closed';
  readonly error: { readonly kind: FailureKind; readonly message: string } | null;
}

/** Where the caller's trace goes on: W3C Trace Context, checked for its form. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

/** The prompt template that a request was made of. */
export interface UsedTemplate {
  readonly name: string;
  readonly version: number | undefined;
  readonly variables: Readonly<Record<string, string | number | boolean>>;
}

/** What sinks get: the receipt and, for those that log prompts, the conversation. */
export interface CallRecord {
  /** Unique, unlike the request's id, which may be the caller's own. */
  readonly id: string;
  readonly trace: TraceContext | undefined;
  readonly receipt: Receipt;
  /** SHA-256 of the messages. */
  readonly promptHash: string;
  /** Milliseconds since the epoch, at arrival. */
  readonly at: number;
  readonly cost: NanoDollars | null;
  /** What providers take for it beyond what was held, and so beyond what the caller is charged. */
  readonly excess: NanoDollars;
  readonly hold: NanoDollars;
  /** What the answer had cost that came from a cache or a shared call; null for all others, and where it is unknown. */
  readonly saved: NanoDollars | null;
  readonly request: ChatRequest;
  /** Absent where the request's own messages are all. */
  readonly template?: UsedTemplate | undefined;
  /** The answer, as far as it came. */
  readonly answer: WholeAnswer | undefined;
  /** What lies behind a failure of kind `internal`, for the log alone. */
  readonly fault: unknown;
}
