/** The last step of the story: the answer in the form the caller asked for, and its settlement when it has ended. */
import type { NanoDollars } from '../core/money.ts';
import type { ChatCompletionChunk } from '../core/openai-types.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import { clientClosed, type Failure } from '../routing/failures.ts';
import type { Admitted } from './admission.ts';
import type { Bill } from './bill.ts';
import { asLegacyChunk, asLegacyCompletion } from './legacy-functions.ts';
import type { CacheVerdict } from './receipt.ts';
import { replay } from './replay.ts';
import type { ParsedRequest } from './request.ts';
import type { Settlement } from './settlement.ts';
import type { WholeAnswer } from './whole-answer.ts';

type Batch = readonly ChatCompletionChunk[];

/** Where an answer comes from: the cache, a whole reply or a stream that is still running. */
export interface Source {
  /** `provider/model` that answered. */
  readonly model: string;
  readonly attempts?: AttemptLog;
  readonly dropped?: readonly string[];
  /** Milliseconds since the answer was stored. */
  readonly age?: number;
  /** One of the two is there. */
  readonly whole: WholeAnswer | undefined;
  readonly batches?: AsyncIterable<Batch> | undefined;
  readonly rates: Admitted['rates'];
  /** Resolves when the answer has ended. */
  readonly bill: () => Promise<Bill>;
  readonly isGone: () => boolean;
}

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
  /** Throws a `Failure` where it breaks. Must be read or returned from, as its end is the settlement. */
  | (GoodAnswerFacts & { readonly kind: 'stream'; readonly batches: AsyncGenerator<Batch> })
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
    const batches = stream(parsed, settlement, source);
    // A generator that was never begun ends without its `finally`; the first step only begins it.
    await batches.next();
    return { kind: 'stream', ...facts, batches };
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

/** Settles in every case: at the end, where the stream breaks, and when its reader leaves. */
async function* stream(parsed: ParsedRequest, settlement: Settlement, source: Source): AsyncGenerator<Batch> {
  let failure: unknown;
  let usageSeen = false;
  let last: ChatCompletionChunk | undefined;
  try {
    yield [];
    for await (const batch of source.batches ?? replay(source.whole!.completion)) {
      settlement.firstToken();
      usageSeen ||= batch.some((chunk) => chunk.usage);
      last = batch.at(-1);
      const shown = asAskedFor(batch, parsed);
      if (shown.length > 0) yield shown;
    }
    const { answer } = await source.bill();
    const usage = parsed.wantsUsageChunk && !usageSeen ? answer?.completion.usage : undefined;
    if (last && usage) yield [{ ...last, choices: [], usage }];
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await settlement.settle(await source.bill(), source.attempts, answeredBy(source), failure);
  }
}

/** After a rescue the last hand counts. */
function answeredBy({ attempts, model }: Source): string {
  return attempts?.answeredBy?.id ?? model;
}

/** Usage always comes from the provider, but goes on only to those who asked; old callers get `function_call`. */
function asAskedFor(batch: Batch, { wantsUsageChunk, legacyFunctions }: ParsedRequest): Batch {
  let shown = batch;
  if (!wantsUsageChunk && batch.some((chunk) => chunk.usage)) shown = batch.flatMap(withoutUsage);
  return legacyFunctions ? shown.map(asLegacyChunk) : shown;
}

function withoutUsage(chunk: ChatCompletionChunk): ChatCompletionChunk[] {
  if (!chunk.usage) return [chunk];
  if (chunk.choices.length === 0) return [];
  const { usage: _usage, ...rest } = chunk;
  return [rest];
}
