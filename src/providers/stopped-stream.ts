import { type Batch, ChunkStream, END, type ReadResult } from '../core/chunk-stream.ts';
import { isDelta, NATIVE } from '../core/native-event.ts';
import type { ChatCompletionChunk, ChunkChoice } from '../core/openai-types.ts';
import type { StopFields } from '../core/stop-sequence.ts';
import { UpToStop } from './completions/text-stages.ts';

interface OpenChoice {
  readonly text: UpToStop;
  isFinished: boolean;
}

/**
 * A stream that is cut at stop sequences, and read on to the provider's own end: the model writes on and is paid for all of it,
 * which the usage at that end tells. So a choice that was cut finishes when the provider finishes it, and until then counts as
 * under way: what is still to come is no mere terminator. Where the provider breaks off meanwhile, nothing is missing.
 */
export class StoppedStream extends ChunkStream {
  readonly #batches: ChunkStream;
  readonly #stops: readonly string[];
  readonly #choices = new Map<number, OpenChoice>();
  #head: Omit<ChatCompletionChunk, 'choices' | 'usage'> | undefined;
  #isOver = false;
  #failure: { readonly cause: unknown } | undefined;

  constructor(batches: ChunkStream, stops: readonly string[]) {
    super();
    this.#batches = batches;
    this.#stops = stops;
  }

  read(): ReadResult {
    for (;;) {
      if (this.#failure) throw this.#failure.cause;
      if (this.#isOver) return END;
      const batch = this.#next();
      if (!batch) return undefined;
      const shown = batch === END ? this.#unfinished() : this.#cut(batch);
      if (shown.length > 0) return shown;
    }
  }

  readable(): Promise<void> {
    return this.#isOver || this.#failure ? Promise.resolve() : this.#batches.readable();
  }

  cancel(): void | Promise<void> {
    return this.#batches.cancel();
  }

  #next(): ReadResult {
    try {
      const batch = this.#batches.read();
      this.#isOver = batch === END;
      return batch;
    } catch (cause) {
      this.#failure = { cause };
      return END;
    }
  }

  #cut(batch: Batch): Batch {
    return batch.flatMap((chunk) => {
      const { choices: given, usage, ...head } = chunk;
      this.#head = head;
      if (given.length === 0 && !usage) return this.#event(chunk);
      const choices = given.flatMap((choice) => this.#choice(choice) ?? []);
      // The very chunk where nothing is cut: it may have its provider's own event beside it.
      if (choices.length === given.length && choices.every((choice, at) => choice === given[at]))
        return [chunk];
      return choices.length > 0 || usage ? [{ ...chunk, choices }] : [];
    });
  }

  /** No text; perhaps an event of its provider's own wire. What ends a block there has that block's whole text before it. */
  #event(chunk: ChatCompletionChunk): Batch {
    const native = chunk[NATIVE];
    const [open] = this.#choices.values();
    if (open?.text.isOver) return [];
    const held = !native || isDelta(native) ? '' : (open?.text.release() ?? '');
    if (held === '') return [chunk];
    const choice = { index: 0, delta: { content: held }, logprobs: null, finish_reason: null };
    return [{ ...this.#head!, choices: [choice] }, chunk];
  }

  /** @returns nothing for what is held back or not wanted */
  #choice(choice: ChunkChoice): ChunkChoice | undefined {
    const { index, delta, finish_reason: reason } = choice;
    const open = this.#open(index);
    const { text, isFinished } = open;
    if (isFinished) return undefined;
    open.isFinished = Boolean(reason);
    if (text.isOver) return reason ? stopped(index, text.stop) : undefined;
    const passed = text.feed(delta.content ?? '');
    if (text.isOver) {
      // What was called after the stop would not have been.
      const { tool_calls: _calls, ...said } = delta;
      const cut = { ...choice, delta: { ...said, content: passed } };
      return reason ? { ...cut, ...stopped(index, text.stop), delta: cut.delta } : cut;
    }
    const content = reason ? passed + text.end() : passed;
    if (content === (delta.content ?? '')) return choice;
    const isHeldBack = content === '' && !reason && Object.keys(delta).length === 1;
    return isHeldBack ? undefined : { ...choice, delta: { ...delta, content } };
  }

  #open(index: number): OpenChoice {
    let open = this.#choices.get(index);
    if (!open) {
      open = { text: new UpToStop(this.#stops), isFinished: false };
      this.#choices.set(index, open);
    }
    return open;
  }

  /** The ends of choices that were cut, and that the provider has not finished. */
  #unfinished(): Batch {
    const cut = [...this.#choices].filter(([, { text, isFinished }]) => text.isOver && !isFinished);
    return cut.map(([index, { text }]) => ({ ...this.#head!, choices: [stopped(index, text.stop)] }));
  }
}

function stopped(index: number, stop: string | undefined): ChunkChoice {
  const end = { index, delta: {}, logprobs: null, finish_reason: 'stop' as const };
  return { ...end, ...({ stop_reason: stop } satisfies StopFields) };
}
