/** What the semantic store shares with the other stores of answers. */
import type { ChatRequest, FinishReason } from '../../core/openai-types.ts';

/** One request as the caches see it. */
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

export interface StoredAnswer {
  /** The completion. */
  readonly json: string;
  readonly finishReason: FinishReason | null;
  /** `provider/model` that answered. */
  readonly model: string;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

export interface SemanticDetails {
  /** The request whose answer this is. */
  readonly request: string | undefined;
  readonly cost: number;
  /** In words; ASCII, at most 200 bytes. */
  readonly differences: string;
}

export interface Found {
  readonly answer: StoredAnswer;
  readonly match: 'exact' | 'semantic';
  readonly details?: SemanticDetails;
}

export interface AnswerStore {
  readonly name: string;
  find(question: Question): Found | undefined | Promise<Found | undefined>;
  keep(question: Question, answer: StoredAnswer): void;
}
