/** The last step of the story: the answer in the form the caller asked for, and its settlement when it has ended. */
import type { NanoDollars } from '../core/money.ts';
import { clientClosed, type Failure } from '../failures/failure.ts';
import type { Admitted } from './admission.ts';
import { AnswerStream } from './answer-stream.ts';
import { asLegacyCompletion } from './legacy-functions.ts';
import type { CacheVerdict } from './receipt.ts';
import type { ParsedRequest } from './request.ts';
import type { Settlement } from './settlement.ts';
import { answeredBy, type Source } from './source.ts';

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
  readonly dropped: readonly string[];
}

export type ChatAnswer =
  | (GoodAnswerFacts & {
      readonly kind: 'whole';
      /** The completion, ready to be sent. */
      readonly json: string;
      readonly cost: NanoDollars | null;
    })
  /** Rejects with a `Failure` where it breaks. Must be read or returned from, as its end is the settlement. */
  | (GoodAnswerFacts & { readonly kind: 'stream'; readonly batches: AnswerStream })
  | (AnswerFacts & { readonly kind: 'failed'; readonly failure: Failure });

/** @throws {Failure} when a stream that is awaited as a whole breaks */
export async function inTheFormAskedFor(
  parsed: ParsedRequest,
  settlement: Settlement,
  source: Source,
): Promise<ChatAnswer> {
  const facts: GoodAnswerFacts = {
    model: source.model,
    attempts: source.attempts?.toString() ?? '',
    cache: settlement.verdict,
    rates: source.rates,
    age: source.age,
    dropped: source.dropped ?? [],
  };
  if (parsed.request.stream) {
    return { kind: 'stream', ...facts, batches: new AnswerStream(parsed, settlement, source) };
  }

  // A caller who wants the answer whole may share one that is being streamed to somebody else.
  if (source.batches) for await (const _batch of source.batches) settlement.firstToken();
  if (source.isGone()) throw clientClosed();
  settlement.firstToken();
  const bill = await source.bill();
  await settlement.settle(bill, source.attempts, answeredBy(source), undefined);
  const answer = bill.answer!;
  return {
    kind: 'whole',
    ...facts,
    json: parsed.legacyFunctions ? JSON.stringify(asLegacyCompletion(answer.completion)) : answer.json,
    cost: bill.cost,
  };
}
