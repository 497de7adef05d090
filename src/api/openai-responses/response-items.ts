import { asText } from '../../core/as-text.ts';
import { callText } from '../../core/call-text.ts';
import { type ReasoningDetail, reasoningDetailsOf } from '../../core/encrypted-reasoning.ts';
import type { ChatCompletionChunk, Delta } from '../../core/openai-types.ts';
import { CallsInOrder } from '../calls-in-order.ts';
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
import type { ResponseContext } from './response-object.ts';

/**
 * The items of a response that is streamed, one after the other: which one is open, which are whole, and the events that tell
 * of them, each from `output_item.added` to `output_item.done`.
 */
export class ResponseItems {
  /** Of which ids of items are made; known with the first chunk. */
  responseId = '';
  /** Other events than the provider's own have been told. */
  isInterrupted = false;
  readonly #context: ResponseContext;
  #sequence = 0;
  #open: OpenItem | undefined;
  /** Items that have begun, and those of them that are whole, by their places. */
  #begun = 0;
  readonly #output: object[] = [];
  #calls = new CallsInOrder();

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  /** The items that are whole. */
  get output(): readonly object[] {
    return this.#output.filter(Boolean);
  }

  /** @returns the events that a piece of the answer is, as far as it may be told already */
  write(delta: Delta): string {
    let text = '';
    for (const told of this.#calls.take(delta)) text += this.#delta(told);
    return text;
  }

  /** What still waits, and the end of the item that is open, which says its whole text again. */
  *finish(): Generator<string> {
    for (const told of this.#calls.rest()) yield this.#delta(told);
    yield* this.#close();
  }

  /** An item in its provider's own words. @param chunk with the call that the item is, where it is one */
  begin(item: Readonly<Record<string, unknown>>, chunk: ChatCompletionChunk): OpenItem {
    const [piece] = chunk.choices[0]?.delta.tool_calls ?? [];
    const kind = piece ? 'call' : item.type === 'message' || item.type === 'reasoning' ? item.type : 'other';
    // OpenAI's own items follow each other.
    this.#calls = new CallsInOrder();
    this.#open = this.#newItem(kind, asText(item.id ?? ''), piece && toOpenCall(piece), item);
    return this.#open;
  }

  /** @param item as it is told */
  end(open: OpenItem, item: object): void {
    this.#output[open.index] = item;
    if (this.#open === open) this.#open = undefined;
  }

  /** Its end has been told, in whoever's words. */
  hasEnded({ index }: OpenItem): boolean {
    return this.#output[index] !== undefined;
  }

  /** The number of the next event. */
  nextSequence(): number {
    return this.#sequence++;
  }

  /** An event of ours. */
  event(type: string, fields: object): string {
    const data = JSON.stringify({ type, sequence_number: this.nextSequence(), ...fields });
    this.isInterrupted = true;
    return `event: ${type}\ndata: ${data}\n\n`;
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

  #delta(delta: Delta): string {
    let text = '';
    const thinking = delta.reasoning_content ?? delta.reasoning;
    if (thinking) text += this.#text('reasoning', thinking);
    const details = this.#context.wantsEncrypted ? reasoningDetailsOf(delta) : [];
    if (details.length > 0) text += this.#details(details);
    if (delta.content) text += this.#text('message', delta.content);
    if (delta.refusal) text += this.#text('refusal', delta.refusal);
    for (const call of delta.tool_calls ?? []) text += this.#call(call);
    return text;
  }

  #text(kind: TextKind, piece: string): string {
    let text = this.#beginText(kind);
    const open = this.#open!;
    if (!open.hasPart) text += this.#itemEvent(...partEvent(open, 'added', ''));
    open.hasPart = true;
    open.hasOwnWords = true;
    open.texts.push(piece);
    const { event, place } = DELTAS[kind];
    return text + this.#itemEvent(`response.${event}.delta`, { ...place, delta: piece });
  }

  /** Thoughts that cannot be shown are an item without a text. */
  #details(details: readonly ReasoningDetail[]): string {
    const text = this.#beginText('reasoning');
    this.#open!.details.push(...details);
    return text;
  }

  #beginText(kind: TextKind): string {
    if (this.#open?.kind === kind) return '';
    const closed = this.#closed();
    return closed + this.#beginItem(kind, `${kind === 'reasoning' ? 'rs' : 'msg'}_${this.#nextId()}`);
  }

  #beginItem(kind: OpenItem['kind'], id: string, call?: OpenItem['call']): string {
    this.#open = this.#newItem(kind, id, call);
    const item = beginningOf(this.#open, this.#context);
    return this.event('response.output_item.added', { output_index: this.#open.index, item });
  }

  /** The part of an item's id that is unique. */
  #nextId(): string {
    return `${this.responseId}_${this.#begun}`;
  }

  #call(piece: CallPiece): string {
    let text = '';
    if (this.#open?.call?.index !== piece.index) {
      text += this.#closed();
      const call = toOpenCall(piece);
      text += this.#beginItem('call', idOfCall(call, this.#nextId(), this.#context), call);
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
    yield this.event('response.output_item.done', { output_index: open.index, item });
    this.end(open, item);
  }

  /** An event about the item that is open. */
  #itemEvent(type: string, fields: object): string {
    const { id, index } = this.#open!;
    return this.event(type, { item_id: id, output_index: index, ...fields });
  }
}

type TextKind = 'message' | 'refusal' | 'reasoning';

/** How a piece of text is told. */
const DELTAS: Readonly<Record<TextKind, { readonly event: string; readonly place: object }>> = {
  message: { event: 'output_text', place: { content_index: 0, logprobs: [] } },
  refusal: { event: 'refusal', place: { content_index: 0 } },
  reasoning: { event: 'reasoning_summary_text', place: { summary_index: 0 } },
};
