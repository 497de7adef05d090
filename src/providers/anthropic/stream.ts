/** Anthropic's events as OpenAI's chunks (event types: @anthropic-ai/sdk 1.12, `RawMessageStreamEvent`). */
import type { Readable } from 'node:stream';
import type { ChatCompletionChunk, Delta } from '../../core/openai-types.ts';
import { SseParser } from '../../core/sse.ts';
import { eventFailure, parseObject, saysNothing } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import { networkFailure } from '../transport.ts';
import { UpstreamFailure } from '../upstream-failure.ts';
import { type AnthropicUsage, type ContentBlock, finishReason, toUsage } from './reply.ts';

/** An error event's type stands for the status the same error has as a reply (Anthropic's API reference, "Errors"). */
const STATUS_OF: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

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
export async function* readEvents(
  body: Readable,
  target: Target,
): AsyncGenerator<readonly ChatCompletionChunk[]> {
  const parser = new SseParser();
  const translator = new Translator(target);
  try {
    for await (const bytes of body) {
      const { batch, failure, done } = translator.translate(parser.feed(bytes as Buffer));
      if (batch.length > 0) yield batch;
      if (failure) throw failure;
      if (done) return;
    }
    const { batch, failure } = translator.translate(parser.end());
    if (batch.length > 0) yield batch;
    if (failure) throw failure;
  } catch (error) {
    throw networkFailure(error, target.provider);
  } finally {
    body.destroy();
  }
}

/** Remembers what later events refer to: who speaks, which block is which tool call, what was used so far. */
class Translator {
  readonly #target: Target;
  #head: Pick<ChatCompletionChunk, 'id' | 'created' | 'model' | 'object'>;
  #usage: AnthropicUsage = {};
  /** By content block: the tool call's place among the calls, and whether any argument came. */
  readonly #calls = new Map<number, { index: number; hasArguments: boolean }>();

  constructor(target: Target) {
    this.#target = target;
    const created = Math.floor(Date.now() / 1000);
    this.#head = { id: '', object: 'chat.completion.chunk', created, model: target.model };
  }

  translate(events: readonly { data: string }[]): {
    batch: ChatCompletionChunk[];
    failure?: unknown;
    done?: boolean;
  } {
    const batch: ChatCompletionChunk[] = [];
    for (const { data } of events) {
      try {
        const event = parseObject(data, {}, this.#target.provider) as unknown as StreamEvent;
        if (event.type === 'error') throw this.#errorOf(event);
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
        // Later counts replace earlier ones; they are running totals.
        this.#usage = { ...this.#usage, ...event.usage };
        return [this.#chunk({}, finishReason(event.delta?.stop_reason))];
      case 'message_stop':
        return this.#usageChunk();
      default:
        return [];
    }
  }

  #startBlock(block: number, { type, id, name, text }: ContentBlock): ChatCompletionChunk[] {
    if (type === 'text' && text) return [this.#chunk({ content: text })];
    if (type !== 'tool_use') return [];
    const index = this.#calls.size;
    this.#calls.set(block, { index, hasArguments: false });
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

  /** A tool without input sends no argument at all; callers parse JSON. */
  #stopBlock(block: number): ChatCompletionChunk[] {
    const call = this.#calls.get(block);
    if (!call || call.hasArguments) return [];
    return [this.#chunk({ tool_calls: [{ index: call.index, function: { arguments: '{}' } }] })];
  }

  #usageChunk(): ChatCompletionChunk[] {
    const usage = toUsage(this.#usage);
    return saysNothing(usage) ? [] : [{ ...this.#head, choices: [], usage }];
  }

  #chunk(delta: Delta, finish: ChatCompletionChunk.Choice['finish_reason'] = null): ChatCompletionChunk {
    return { ...this.#head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] };
  }

  #errorOf(event: StreamEvent): UpstreamFailure {
    const { facts } = eventFailure(event, this.#target.provider);
    return new UpstreamFailure({ ...facts, status: STATUS_OF[event.error?.type ?? ''] ?? facts.status });
  }
}
