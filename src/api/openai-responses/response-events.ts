import { asText } from '../../core/as-text.ts';
import { callText } from '../../core/call-text.ts';
import { type ReasoningDetail, reasoningDetailsOf } from '../../core/encrypted-reasoning.ts';
import { NATIVE } from '../../core/native-event.ts';
import type { ChatCompletionChunk, Delta, FinishReason, Usage } from '../../core/openai-types.ts';
import type { Failure } from '../../failures/failure.ts';
import { CallsInOrder } from '../calls-in-order.ts';
import { NativeResponse } from './native-response-events.ts';
import {
  beginningOf,
  type CallPiece,
  endingEvents,
  idOfCall,
  type OpenItem,
  partEvent,
  toOpenCall,
  wholeItem,
} from './open-item.ts';
import {
  idPart,
  type ResponseContext,
  type ResponseHead,
  responseObject,
  responseStatus,
  type Status,
  toResponseUsage,
} from './response-object.ts';
import { streamErrorCode, whenAgain } from './stream-error.ts';

/**
 * A stream as events of the Responses API, each item from `output_item.added` to `output_item.done`, in the order the
 * strictest clients want (recorded from OpenAI's SDK and Codex 0.169, which reads `output_item.done` and
 * `response.completed` alone). Events of a provider that speaks this wire go on as they came.
 */
export class ResponseEvents {
  readonly #context: ResponseContext;
  #head: ResponseHead | undefined;
  #sequence = 0;
  #open: OpenItem | undefined;
  /** Items that have begun, and those of them that are whole, by their places. */
  #begun = 0;
  readonly #output: object[] = [];
  #calls = new CallsInOrder();
  #finish: FinishReason | null = null;
  #usage: Usage | undefined;
  /** What the provider said on this very wire. */
  readonly #native = new NativeResponse({
    begin: (item, chunk) => this.#beginAsItCame(item, chunk),
    end: (open, item) => this.#endItem(open, item),
    hasEnded: ({ index }) => this.#output[index] !== undefined,
    nextSequence: () => this.#sequence++,
  });

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  /** @returns the events that these chunks are, or an empty text */
  write(chunks: readonly ChatCompletionChunk[]): string {
    let text = '';
    for (const chunk of chunks) {
      if (chunk.usage) this.#usage = chunk.usage;
      const asItCame = this.#asItCame(chunk);
      if (asItCame !== undefined) {
        text += asItCame;
        continue;
      }
      text += this.#start(chunk);
      for (const { index, delta, finish_reason: reason } of chunk.choices) {
        if (index !== 0) continue;
        for (const told of this.#calls.take(delta as Delta)) text += this.#delta(told);
        if (reason) this.#finish = reason;
      }
    }
    return text;
  }

  /** The good end, in events, most of which say the whole text again. @param usage of the whole answer, where no chunk had it */
  *end(usage?: Usage): Generator<string> {
    for (const told of this.#calls.rest()) yield this.#delta(told);
    yield* this.#close();
    const counted = toResponseUsage(this.#usage ?? usage);
    const asItCame = this.#native.end(this.output, counted);
    if (asItCame !== undefined) {
      yield asItCame;
      return;
    }
    const status = responseStatus(this.#finish);
    yield this.#event(`response.${status}`, { response: this.#response(status, counted) });
  }

  /** The answer broke off. */
  fail(failure: Failure, requestId: string): string {
    const code = streamErrorCode(failure);
    const error = { code, message: failure.message + whenAgain(code, failure) };
    // Clients read the code of a response alone, so one begins where nothing had come yet.
    const created = Math.floor(Date.now() / 1_000);
    const begun = this.#start({ id: requestId, model: asText(this.#context.body.model ?? ''), created });
    return begun + this.#event('response.failed', { response: this.#response('failed', null, error) });
  }

  /** The items that are whole. */
  get output(): readonly object[] {
    return this.#output.filter(Boolean);
  }

  /** @returns the provider's own event, where there is one and the response began so */
  #asItCame(chunk: ChatCompletionChunk): string | undefined {
    const native = chunk[NATIVE];
    if (!native || (this.#head && !this.#native.hasStarted)) return undefined;
    this.#native.hasStarted = true;
    this.#head ??= headOf(chunk);
    const reason = chunk.choices[0]?.finish_reason;
    if (reason) this.#finish = reason;
    return this.#native.write(native, chunk);
  }

  #beginAsItCame(item: Readonly<Record<string, unknown>>, chunk: ChatCompletionChunk): OpenItem {
    const [piece] = chunk.choices[0]?.delta.tool_calls ?? [];
    const kind = piece ? 'call' : item.type === 'message' || item.type === 'reasoning' ? item.type : 'other';
    // OpenAI's own items follow each other.
    this.#calls = new CallsInOrder();
    this.#open = this.#newItem(kind, asText(item.id ?? ''), piece && toOpenCall(piece), item);
    return this.#open;
  }

  #endItem(open: OpenItem, item: object): void {
    this.#output[open.index] = item;
    if (this.#open === open) this.#open = undefined;
  }

  #newItem(
    kind: OpenItem['kind'],
    id: string,
    call?: OpenItem['call'],
    native?: OpenItem['native'],
  ): OpenItem {
    const index = this.#begun;
    this.#begun += 1;
    return { kind, id, index, call, native, texts: [], details: [], hasPart: false, hasOwnWords: false };
  }

  #start(chunk: Pick<ChatCompletionChunk, 'id' | 'model' | 'created'>): string {
    if (this.#head) return '';
    this.#head = headOf(chunk);
    const response = this.#response('in_progress');
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  #response(status: Status, usage: object | null = null, error?: { code: string; message: string }): object {
    return responseObject(this.#head!, this.#context, {
      status,
      reason: this.#finish,
      output: this.output,
      usage,
      ...(error && { error }),
    });
  }

  #delta(delta: Delta): string {
    let text = '';
    const thinking = delta.reasoning_content ?? delta.reasoning;
    if (thinking) text += this.#text('reasoning', thinking);
    const details = this.#context.wantsEncrypted ? reasoningDetailsOf(delta) : [];
    if (details.length > 0) text += this.#details(details);
    const content = delta.content ?? delta.refusal;
    if (content) text += this.#text('message', content);
    for (const call of delta.tool_calls ?? []) text += this.#call(call);
    return text;
  }

  #text(kind: 'message' | 'reasoning', piece: string): string {
    let text = this.#beginText(kind);
    const open = this.#open!;
    if (!open.hasPart) text += this.#itemEvent(...partEvent(open, 'added', ''));
    open.hasPart = true;
    open.hasOwnWords = true;
    open.texts.push(piece);
    const of = kind === 'message' ? 'output_text' : 'reasoning_summary_text';
    const extra = kind === 'message' ? { content_index: 0, logprobs: [] } : { summary_index: 0 };
    return text + this.#itemEvent(`response.${of}.delta`, { ...extra, delta: piece });
  }

  /** Thoughts that cannot be shown are an item without a text. */
  #details(details: readonly ReasoningDetail[]): string {
    const text = this.#beginText('reasoning');
    this.#open!.details.push(...details);
    return text;
  }

  #beginText(kind: 'message' | 'reasoning'): string {
    if (this.#open?.kind === kind) return '';
    const closed = this.#closed();
    return closed + this.#begin(kind, `${kind === 'message' ? 'msg' : 'rs'}_${this.#nextId()}`);
  }

  #begin(kind: OpenItem['kind'], id: string, call?: OpenItem['call']): string {
    this.#open = this.#newItem(kind, id, call);
    const item = beginningOf(this.#open, this.#context);
    return this.#event('response.output_item.added', { output_index: this.#open.index, item });
  }

  /** The part of an item's id that is unique. */
  #nextId(): string {
    return `${this.#head!.id}_${this.#begun}`;
  }

  #call(piece: CallPiece): string {
    let text = '';
    if (this.#open?.call?.index !== piece.index) {
      text += this.#closed();
      const call = toOpenCall(piece);
      text += this.#begin('call', idOfCall(call, this.#nextId(), this.#context), call);
    }
    const open = this.#open!;
    const said = callText(piece);
    if (!said) return text;
    open.texts.push(said);
    open.hasOwnWords = true;
    if (this.#isFunction(open))
      return text + this.#itemEvent('response.function_call_arguments.delta', { delta: said });
    // Of a function that stands for a freeform tool the text is known when its JSON is whole.
    if (!open.call!.isFreeform || !open.native) return text;
    return text + this.#itemEvent('response.custom_tool_call_input.delta', { delta: said });
  }

  #isFunction({ call }: OpenItem): boolean {
    return (
      call !== undefined && !call.isFreeform && this.#context.tools.originalOf(call.name).kind === 'function'
    );
  }

  #closed(): string {
    return [...this.#close()].join('');
  }

  *#close(): Generator<string> {
    const open = this.#open;
    if (!open) return;
    const whole = open.texts.join('');
    const item = wholeItem(open, whole, this.#context);
    for (const [type, fields] of endingEvents(open, item, whole)) yield this.#itemEvent(type, fields);
    yield this.#event('response.output_item.done', { output_index: open.index, item });
    this.#endItem(open, item);
  }

  /** An event about the item that is open. */
  #itemEvent(type: string, fields: object): string {
    const { id, index } = this.#open!;
    return this.#event(type, { item_id: id, output_index: index, ...fields });
  }

  #event(type: string, fields: object): string {
    const data = JSON.stringify({ type, sequence_number: this.#sequence, ...fields });
    this.#sequence += 1;
    this.#native.isInterrupted = true;
    return `event: ${type}\ndata: ${data}\n\n`;
  }
}

function headOf({ id, model, created }: Pick<ChatCompletionChunk, 'id' | 'model' | 'created'>): ResponseHead {
  return { id: idPart(id), model, createdAt: created };
}
