import type { Batch } from '../core/chunk-stream.ts';
import { NATIVE } from '../core/native-event.ts';

/** Characters of events that are kept for who comes late: an answer of some thousand tokens. */
const MAX_CHARACTERS = 1024 * 1024;

/**
 * What a stream has told so far, as it came, where that is more than its chunks: citations, annotations and what a provider
 * ran itself are in its own events alone. A stream without events of its own is not kept.
 */
export class NativeBatches {
  #batches: Batch[] = [];
  #characters = 0;
  /** Of the first batch on; what begins with plain chunks is told in plain chunks. */
  #isNative: boolean | undefined;

  get isNative(): boolean {
    return this.#isNative === true;
  }

  /** It is more than can be kept: who comes now has to ask anew. */
  get isTooLong(): boolean {
    return this.#characters > MAX_CHARACTERS;
  }

  get batches(): readonly Batch[] {
    return this.#batches;
  }

  add(batch: Batch): void {
    this.#isNative ??= batch.some((chunk) => chunk[NATIVE] !== undefined);
    if (!this.#isNative || this.isTooLong) return;
    for (const chunk of batch) this.#characters += chunk[NATIVE]?.data.length ?? 0;
    if (this.isTooLong) this.#batches = [];
    else this.#batches.push(batch);
  }
}
