/** An answer as a stream, in the form the caller asked for. Settled in every case: at its end, where it breaks, and when its reader leaves. */
import { type Batch, Batches, END, GeneratedBatches, type Taken } from '../core/batches.ts';
import type { ChatCompletionChunk } from '../core/openai-types.ts';
import { asLegacyChunk } from './legacy-functions.ts';
import { replay } from './replay.ts';
import type { ParsedRequest } from './request.ts';
import type { Settlement } from './settlement.ts';
import { answeredBy, type Source } from './source.ts';

export class AnswerStream extends Batches {
  readonly #parsed: ParsedRequest;
  readonly #settlement: Settlement;
  readonly #source: Source;
  readonly #batches: Batches;
  #usageSeen = false;
  /** Kept for those who want the usage after it. */
  #last: ChatCompletionChunk | undefined;
  /** Under way when there is no more to read, whatever the reason. */
  #ending: Promise<void> | undefined;
  /** What is to be told at the end: a chunk of ours, and why it broke. */
  #tail: Batch = [];
  #failure: unknown;
  #hasEnded = false;

  constructor(parsed: ParsedRequest, settlement: Settlement, source: Source) {
    super();
    this.#parsed = parsed;
    this.#settlement = settlement;
    this.#source = source;
    this.#batches = source.batches ?? new GeneratedBatches(replay(source.whole!.completion));
  }

  /** @throws {Failure} where the stream breaks */
  take(): Taken {
    if (this.#hasEnded) return this.#atTheEnd();
    try {
      while (!this.#ending) {
        const batch = this.#batches.take();
        if (!batch) return undefined;
        if (batch === END) this.#ending = this.#end();
        else {
          const shown = this.#shown(batch);
          if (shown.length > 0) return shown;
        }
      }
    } catch (failure) {
      this.#failure = failure;
      this.#ending = this.#settle(failure);
    }
    return undefined;
  }

  more(): Promise<void> {
    return this.#ending ?? this.#batches.more();
  }

  /** Its reader has left. Resolves when that is settled. */
  leave(): Promise<void> {
    this.#batches.leave();
    this.#ending ??= this.#settle(undefined);
    return this.#ending;
  }

  #atTheEnd(): Taken {
    if (this.#failure) throw this.#failure;
    if (this.#tail.length === 0) return END;
    const tail = this.#tail;
    this.#tail = [];
    return tail;
  }

  #shown(batch: Batch): Batch {
    this.#settlement.firstToken();
    const hasUsage = batch.some((chunk) => chunk.usage);
    this.#usageSeen ||= hasUsage;
    const { wantsUsageChunk, legacyFunctions } = this.#parsed;
    if (wantsUsageChunk) this.#last = batch.at(-1);
    // Usage always comes from the provider, but goes on only to those who asked.
    const shown = hasUsage && !wantsUsageChunk ? batch.flatMap(withoutUsage) : batch;
    return legacyFunctions ? shown.map(asLegacyChunk) : shown;
  }

  async #end(): Promise<void> {
    this.#tail = await this.#usageChunk();
    await this.#settle(undefined);
  }

  /** Where the provider sent no usage, ours; for those who asked. */
  async #usageChunk(): Promise<Batch> {
    const { answer } = await this.#source.bill();
    const usage = this.#usageSeen ? undefined : answer?.completion.usage;
    return this.#last && usage ? [{ ...this.#last, choices: [], usage }] : [];
  }

  async #settle(failure: unknown): Promise<void> {
    const { bill, attempts } = this.#source;
    await this.#settlement.settle(await bill(), attempts, answeredBy(this.#source), failure);
    this.#hasEnded = true;
  }
}

function withoutUsage(chunk: ChatCompletionChunk): ChatCompletionChunk[] {
  if (!chunk.usage) return [chunk];
  if (chunk.choices.length === 0) return [];
  const { usage: _usage, ...rest } = chunk;
  return [rest];
}
