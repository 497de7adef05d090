/** Where answers are kept: one interface for the exact store, the one that compares questions, and GPTCache. */
import type { ChatRequest, FinishReason } from '../core/openai-types.ts';

/** Characters of the longest answer that is given to a store to keep. The longest of today's are a quarter of it. */
export const MAX_ANSWER_LENGTH = 4 * 1024 * 1024;

/** One request as the stores see it. */
export interface Question {
  /** Who asks: answers are never shared between scopes. */
  readonly scope: string;
  /** Which models may answer, in order. */
  readonly route: string;
  readonly request: ChatRequest;
  readonly exactKey: string;
  /** Names this request in receipts and in feedback. */
  readonly requestId?: string;
}

/** As it is sent: thousands of answers as objects would be work for the garbage collector. */
export interface StoredAnswer {
  /** The completion. */
  readonly json: string;
  readonly finishReason: FinishReason | null;
  /** `provider/model` that answered. */
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  /** Nano-dollars; absent where it is unknown. */
  readonly cost?: number;
}

/** How an answer to another question came to be found: for the response headers and for audits. */
export interface SemanticDetails {
  /** The request whose answer this is. */
  readonly request: string | undefined;
  readonly cost: number;
  /** In words; ASCII, at most 200 bytes. */
  readonly differences: string;
}

/** A stored answer, and whether it was given to this very question. */
export interface Found {
  readonly answer: StoredAnswer;
  readonly match: 'exact' | 'semantic';
  readonly details?: SemanticDetails;
}

/** What a request says of how it may be answered from a store. */
export interface LookupOptions {
  /** Of the request: never looser than the owner's setting. `off`: only the very same question. */
  readonly similar?: 'strict' | 'off' | undefined;
}

/** `unknown`: only asking would tell; `undefined`: nothing. */
export type Peeked = Found['match'] | 'unknown' | undefined;

/** A layer of the cache: a slow or broken one costs a miss, never a failure. */
export interface AnswerStore {
  readonly name: string;
  /** Never rejects; resolves soon. */
  find(question: Question, options?: LookupOptions): Found | undefined | Promise<Found | undefined>;
  /** Keeps what a model answered; must not throw and not wait. */
  keep(question: Question, answer: StoredAnswer): void;
  /** What `find` would find now. Nothing is counted, and it is no use that keeps an answer longer. */
  peek(question: Question, options?: LookupOptions): Promise<Peeked>;
}
