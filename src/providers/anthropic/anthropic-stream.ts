/** Anthropic's events as OpenAI's chunks (event types: @anthropic-ai/sdk 1.12, `RawMessageStreamEvent`). */
import { keepNative } from '../../core/native-event.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta, FinishReason } from '../../core/openai-types.ts';
import type { ServerSentEvent } from '../../core/sse.ts';
import type { StopFields } from '../../core/stop-sequence.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { EventChunkStream } from '../event-chunk-stream.ts';
import { parseObject, saysNothing } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import type { ResponseBody } from '../response-body.ts';
import { errorFailure } from './anthropic-error.ts';
import {
  asThought,
  checked,
  cutAt,
  fromAnthropicStopReason,
  isThought,
  type ReadingOptions,
} from './anthropic-reply.ts';
import { type AnthropicUsage, fromAnthropicUsage, laterAnthropicUsage } from './anthropic-usage.ts';
import { eventPieces, toNativeEvent } from './native-events.ts';
import { StreamedAnswer } from './streamed-answer.ts';
import { toThoughts } from './thoughts.ts';
import { type AnthropicContentBlock, UnsignedThinking } from './unsigned-thinking.ts';

/**
 * Characters of thought in one reply, with its signatures: some three times those of the 128,000 tokens that a model may write. A
 * block is told whole at its end, so that there must not be more than is written in one turn of the event loop.
 */
const MAX_THOUGHT = 2_000_000;

interface StreamEvent {
  type: string;
  index?: number;
  message?: { id: string; model?: string; usage?: AnthropicUsage };
  content_block?: AnthropicContentBlock;
  delta?: {
    type?: string;
    text?: string;
    thinking?: string;
    signature?: string;
    partial_json?: string;
    stop_reason?: string | null;
    stop_sequence?: string | null;
  };
  usage?: AnthropicUsage;
  error?: { type?: string };
}

/** Ends at `message_stop` or at the end of the bytes. @throws {UpstreamFailure} after what was whole before the fault */
export function readAnthropicEvents(
  body: ResponseBody,
  target: Target,
  options: ReadingOptions = {},
): EventChunkStream {
  const translator = new Translator(target, options);
  return new EventChunkStream(body, target, (event, found) => translator.translate(event, found));
}

/** Remembers what later events refer to: who speaks, which block is which tool call, what was used so far. */
class Translator {
  readonly #target: Target;
  /** Where JSON was asked for, and a tool takes it. */
  readonly #answer: StreamedAnswer | undefined;
  readonly #isNative: boolean;
  readonly #unsigned: UnsignedThinking | undefined;
  /** By content block: thinking as it grows, to be told whole with its signature. */
  readonly #thoughts = new Map<number, AnthropicContentBlock>();
  #thoughtLength = 0;
  #thoughtCount = 0;
  #head: Pick<ChatCompletionChunk, 'id' | 'created' | 'model' | 'object'>;
  #usage: AnthropicUsage = {};
  /** By content block: the tool call's place among the calls, its input, and whether any piece of it came. */
  readonly #calls = new Map<number, { index: number; input: unknown; hasArguments: boolean }>();

  constructor(target: Target, { answer, isNative = false, isUnsigned = false }: ReadingOptions) {
    this.#target = target;
    this.#answer = answer && new StreamedAnswer(answer, target.provider);
    this.#isNative = isNative;
    this.#unsigned = isUnsigned ? new UnsignedThinking() : undefined;
    const created = Math.floor(Date.now() / 1000);
    this.#head = { id: '', object: 'chat.completion.chunk', created, model: target.model };
  }

  translate({ data }: ServerSentEvent, found: object[]): boolean {
    if (data === '') return false;
    const event = parseObject(data, {}, this.#target.provider) as unknown as StreamEvent;
    if (event.type === 'error') throw errorFailure(event, this.#target.provider);
    if (this.#unsigned?.leavesOut(event)) return false;
    if (!this.#isNative) found.push(...this.#chunksOf(event));
    else for (const piece of eventPieces(event, data)) found.push(...this.#nativeChunksOf(...piece));
    return event.type === 'message_stop';
  }

  /** The event goes with the first chunk that was made of it, or with one that says nothing itself. */
  #nativeChunksOf(event: StreamEvent, data: string): ChatCompletionChunk[] {
    const chunks = this.#chunksOf(event);
    const native = toNativeEvent(event, data, this.#usage);
    if (!native) return chunks;
    const [first] = chunks;
    if (first) keepNative(first, native);
    else chunks.push(keepNative<ChatCompletionChunk>({ ...this.#head, choices: [] }, native));
    return chunks;
  }

  #chunksOf(event: StreamEvent): ChatCompletionChunk[] {
    switch (event.type) {
      case 'message_start':
        if (!event.message) throw malformed(`${this.#target.provider} sent a start without a message.`);
        this.#head = {
          ...this.#head,
          id: typeof event.message?.id === 'string' ? event.message.id : '',
          model: typeof event.message?.model === 'string' ? event.message.model : this.#target.model,
        };
        this.#usage = laterAnthropicUsage(this.#usage, event.message?.usage);
        return [this.#chunk({ role: 'assistant', content: '' })];
      case 'content_block_start':
        return this.#startBlock(event.index ?? -1, this.#checked(event.content_block));
      case 'content_block_delta':
        return this.#deltaOf(event);
      case 'content_block_stop':
        return this.#stopBlock(event.index ?? -1);
      case 'message_delta':
        this.#usage = laterAnthropicUsage(this.#usage, event.usage);
        return [this.#chunk({}, this.#finish(event.delta?.stop_reason), cutAt(event.delta ?? {}))];
      case 'message_stop':
        return this.#usageChunk();
      default:
        return [];
    }
  }

  #checked(block: AnthropicContentBlock | undefined): AnthropicContentBlock {
    if (typeof block !== 'object' || block === null)
      throw malformed(`${this.#target.provider} sent an empty block.`);
    return checked(block, this.#target.provider);
  }

  #startBlock(index: number, block: AnthropicContentBlock): ChatCompletionChunk[] {
    const { type, id, name, text, input } = block;
    if (type === 'text') return text ? [this.#text(text)] : [];
    if (isThought(block)) {
      for (const text of [block.thinking, block.signature, block.data]) this.#thinkOn(text?.length ?? 0);
      this.#thoughts.set(index, { ...block });
      return block.thinking ? [this.#chunk({ reasoning_content: block.thinking })] : [];
    }
    if (type !== 'tool_use') return [];
    if (this.#answer?.isTakenBy(name)) {
      this.#answer.begin(index, input);
      return [];
    }
    const place = this.#calls.size;
    this.#calls.set(index, { index: place, input, hasArguments: false });
    return [this.#call(place, { id: id!, type: 'function', function: { name: name!, arguments: '' } })];
  }

  #deltaOf({ index = -1, delta }: StreamEvent): ChatCompletionChunk[] {
    switch (delta?.type) {
      case 'text_delta':
        return [this.#text(textIn(delta.text))];
      case 'thinking_delta': {
        const text = textIn(delta.thinking);
        const thought = this.#thoughts.get(index);
        this.#thinkOn(text.length);
        if (thought) thought.thinking = (thought.thinking ?? '') + text;
        return [this.#chunk({ reasoning_content: text })];
      }
      case 'signature_delta': {
        const text = textIn(delta.signature);
        const thought = this.#thoughts.get(index);
        this.#thinkOn(text.length);
        if (thought) thought.signature = (thought.signature ?? '') + text;
        return [];
      }
      case 'input_json_delta':
        return this.#inputDelta(index, textIn(delta.partial_json));
      default:
        return [];
    }
  }

  #thinkOn(characters: number): void {
    this.#thoughtLength += characters;
    if (this.#thoughtLength > MAX_THOUGHT) throw malformed(`${this.#target.provider} thinks without end.`);
  }

  #text(content: string): ChatCompletionChunk {
    this.#answer?.addWords(content);
    return this.#chunk({ content });
  }

  #inputDelta(index: number, text: string): ChatCompletionChunk[] {
    if (!text) return [];
    if (this.#answer?.isAt(index)) return this.#content(this.#answer.add(text));
    const call = this.#calls.get(index);
    if (!call) return [];
    call.hasArguments = true;
    return [this.#call(call.index, { function: { arguments: text } })];
  }

  /** A tool without input sends no piece of it, and compatible servers may send it whole at the start; callers parse JSON. */
  #stopBlock(index: number): ChatCompletionChunk[] {
    const thought = this.#thoughts.get(index);
    if (thought) {
      this.#thoughts.delete(index);
      const delta = toThoughts([asThought(thought)], this.#thoughtCount);
      this.#thoughtCount += 1;
      return [this.#chunk(delta as Delta)];
    }
    if (this.#answer?.isAt(index)) return this.#content(this.#answer.end());
    const call = this.#calls.get(index);
    if (!call || call.hasArguments) return [];
    return [this.#call(call.index, { function: { arguments: JSON.stringify(call.input ?? {}) } })];
  }

  #content(text: string | undefined): ChatCompletionChunk[] {
    return text === undefined ? [] : [this.#chunk({ content: text })];
  }

  #finish(stopReason: string | null | undefined): FinishReason | null {
    const finish = fromAnthropicStopReason(stopReason);
    return this.#answer && this.#calls.size === 0 ? this.#answer.finish(finish) : finish;
  }

  #call(index: number, call: object): ChatCompletionChunk {
    return this.#chunk({ tool_calls: [{ index, ...call }] });
  }

  #usageChunk(): ChatCompletionChunk[] {
    const usage = fromAnthropicUsage(this.#usage);
    return saysNothing(usage) ? [] : [{ ...this.#head, choices: [], usage }];
  }

  #chunk(delta: Delta, finish: ChunkChoice['finish_reason'] = null, cut?: StopFields): ChatCompletionChunk {
    return { ...this.#head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish, ...cut }] };
  }
}

/** @throws {UpstreamFailure} malformed, when a delta has no text */
function textIn(value: unknown): string {
  if (typeof value !== 'string') throw malformed('A delta has no text.');
  return value;
}
