import { type Batch, ChunkStream, END, type ReadResult } from '../core/chunk-stream.ts';
import type { ChatCompletionChunk, Delta, Usage } from '../core/openai-types.ts';
import { StreamCap } from './stream-cap.ts';

/** What a stream is held against, and who is told. */
export interface StreamTerms {
  /** Output tokens of each choice; nothing where no limit binds. */
  readonly cap: number | undefined;
  /** Choices that were asked for. */
  readonly choices: number;
  /** @param bytes of text at most that have come so far */
  readonly isBelievable: (usage: Usage, bytes: () => number) => boolean;
  /** Told once, when the cap has ended the stream. */
  readonly onCut: () => void;
}

/**
 * A provider's stream, checked against what was asked for. It ends where its output cap must have been reached, as some
 * servers do not keep to the cap they are sent: what a budget has reserved is not exceeded by what they generate. The
 * choice ends as at any cap, with `length`. And a count of tokens that cannot be true is left out.
 */
export class CheckedStream extends ChunkStream {
  readonly #batches: ChunkStream;
  readonly #terms: StreamTerms;
  readonly #cap: StreamCap | undefined;
  #bytes = 0;
  #isOver = false;

  constructor(batches: ChunkStream, terms: StreamTerms) {
    super();
    this.#batches = batches;
    this.#terms = terms;
    const { cap, choices } = terms;
    this.#cap = cap === undefined ? undefined : new StreamCap(cap, choices);
  }

  read(): ReadResult {
    if (this.#isOver) return END;
    const read = this.#batches.read();
    if (!read || read === END) return read;
    const batch = this.#withoutOddUsage(read);
    if (!this.#cap) return batch;
    const cut = this.#cap.cut(batch);
    if (this.#cap.isReached) {
      this.#isOver = true;
      this.#batches.cancel();
      this.#terms.onCut();
    }
    return cut;
  }

  readable(): Promise<void> {
    return this.#isOver ? Promise.resolve() : this.#batches.readable();
  }

  cancel(): void | Promise<void> {
    return this.#batches.cancel();
  }

  #withoutOddUsage(batch: Batch): Batch {
    let isOdd = false;
    for (const chunk of batch) {
      for (const { delta } of chunk.choices) this.#bytes += MAX_BYTES_PER_UNIT * lengthOf(delta);
      isOdd ||= chunk.usage != null && !this.#terms.isBelievable(chunk.usage, () => this.#bytes);
    }
    return isOdd ? batch.flatMap((chunk) => this.#withoutUsageThatIsOdd(chunk)) : batch;
  }

  #withoutUsageThatIsOdd(chunk: ChatCompletionChunk): ChatCompletionChunk | [] {
    if (!chunk.usage || this.#terms.isBelievable(chunk.usage, () => this.#bytes)) return chunk;
    const { usage: _usage, ...others } = chunk;
    return others.choices.length > 0 ? others : [];
  }
}

/** UTF-8 has no more for one of JavaScript's characters. */
const MAX_BYTES_PER_UNIT = 3;

function lengthOf({
  content,
  refusal,
  reasoning_content: thinking,
  reasoning,
  tool_calls: calls,
}: Delta): number {
  let length = (content?.length ?? 0) + (refusal?.length ?? 0) + (thinking ?? reasoning ?? '').length;
  for (const call of calls ?? []) length += JSON.stringify(call).length;
  return length;
}
