/**
 * A stream as Anthropic's events, one content block after the other:
 * message_start, (content_block_start, content_block_delta …, content_block_stop) …, message_delta, message_stop.
 */
import { NATIVE } from '../../core/native-event.ts';
import type { ChatCompletionChunk, Delta, FinishReason, Usage } from '../../core/openai-types.ts';
import { stopSequenceOf } from '../../core/stop-sequence.ts';
import { CallsInOrder } from '../calls-in-order.ts';
import {
  envelopeOf,
  type MessageTerms,
  messageId,
  type ThinkingBlock,
  type ThinkingFields,
  toMessageUsage,
  toStop,
} from './message.ts';
import { NativeMessage } from './native-message.ts';

type ChunkDelta = Delta & ThinkingFields;
type OpenBlock =
  | { readonly kind: 'text' | 'thinking' | 'other' }
  | { readonly kind: 'tool_use'; readonly call: number };

/** Turns chunks of one answer into events, as text ready to be sent. */
export class MessageEvents {
  readonly #toolNames: ReadonlyMap<string, string> | undefined;
  readonly #stops: readonly string[];
  #index = -1;
  #open: OpenBlock | undefined;
  #hasStarted = false;
  #finish: FinishReason | null = null;
  #stop: string | undefined;
  #usage: Usage | undefined;
  #calls = new CallsInOrder();
  /** What the provider said on this very wire. */
  readonly #native = new NativeMessage();

  constructor({ toolNames, stops = [] }: MessageTerms = {}) {
    this.#toolNames = toolNames;
    this.#stops = stops;
  }

  /** @returns the events that these chunks are, or an empty text */
  write(chunks: readonly ChatCompletionChunk[]): string {
    let text = '';
    for (const chunk of chunks) {
      if (chunk.usage) this.#usage = chunk.usage;
      const native = this.#asItCame(chunk);
      if (native !== undefined) {
        text += native;
        continue;
      }
      text += this.#start(chunk);
      for (const choice of chunk.choices) {
        const { index, delta, finish_reason: reason } = choice;
        if (index !== 0) continue;
        for (const told of this.#calls.take(delta)) text += this.#delta(told as ChunkDelta);
        if (!reason) continue;
        this.#finish = reason;
        this.#stop = stopSequenceOf(choice, this.#stops);
        this.#native.hasEnd = false;
      }
    }
    return text;
  }

  /** The good end. @param usage of the whole answer, where no chunk had it */
  end(usage?: Usage): string {
    const counts = toMessageUsage(this.#usage ?? usage);
    let text = '';
    for (const told of this.#calls.rest()) text += this.#delta(told as ChunkDelta);
    text += this.#close();
    if (this.#native.hasEnd) return text + this.#native.end(counts);
    const delta = toStop(this.#finish, this.#stop);
    return text + event('message_delta', { delta, usage: counts }) + event('message_stop', {});
  }

  /** @returns the provider's own event, where there is one, it began so, and it says what the chunk says */
  #asItCame(chunk: ChatCompletionChunk): string | undefined {
    const native = chunk[NATIVE];
    if (!native || this.#hasStarted !== this.#native.hasStarted) return undefined;
    const { type } = native;
    if (type === 'message_start') this.#hasStarted = true;
    else if (!this.#native.hasStarted) return undefined;
    const reason = chunk.choices[0]?.finish_reason;
    // Some servers of this wire end a turn with calls as one without.
    if (type === 'message_delta' && reason === 'tool_calls' && native.said !== 'tool_use') return undefined;
    if (type === 'message_delta' || type === 'message_stop') {
      this.#native.keepEnd(native);
      return '';
    }
    // Anthropic's own blocks follow each other.
    if (native.index !== undefined && type !== 'content_block_delta') this.#calls = new CallsInOrder();
    if (type === 'content_block_start') {
      if (native.block === 'tool_use' && native.said !== saidIn(chunk)) return undefined;
      return this.#beginAsItCame(chunk);
    }
    if (type === 'content_block_stop') {
      if (!this.#native.isOpen(native, this.#index)) return '';
      this.#open = undefined;
    } else if (type === 'content_block_delta') {
      const isSaid = chunk.choices.length === 0 || native.said === saidIn(chunk);
      if (!isSaid || !this.#native.isOpen(native, this.#index)) return undefined;
    }
    return this.#native.write(native, this.#index);
  }

  #beginAsItCame(chunk: ChatCompletionChunk): string {
    const native = chunk[NATIVE]!;
    const closed = this.#close();
    this.#index += 1;
    const [call] = chunk.choices[0]?.delta.tool_calls ?? [];
    this.#open = call
      ? { kind: 'tool_use', call: call.index }
      : { kind: KINDS[native.block ?? ''] ?? 'other' };
    return closed + this.#native.begin(native, this.#index);
  }

  #start({ id, model }: ChatCompletionChunk): string {
    if (this.#hasStarted) return '';
    this.#hasStarted = true;
    // What was read is known at the end; until then nothing is claimed.
    const usage = toMessageUsage(undefined);
    return event('message_start', {
      message: {
        id: messageId(id),
        type: 'message',
        role: 'assistant',
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
    });
  }

  #delta(delta: ChunkDelta): string {
    let text = '';
    if (delta.thinking_blocks) for (const block of delta.thinking_blocks) text += this.#thinking(block);
    else {
      const thinking = delta.reasoning_content ?? delta.reasoning;
      if (thinking) text += this.#within('thinking', { type: 'thinking_delta', thinking });
      const signature = envelopeOf(delta);
      if (signature) text += this.#thinking({ type: 'thinking', signature });
    }
    const content = delta.content ?? delta.refusal;
    if (content) text += this.#within('text', { type: 'text_delta', text: content });
    for (const call of delta.tool_calls ?? []) text += this.#toolCall(call);
    return text;
  }

  #thinking(block: ThinkingBlock): string {
    if (block.type === 'redacted_thinking') return this.#begin({ kind: 'thinking' }, block) + this.#close();
    let text = '';
    // A signed block is told whole when it ends; its words may have gone out as they came.
    if (block.thinking && this.#open?.kind !== 'thinking')
      text += this.#within('thinking', { type: 'thinking_delta', thinking: block.thinking });
    if (!block.signature) return text;
    // The signature ends its block: what thinks on after it is another.
    text += this.#within('thinking', { type: 'signature_delta', signature: block.signature });
    return text + this.#close();
  }

  #toolCall({ index, id, function: called }: NonNullable<Delta['tool_calls']>[number]): string {
    let text = '';
    if (this.#open?.kind !== 'tool_use' || this.#open.call !== index) {
      const name = called?.name && (this.#toolNames?.get(called.name) ?? called.name);
      text += this.#begin({ kind: 'tool_use', call: index }, { type: 'tool_use', id, name, input: {} });
    }
    if (called?.arguments)
      text += this.#blockDelta({ type: 'input_json_delta', partial_json: called.arguments });
    return text;
  }

  /** A delta of the block of that kind, which is begun where another is open. */
  #within(kind: 'text' | 'thinking', delta: object): string {
    if (this.#open?.kind === kind) return this.#blockDelta(delta);
    const empty =
      kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' };
    return this.#begin({ kind }, empty) + this.#blockDelta(delta);
  }

  #begin(open: OpenBlock, block: object): string {
    const closed = this.#close();
    this.#index += 1;
    this.#open = open;
    return closed + event('content_block_start', { index: this.#index, content_block: block });
  }

  #blockDelta(delta: object): string {
    return event('content_block_delta', { index: this.#index, delta });
  }

  #close(): string {
    if (!this.#open) return '';
    this.#open = undefined;
    return event('content_block_stop', { index: this.#index });
  }
}

const KINDS: Readonly<Record<string, 'text' | 'thinking'>> = { text: 'text', thinking: 'thinking' };

/** Shows that the server is still there while a model thinks: Claude Code gives up after five minutes without a byte. */
export const MESSAGE_PING = event('ping', {});

/** One server-sent event, whose name its data repeats, as Anthropic's do. */
export function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** What a chunk says, to be compared with what its event said: a call by its id, then by its arguments. */
function saidIn({ choices }: ChatCompletionChunk): string | undefined {
  const delta = choices[0]?.delta as Delta | undefined;
  if (!delta) return undefined;
  const call = delta.tool_calls?.[0];
  return call
    ? (call.id ?? call.function?.arguments)
    : (delta.content ?? delta.reasoning_content ?? undefined);
}
