/**
 * A provider's stream, checked against what was asked for. It ends where its output cap must have been reached, as some
 * servers do not keep to the cap they are sent: what a budget has reserved is not exceeded by what they generate. The
 * choice ends as at any cap, with `length`. And a count of tokens that cannot be true is left out.
 */
import { type Batch, ChunkStream, END, type ReadResult } from '../core/chunk-stream.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta, Usage } from '../core/openai-types.ts';
import { TokenMeter } from './token-meter.ts';

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

interface OpenChoice {
  readonly meter: TokenMeter;
  isOver: boolean;
}

export class CheckedStream extends ChunkStream {
  readonly #batches: ChunkStream;
  readonly #terms: StreamTerms;
  readonly #choices = new Map<number, OpenChoice>();
  #bytes = 0;
  #hasCut = false;
  #isOver = false;

  constructor(batches: ChunkStream, terms: StreamTerms) {
    super();
    this.#batches = batches;
    this.#terms = terms;
  }

  read(): ReadResult {
    if (this.#isOver) return END;
    const read = this.#batches.read();
    if (!read || read === END) return read;
    const batch = this.#withoutOddUsage(read);
    const { cap, onCut } = this.#terms;
    if (cap === undefined) return batch;
    const cut = this.#cut(batch, cap);
    if (this.#hasCut && this.#areAllOver()) {
      this.#isOver = true;
      this.#batches.cancel();
      onCut();
    }
    return cut;
  }

  readable(): Promise<void> {
    return this.#isOver ? Promise.resolve() : this.#batches.readable();
  }

  cancel(): void | Promise<void> {
    return this.#batches.cancel();
  }

  #areAllOver(): boolean {
    const choices = [...this.#choices.values()];
    return choices.length >= this.#terms.choices && choices.every(({ isOver }) => isOver);
  }

  #withoutOddUsage(batch: Batch): Batch {
    let isOdd = false;
    for (const chunk of batch) {
      for (const { delta } of chunk.choices) this.#bytes += MOST_BYTES * lengthOf(delta);
      isOdd ||= chunk.usage != null && !this.#terms.isBelievable(chunk.usage, () => this.#bytes);
    }
    return isOdd ? batch.flatMap((chunk) => this.#withoutUsageThatIsOdd(chunk)) : batch;
  }

  #withoutUsageThatIsOdd(chunk: ChatCompletionChunk): ChatCompletionChunk | [] {
    if (!chunk.usage || this.#terms.isBelievable(chunk.usage, () => this.#bytes)) return chunk;
    const { usage: _usage, ...others } = chunk;
    return others.choices.length > 0 ? others : [];
  }

  /** Nearly every batch goes on as it is: a list of its own is made only where something was cut. */
  #cut(batch: Batch, cap: number): Batch {
    let kept: ChatCompletionChunk[] | undefined;
    for (const [at, chunk] of batch.entries()) {
      const within = this.#chunkWithin(chunk, cap);
      if (within !== chunk) kept ??= batch.slice(0, at);
      if (within) kept?.push(within);
    }
    return kept ?? batch;
  }

  /** @returns the chunk itself where no cap is reached in it; nothing where nothing of it is left */
  #chunkWithin(chunk: ChatCompletionChunk, cap: number): ChatCompletionChunk | undefined {
    let kept: ChunkChoice[] | undefined;
    for (const [at, choice] of chunk.choices.entries()) {
      const within = this.#choice(choice, cap);
      if (within !== choice) kept ??= chunk.choices.slice(0, at);
      if (within) kept?.push(within);
    }
    if (!kept) return chunk;
    return kept.length > 0 || chunk.usage ? { ...chunk, choices: kept } : undefined;
  }

  /** @returns the choice itself where the cap is not reached, its last part where it is, and nothing after that */
  #choice(choice: ChunkChoice, cap: number): ChunkChoice | undefined {
    let open = this.#choices.get(choice.index);
    if (!open) {
      open = { meter: new TokenMeter(), isOver: false };
      this.#choices.set(choice.index, open);
    }
    if (open.isOver) return this.#hasCut ? undefined : choice;
    if (choice.finish_reason) open.isOver = true;
    const delta = fitting(choice.delta, open.meter, cap);
    if (delta === choice.delta) return choice;
    open.isOver = true;
    this.#hasCut = true;
    return { ...choice, delta, finish_reason: 'length' };
  }
}

/** @returns the delta itself, or as much of it as the cap lets through */
function fitting(delta: Delta, meter: TokenMeter, cap: number): Delta {
  const before = meter.state();
  for (const name of TEXTS) meter.add(delta[name] ?? '', cap);
  if (isString(delta.reasoning) && !isString(delta.reasoning_content)) meter.add(delta.reasoning, cap);
  for (const call of delta.tool_calls ?? []) meter.add(call.function?.arguments ?? '', cap);
  return meter.tokens > cap ? cutAt(delta, new TokenMeter(before), cap) : delta;
}

function cutAt(delta: Delta, meter: TokenMeter, cap: number): Delta {
  const within = (text: string) => text.slice(0, meter.add(text, cap));
  const cut: Record<string, unknown> = { ...delta };
  for (const name of TEXTS) if (isString(delta[name])) cut[name] = within(delta[name]);
  // The same thinking under its other name.
  if (isString(delta.reasoning))
    cut.reasoning = isString(cut.reasoning_content)
      ? delta.reasoning.slice(0, cut.reasoning_content.length)
      : within(delta.reasoning);
  if (delta.tool_calls) cut.tool_calls = callsWithin(delta.tool_calls, within);
  return cut as Delta;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** UTF-8 has no more for one of JavaScript's characters. */
const MOST_BYTES = 3;

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

const TEXTS = ['reasoning_content', 'content', 'refusal'] as const;

type Calls = NonNullable<Delta['tool_calls']>;

function callsWithin(calls: Calls, within: (text: string) => string): Calls {
  return calls.map((call) => {
    const text = call.function?.arguments;
    return text ? { ...call, function: { ...call.function, arguments: within(text) } } : call;
  });
}
