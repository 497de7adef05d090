/** An answer as a stream, in the form the caller asked for. Settled in every case: at its end, where it breaks, and when its reader leaves. */
import { type Batch, type Batches, END, GeneratedBatches } from '../core/batches.ts';
import type { ChatCompletionChunk } from '../core/openai-types.ts';
import { asLegacyChunk } from './legacy-functions.ts';
import { replay } from './replay.ts';
import type { ParsedRequest } from './request.ts';
import type { Settlement } from './settlement.ts';
import { answeredBy, type Source } from './source.ts';

const OVER: IteratorResult<Batch, undefined> = { value: undefined, done: true };

export class AnswerStream implements AsyncIterable<Batch> {
  readonly #parsed: ParsedRequest;
  readonly #settlement: Settlement;
  readonly #source: Source;
  readonly #batches: Batches;
  #usageSeen = false;
  #last: ChatCompletionChunk | undefined;
  #hasEnded = false;

  constructor(parsed: ParsedRequest, settlement: Settlement, source: Source) {
    this.#parsed = parsed;
    this.#settlement = settlement;
    this.#source = source;
    this.#batches = source.batches ?? new GeneratedBatches(replay(source.whole!.completion));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Rejects with a `Failure` where the stream breaks. */
  async next(): Promise<IteratorResult<Batch, undefined>> {
    try {
      while (!this.#hasEnded) {
        const batch = this.#batches.take();
        if (!batch) {
          await this.#batches.more();
          continue;
        }
        this.#hasEnded = batch === END;
        const shown = batch === END ? await this.#usageChunk() : this.#shown(batch);
        if (shown.length > 0) return { value: shown, done: false };
      }
    } catch (failure) {
      await this.#settle(failure);
      throw failure;
    }
    await this.#settle(undefined);
    return OVER;
  }

  /** Its reader has left. */
  async return(): Promise<IteratorResult<Batch, undefined>> {
    this.#batches.leave();
    await this.#settle(undefined);
    return OVER;
  }

  #shown(batch: Batch): Batch {
    this.#settlement.firstToken();
    this.#usageSeen ||= batch.some((chunk) => chunk.usage);
    this.#last = batch.at(-1);
    return asAskedFor(batch, this.#parsed);
  }

  /** Where the provider sent no usage, ours; for those who asked. */
  async #usageChunk(): Promise<Batch> {
    const { answer } = await this.#source.bill();
    const usage = this.#parsed.wantsUsageChunk && !this.#usageSeen ? answer?.completion.usage : undefined;
    return this.#last && usage ? [{ ...this.#last, choices: [], usage }] : [];
  }

  async #settle(failure: unknown): Promise<void> {
    const { bill, attempts } = this.#source;
    await this.#settlement.settle(await bill(), attempts, answeredBy(this.#source), failure);
  }
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
