/** The last step of the pipeline: the answer whole or as a stream, as the caller asked, and its settlement when it has ended. */
import type { SemanticDetails } from '../cache/answer-store.ts';
import type { NanoDollars } from '../core/money.ts';
import type { WholeAnswer } from '../core/whole-answer.ts';
import type { CacheVerdict } from '../events/receipt.ts';
import { clientClosed, type Failure } from '../failures/failure.ts';
import type { Admitted } from './admission.ts';
import { type AnswerSource, AnswerStream } from './answer-stream.ts';
import type { CallCost } from './call-cost.ts';
import type { Incoming } from './incoming.ts';
import type { Settlement } from './settlement.ts';

/** What the edge shows in headers. */
interface AnswerFacts {
  readonly attempts: string;
  readonly cache: CacheVerdict;
  /** What is left of the caller's limits. */
  readonly rates: Admitted['rates'];
}
interface GoodAnswerFacts extends AnswerFacts {
  /** `provider/model` that answered. */
  readonly model: string;
  /** Milliseconds since the answer was stored, when it was. */
  readonly age: number | undefined;
  /** Set for an answer to other words for the question. */
  readonly similar: SemanticDetails | undefined;
  readonly dropped: readonly string[];
}

/** What a chat came to. A failure is a value here: it has facts for the headers like any answer. */
export type ChatAnswer =
  | (GoodAnswerFacts & {
      readonly kind: 'whole';
      readonly answer: WholeAnswer;
      readonly cost: NanoDollars | null;
    })
  /** Rejects with a `Failure` where it breaks. Must be read or returned from, as its end is the settlement. */
  | (GoodAnswerFacts & { readonly kind: 'stream'; readonly batches: AnswerStream })
  | (AnswerFacts & { readonly kind: 'failed'; readonly failure: Failure });

/** @throws {Failure} when a stream that is awaited as a whole breaks */
export async function toCallerFormat(
  { parsed, signal }: Incoming,
  settlement: Settlement,
  source: AnswerSource,
): Promise<ChatAnswer> {
  const facts: GoodAnswerFacts = {
    model: source.model,
    attempts: source.attempts?.toString() ?? '',
    cache: settlement.verdict,
    rates: source.rates,
    age: source.age,
    similar: source.similar,
    dropped: [...(source.isNative ? [] : (parsed.dropped ?? [])), ...(source.dropped ?? [])],
  };
  if (parsed.request.stream) {
    return { kind: 'stream', ...facts, batches: new AnswerStream(settlement, source) };
  }

  // A caller who wants the answer whole may share one that is being streamed to somebody else.
  if (source.batches) for await (const _batch of source.batches) settlement.firstToken();
  if (signal.aborted) throw clientClosed();
  settlement.firstToken();
  const callCost: CallCost = await source.callCost;
  await settlement.settle(callCost, source);
  return { kind: 'whole', ...facts, answer: callCost.answer!, cost: settlement.charged };
}
