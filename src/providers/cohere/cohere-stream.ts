/** Cohere's events as OpenAI's chunks (https://docs.cohere.com/reference/chat-stream). */
import type { ChatCompletionChunk, ChunkChoice, Delta } from '../../core/openai-types.ts';
import type { ServerSentEvent } from '../../core/sse.ts';
import { stopFieldsOf } from '../../core/stop-sequence.ts';
import { EventChunkStream } from '../event-chunk-stream.ts';
import { eventFailure, parseObject } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import type { ResponseBody } from '../response-body.ts';
import { type LogprobItem, toLogprobs } from './cohere-logprobs.ts';
import { type CohereContentBlock, type CohereToolCall, fromCohereFinishReason } from './cohere-reply.ts';
import { type CohereUsage, fromCohereUsage } from './cohere-usage.ts';

interface StreamEvent {
  type?: string;
  id?: string;
  /** Of the content block or the tool call. */
  index?: number;
  delta?: {
    message?: { content?: CohereContentBlock; tool_plan?: string; tool_calls?: CohereToolCall };
    finish_reason?: string | null;
    error?: string;
    usage?: CohereUsage;
  };
  logprobs?: LogprobItem;
}

/** Ends at `message-end` or at the end of the bytes. @throws {UpstreamFailure} after what was whole before the fault */
export function readCohereEvents(body: ResponseBody, target: Target): EventChunkStream {
  const translator = new Translator(target);
  return new EventChunkStream(body, target, (event, found) => translator.translate(event, found));
}

/** Remembers what later events refer to: whose answer it is, and which tool calls there are. */
class Translator {
  readonly #target: Target;
  readonly #head: Pick<ChatCompletionChunk, 'id' | 'created' | 'model' | 'object'>;
  /** By Cohere's index: the tool call's place among the calls, and whether any piece of its arguments came. */
  readonly #calls = new Map<number, { index: number; hasArguments: boolean }>();

  constructor(target: Target) {
    this.#target = target;
    const created = Math.floor(Date.now() / 1000);
    this.#head = { id: '', object: 'chat.completion.chunk', created, model: target.model };
  }

  translate({ data }: ServerSentEvent, found: object[]): boolean {
    if (data === '') return false;
    if (data === '[DONE]') return true;
    const event = this.#parse(data);
    found.push(...this.#chunksOf(event));
    return event.type === 'message-end';
  }

  #parse(data: string): StreamEvent {
    const parsed = parseObject(data, {}, this.#target.provider);
    // Errors have no place among the events: they come as they would come as a reply, `{"message": …}`.
    const isError = parsed.type === 'error' || parsed.error || typeof parsed.message === 'string';
    if (isError) throw eventFailure(parsed, this.#target.provider);
    return parsed as StreamEvent;
  }

  /** Citations and the ends of content blocks have no place in OpenAI's chunks. */
  #chunksOf(event: StreamEvent): ChatCompletionChunk[] {
    switch (event.type) {
      case 'message-start':
        this.#head.id = event.id ?? '';
        return [this.#chunk({ role: 'assistant', content: '' })];
      case 'content-start':
      case 'content-delta':
        return this.#content(event.delta!.message!.content!, event.logprobs);
      case 'tool-plan-delta':
        return [this.#chunk({ reasoning_content: event.delta!.message!.tool_plan! })];
      case 'tool-call-start':
        return [this.#startCall(event.index!, event.delta!.message!.tool_calls!)];
      case 'tool-call-delta':
        return this.#continueCall(event.index!, event.delta!.message!.tool_calls!);
      case 'tool-call-end':
        return this.#endCall(event.index!);
      case 'message-end':
        return this.#end(event.delta!);
      default:
        return [];
    }
  }

  #content({ text, thinking }: CohereContentBlock, logprobs: LogprobItem | undefined): ChatCompletionChunk[] {
    if (thinking) return [this.#chunk({ reasoning_content: thinking })];
    if (!text) return [];
    return [this.#chunk({ content: text }, logprobs && { logprobs: toLogprobs([logprobs]) })];
  }

  #startCall(cohereIndex: number, call: CohereToolCall): ChatCompletionChunk {
    const index = this.#calls.size;
    const text = call.function!.arguments ?? '';
    this.#calls.set(cohereIndex, { index, hasArguments: text !== '' });
    const started = { name: call.function!.name!, arguments: text };
    return this.#chunk({ tool_calls: [{ index, id: call.id!, type: 'function', function: started }] });
  }

  #continueCall(cohereIndex: number, call: CohereToolCall): ChatCompletionChunk[] {
    const known = this.#calls.get(cohereIndex)!;
    const text = call.function!.arguments;
    if (!text) return [];
    known.hasArguments = true;
    return [this.#chunk({ tool_calls: [{ index: known.index, function: { arguments: text } }] })];
  }

  /** A tool without arguments sends no piece of them; callers parse JSON. */
  #endCall(cohereIndex: number): ChatCompletionChunk[] {
    const { index, hasArguments } = this.#calls.get(cohereIndex)!;
    if (hasArguments) return [];
    return [this.#chunk({ tool_calls: [{ index, function: { arguments: '{}' } }] })];
  }

  #end({ finish_reason: reason, error, usage }: NonNullable<StreamEvent['delta']>): ChatCompletionChunk[] {
    const ended = { finish_reason: fromCohereFinishReason(reason, error, this.#target) };
    const finish = this.#chunk({}, { ...ended, ...stopFieldsOf(reason) });
    const counts = fromCohereUsage(usage);
    return counts ? [finish, { ...this.#head, choices: [], usage: counts }] : [finish];
  }

  #chunk(delta: Delta, rest: Partial<ChunkChoice> = {}): ChatCompletionChunk {
    return { ...this.#head, choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...rest }] };
  }
}
