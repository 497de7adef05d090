/** Events of OpenAI's Responses API as chunks of a chat (event types: openai 7.57, `ResponseStreamEvent`). */
import { MAX_DELTA } from '../../core/delta-pieces.ts';
import type { Fields } from '../../core/json-object.ts';
import { keepNative } from '../../core/native-event.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta, ToolCall } from '../../core/openai-types.ts';
import type { ServerSentEvent } from '../../core/sse.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { EventChunkStream } from '../event-chunk-stream.ts';
import { parseObject } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import type { ResponseBody } from '../response-body.ts';
import { type ResponseEvent, toNativeResponseEvent } from './native-response.ts';
import { reasoningText, toReasoningDetails } from './reasoning-items.ts';
import type { ResponseFields } from './response-fields.ts';
import {
  callOf,
  finishOf,
  fromResponseUsage,
  messageTexts,
  outputOf,
  responseFailure,
} from './response-fields.ts';
import type { ReadingAs } from './responses-body.ts';

/** No answer has as many. */
const MAX_ITEMS = 10_000;

/** An item that has come so far. */
interface OpenItem {
  /** The place of its call among the calls of the answer. */
  call: number | undefined;
  isCustom: boolean;
  /** Some of its text has come, so that its end says nothing new. */
  hasText: boolean;
  isDone: boolean;
}

/**
 * Ends at `response.completed` or `response.incomplete`; without either the answer has no finish reason, and is cut.
 * @throws {UpstreamFailure} after what was whole before the fault
 */
export function readResponseEvents(body: ResponseBody, target: Target, reading: ReadingAs): EventChunkStream {
  const translator = new Translator(target, reading);
  return new EventChunkStream(body, target, (event, found) => translator.translate(event, found));
}

class Translator {
  readonly #target: Target;
  readonly #reading: ReadingAs;
  #head: Pick<ChatCompletionChunk, 'id' | 'created' | 'model' | 'object'>;
  /** By their places in the output. */
  readonly #items = new Map<unknown, OpenItem>();
  #calls = 0;
  #details = 0;
  #hasThought = false;

  constructor(target: Target, reading: ReadingAs) {
    this.#target = target;
    this.#reading = reading;
    const created = Math.floor(Date.now() / 1000);
    this.#head = { id: '', object: 'chat.completion.chunk', created, model: target.model };
  }

  translate({ event: name, data }: ServerSentEvent, found: object[]): boolean {
    if (data === '' || data === '[DONE]') return false;
    const { provider } = this.#target;
    const parsed = parseObject(data, {}, provider);
    const event = { ...parsed, type: parsed.type ?? name ?? '' } as ResponseEvent;
    if (event.type === 'error') throw responseFailure(event.error ?? parsed, provider);
    if (event.type === 'response.failed') throw responseFailure(event.response?.error, provider);
    const chunks = this.#chunksOf(event);
    if (this.#reading.isNative) this.#keepNative(event, data, chunks);
    found.push(...chunks);
    return event.type === 'response.completed' || event.type === 'response.incomplete';
  }

  /** The event goes with the chunk that ends the answer, with the first that was made of it, or with one that says nothing itself. */
  #keepNative(event: ResponseEvent, data: string, chunks: ChatCompletionChunk[]): void {
    // What is cut into pieces (`delta-pieces.ts`) is told in words of ours.
    const isLong = typeof event.delta === 'string' && event.delta.length > MAX_DELTA;
    const native = isLong ? undefined : toNativeResponseEvent(event, data, this.#reading);
    if (!native) return;
    const bearer = chunks.find(({ choices }) => choices[0]?.finish_reason) ?? chunks[0];
    if (bearer) keepNative(bearer, native);
    else chunks.push(keepNative<ChatCompletionChunk>({ ...this.#head, choices: [] }, native));
  }

  #chunksOf(event: ResponseEvent): ChatCompletionChunk[] {
    const { type, output_index: index } = event;
    switch (type) {
      case 'response.created':
        this.#begin(event.response ?? {});
        return [this.#chunk({ role: 'assistant', content: '' })];
      case 'response.output_item.added':
        return this.#startItem(index, this.#itemOf(event));
      case 'response.output_item.done':
        return this.#endItem(index, this.#itemOf(event));
      case 'response.output_text.delta':
        return [this.#chunk({ content: this.#textIn(event) })];
      case 'response.refusal.delta':
        return [this.#chunk({ refusal: this.#textIn(event) })];
      case 'response.reasoning_summary_part.added':
        return this.#hasThought ? [this.#thought('\n\n')] : [];
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return [this.#thought(this.#textIn(event))];
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return [this.#callDelta(index, this.#textIn(event))];
      case 'response.completed':
      case 'response.incomplete':
        return this.#end({ status: type.slice('response.'.length), ...event.response });
      default:
        return [];
    }
  }

  #begin({ id, model, created_at: created }: ResponseFields): void {
    this.#head = {
      ...this.#head,
      ...(typeof id === 'string' && { id }),
      ...(typeof model === 'string' && { model }),
      ...(Number.isInteger(created) && { created: created as number }),
    };
  }

  #itemOf({ item }: ResponseEvent): Fields {
    if (typeof item !== 'object' || item === null)
      throw malformed(`${this.#target.provider} sent an event without its item.`);
    return item;
  }

  #open(index: unknown): OpenItem {
    let open = this.#items.get(index);
    if (!open) {
      if (this.#items.size >= MAX_ITEMS) throw malformed(`${this.#target.provider} answers without end.`);
      open = { call: undefined, isCustom: false, hasText: false, isDone: false };
      this.#items.set(index, open);
    }
    return open;
  }

  #startItem(index: unknown, item: Fields): ChatCompletionChunk[] {
    const open = this.#open(index);
    const call = callOf(item, this.#target.provider);
    return call ? [this.#beginCall(open, call)] : [];
  }

  /** A call opens with its name and what there is of its arguments, which is nothing where they come piece by piece. */
  #beginCall(open: OpenItem, call: ToolCall): ChatCompletionChunk {
    open.call = this.#calls;
    open.isCustom = call.type === 'custom';
    open.hasText = textOfCall(call) !== '';
    this.#calls += 1;
    return this.#callChunk({ index: open.call, ...call });
  }

  #callDelta(index: unknown, text: string): ChatCompletionChunk {
    const open = this.#items.get(index);
    if (open?.call === undefined)
      throw malformed(`${this.#target.provider} sent a part of a call that it has not begun.`);
    return this.#callPiece(open, text);
  }

  #callPiece({ call, isCustom }: OpenItem, text: string): ChatCompletionChunk {
    return this.#callChunk({
      index: call,
      ...(isCustom ? { custom: { input: text } } : { function: { arguments: text } }),
    });
  }

  /** What has not come piece by piece is in the item itself. */
  #endItem(index: unknown, item: Fields): ChatCompletionChunk[] {
    const open = this.#open(index);
    if (open.isDone) return [];
    open.isDone = true;
    const call = callOf(item, this.#target.provider);
    if (call) return this.#endCall(open, call);
    if (item.type === 'reasoning') return this.#endReasoning(open, item);
    if (item.type !== 'message' || open.hasText) return [];
    const { text, refusal } = messageTexts(item);
    return text || refusal
      ? [this.#chunk({ ...(text && { content: text }), ...(refusal && { refusal }) })]
      : [];
  }

  #endCall(open: OpenItem, call: ToolCall): ChatCompletionChunk[] {
    if (open.call === undefined) return [this.#beginCall(open, call)];
    const text = textOfCall(call);
    return open.hasText || text === '' ? [] : [this.#callPiece(open, text)];
  }

  #endReasoning(open: OpenItem, item: Fields): ChatCompletionChunk[] {
    const details = toReasoningDetails(item, this.#details);
    this.#details += details.length;
    const text = open.hasText ? '' : reasoningText(item);
    if (text === '' && details.length === 0) return [];
    const delta = {
      ...(text && { reasoning_content: text }),
      ...(details.length > 0 && { reasoning_details: details }),
    };
    return [this.#chunk(delta as Delta)];
  }

  #end(response: ResponseFields): ChatCompletionChunk[] {
    if (this.#head.id === '') this.#begin(response);
    // Items that were told without their places are not told again.
    const isTold = response.output == null || this.#items.has(undefined);
    const output = isTold ? [] : outputOf(response, this.#target.provider);
    const rest = output.flatMap((item, index) => this.#endItem(index, item));
    const finish = finishOf(response, this.#calls > 0);
    const usage = fromResponseUsage(response.usage);
    const last = this.#chunk({}, finish ?? null);
    return [...rest, last, ...(usage ? [{ ...this.#head, choices: [], usage }] : [])];
  }

  /** @throws {UpstreamFailure} malformed, when a delta has no text */
  #textIn({ delta, output_index: index }: ResponseEvent): string {
    if (typeof delta !== 'string') throw malformed(`${this.#target.provider} sent a delta without a text.`);
    if (delta !== '') this.#open(index).hasText = true;
    return delta;
  }

  #thought(text: string): ChatCompletionChunk {
    this.#hasThought = true;
    return this.#chunk({ reasoning_content: text });
  }

  #callChunk(call: object): ChatCompletionChunk {
    return this.#chunk({ tool_calls: [call] } as Delta);
  }

  #chunk(delta: Delta, finish: ChunkChoice['finish_reason'] = null): ChatCompletionChunk {
    return { ...this.#head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] };
  }
}

function textOfCall(call: ToolCall): string {
  return call.type === 'function' ? call.function.arguments : call.custom.input;
}
