/** Anthropic's events as OpenAI's chunks (event types: @anthropic-ai/sdk 1.12, `RawMessageStreamEvent`). */
import type { ChatCompletionChunk, Delta } from '../../core/openai-types.ts';
import type { ServerSentEvent } from '../../core/sse.ts';
import { type EventBatch, EventBatches } from '../event-batches.ts';
import { parseObject, saysNothing } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import type { ReplyBody } from '../reply-body.ts';
import { errorFailure } from './error.ts';
import { type AnthropicUsage, type ContentBlock, finishReason, toUsage } from './reply.ts';

interface StreamEvent {
  type: string;
  index?: number;
  message?: { id: string; model?: string; usage?: AnthropicUsage };
  content_block?: ContentBlock;
  delta?: {
    type?: string;
    text?: string;
    thinking?: string;
    partial_json?: string;
    stop_reason?: string | null;
  };
  usage?: AnthropicUsage;
  error?: { type?: string };
}

/** Ends at `message_stop` or at the end of the bytes. @throws {UpstreamFailure} after what was whole before the fault */
export function readEvents(body: ReplyBody, target: Target): EventBatches {
  const translator = new Translator(target);
  return new EventBatches(body, target.provider, (events) => translator.translate(events));
}

/** Remembers what later events refer to: who speaks, which block is which tool call, what was used so far. */
class Translator {
  readonly #target: Target;
  #head: Pick<ChatCompletionChunk, 'id' | 'created' | 'model' | 'object'>;
  #usage: AnthropicUsage = {};
  /** By content block: the tool call's place among the calls, its input, and whether any piece of it came. */
  readonly #calls = new Map<number, { index: number; input: unknown; hasArguments: boolean }>();

  constructor(target: Target) {
    this.#target = target;
    const created = Math.floor(Date.now() / 1000);
    this.#head = { id: '', object: 'chat.completion.chunk', created, model: target.model };
  }

  translate(events: readonly ServerSentEvent[]): EventBatch {
    const batch: ChatCompletionChunk[] = [];
    for (const { data } of events) {
      if (data === '') continue;
      try {
        const event = parseObject(data, {}, this.#target.provider) as unknown as StreamEvent;
        if (event.type === 'error') throw errorFailure(event, this.#target.provider);
        batch.push(...this.#chunksOf(event));
        if (event.type === 'message_stop') return { batch, done: true };
      } catch (failure) {
        return { batch, failure };
      }
    }
    return { batch };
  }

  #chunksOf(event: StreamEvent): ChatCompletionChunk[] {
    switch (event.type) {
      case 'message_start':
        this.#head = {
          ...this.#head,
          id: event.message!.id,
          model: event.message!.model ?? this.#target.model,
        };
        this.#usage = { ...event.message!.usage };
        return [this.#chunk({ role: 'assistant', content: '' })];
      case 'content_block_start':
        return this.#startBlock(event.index!, event.content_block!);
      case 'content_block_delta':
        return this.#deltaOf(event);
      case 'content_block_stop':
        return this.#stopBlock(event.index!);
      case 'message_delta':
        this.#usage = { ...this.#usage, ...known(event.usage) };
        return [this.#chunk({}, finishReason(event.delta?.stop_reason))];
      case 'message_stop':
        return this.#usageChunk();
      default:
        return [];
    }
  }

  #startBlock(block: number, { type, id, name, text, input }: ContentBlock): ChatCompletionChunk[] {
    if (type === 'text' && text) return [this.#chunk({ content: text })];
    if (type !== 'tool_use') return [];
    const index = this.#calls.size;
    this.#calls.set(block, { index, input, hasArguments: false });
    return [
      this.#chunk({
        tool_calls: [{ index, id: id!, type: 'function', function: { name: name!, arguments: '' } }],
      }),
    ];
  }

  #deltaOf({ index, delta }: StreamEvent): ChatCompletionChunk[] {
    if (delta?.type === 'text_delta') return [this.#chunk({ content: delta.text! })];
    if (delta?.type === 'thinking_delta') return [this.#chunk({ reasoning_content: delta.thinking! })];
    const call = this.#calls.get(index!);
    if (delta?.type !== 'input_json_delta' || !call || !delta.partial_json) return [];
    call.hasArguments = true;
    return [
      this.#chunk({ tool_calls: [{ index: call.index, function: { arguments: delta.partial_json } }] }),
    ];
  }

  /** A tool without input sends no piece of it, and compatible servers may send it whole at the start; callers parse JSON. */
  #stopBlock(block: number): ChatCompletionChunk[] {
    const call = this.#calls.get(block);
    if (!call || call.hasArguments) return [];
    const text = JSON.stringify(call.input ?? {});
    return [this.#chunk({ tool_calls: [{ index: call.index, function: { arguments: text } }] })];
  }

  #usageChunk(): ChatCompletionChunk[] {
    const usage = toUsage(this.#usage);
    return saysNothing(usage) ? [] : [{ ...this.#head, choices: [], usage }];
  }

  #chunk(delta: Delta, finish: ChatCompletionChunk.Choice['finish_reason'] = null): ChatCompletionChunk {
    return { ...this.#head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] };
  }
}

/** Later counts replace earlier ones, as they are running totals; `null` is no count. */
function known(usage: AnthropicUsage | undefined): AnthropicUsage {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, count]) => count !== null));
}
