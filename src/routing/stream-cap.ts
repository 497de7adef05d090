import { callText, withCallText } from '../core/call-text.ts';
import type { Batch } from '../core/chunk-stream.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta } from '../core/openai-types.ts';
import { TokenMeter } from './token-meter.ts';

interface OpenChoice {
  readonly meter: TokenMeter;
  isOver: boolean;
}

/** The output cap of a stream: where it must have been reached, the stream is cut, and its choice ends as at any cap. */
export class StreamCap {
  readonly #tokens: number;
  readonly #expected: number;
  readonly #choices = new Map<number, OpenChoice>();
  #hasCut = false;

  /** @param tokens of each choice @param expected choices that were asked for */
  constructor(tokens: number, expected: number) {
    this.#tokens = tokens;
    this.#expected = expected;
  }

  /** The cap has ended the stream: nothing of it is to come. */
  get isReached(): boolean {
    if (!this.#hasCut) return false;
    const choices = [...this.#choices.values()];
    return choices.length >= this.#expected && choices.every(({ isOver }) => isOver);
  }

  /** Nearly every batch goes on as it is: a list of its own is made only where something was cut. */
  cut(batch: Batch): Batch {
    let kept: ChatCompletionChunk[] | undefined;
    for (const [at, chunk] of batch.entries()) {
      const within = this.#chunkWithin(chunk);
      if (within !== chunk) kept ??= batch.slice(0, at);
      if (within) kept?.push(within);
    }
    return kept ?? batch;
  }

  /** @returns the chunk itself where no cap is reached in it; nothing where nothing of it is left */
  #chunkWithin(chunk: ChatCompletionChunk): ChatCompletionChunk | undefined {
    let kept: ChunkChoice[] | undefined;
    for (const [at, choice] of chunk.choices.entries()) {
      const within = this.#choice(choice);
      if (within !== choice) kept ??= chunk.choices.slice(0, at);
      if (within) kept?.push(within);
    }
    if (!kept) return chunk;
    return kept.length > 0 || chunk.usage ? { ...chunk, choices: kept } : undefined;
  }

  /** @returns the choice itself where the cap is not reached, its last part where it is, and nothing after that */
  #choice(choice: ChunkChoice): ChunkChoice | undefined {
    let open = this.#choices.get(choice.index);
    if (!open) {
      open = { meter: new TokenMeter(), isOver: false };
      this.#choices.set(choice.index, open);
    }
    if (open.isOver) return this.#hasCut ? undefined : choice;
    if (choice.finish_reason) open.isOver = true;
    const delta = fitting(choice.delta, open.meter, this.#tokens);
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
  for (const call of delta.tool_calls ?? []) meter.add(callText(call), cap);
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

const TEXTS = ['reasoning_content', 'content', 'refusal'] as const;

type Calls = NonNullable<Delta['tool_calls']>;

function callsWithin(calls: Calls, within: (text: string) => string): Calls {
  return calls.map((call) => {
    const text = callText(call);
    return text ? withCallText(call, within(text)) : call;
  });
}
