import { asText } from '../../core/as-text.ts';
import { callText } from '../../core/call-text.ts';
import { type ReasoningDetail, reasoningDetailsOf } from '../../core/encrypted-reasoning.ts';
import type { ChatCompletionChunk, Delta } from '../../core/openai-types.ts';
import { CallsInOrder } from '../calls-in-order.ts';
import { EventTexts } from '../event-texts.ts';
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
  /** The events that are to be told. */
  readonly told = new EventTexts();
  readonly #context: ResponseContext;
  #sequence = 0;
  #open: OpenItem | undefined;
  /** Items that have begun, and those of them that are whole, by their places. */
  #begun = 0;
  readonly #output: object[] = [];
  /** Characters of those that are whole. */
  #characters = 0;
  #calls = new CallsInOrder();

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  /** The items that are whole. */
  get output(): readonly object[] {
    return this.#output.filter(Boolean);
  }

  /** About as many characters as the items that are whole have in JSON. */
  get characters(): number {
    return this.#characters;
  }

  /** Tells a piece of the answer, as far as it may be told already. */
  write(delta: Delta): void {
    for (const told of this.#calls.take(delta)) this.#delta(told);
  }

  /** Tells what still waits, and the end of the item that is open, which says its whole text again. */
  finish(): void {
    for (const told of this.#calls.rest()) this.#delta(told);
    this.#close();
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

  /** @param item as it is told @param characters that it has in JSON, about */
  end(open: OpenItem, item: object, characters: number): void {
    this.#output[open.index] = item;
    this.#characters += characters;
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

  /** Tells an event of ours. @param characters of the texts in it, where they may be many */
  event(type: string, fields: object, characters?: number): void {
    this.told.add(type, { type, sequence_number: this.nextSequence(), ...fields }, characters);
    this.isInterrupted = true;
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

  #delta(delta: Delta): void {
    const thinking = delta.reasoning_content ?? delta.reasoning;
    if (thinking) this.#text('reasoning', thinking);
    const details = this.#context.wantsEncrypted ? reasoningDetailsOf(delta) : [];
    if (details.length > 0) this.#details(details);
    if (delta.content) this.#text('message', delta.content);
    if (delta.refusal) this.#text('refusal', delta.refusal);
    for (const call of delta.tool_calls ?? []) this.#call(call);
  }

  #text(kind: TextKind, piece: string): void {
    this.#beginText(kind);
    const open = this.#open!;
    if (!open.hasPart) this.#itemEvent(...partEvent(open, 'added', ''));
    open.hasPart = true;
    open.hasOwnWords = true;
    open.texts.push(piece);
    const { event, place } = DELTAS[kind];
    this.#itemEvent(`response.${event}.delta`, { ...place, delta: piece });
  }

  /** Thoughts that cannot be shown are an item without a text. */
  #details(details: readonly ReasoningDetail[]): void {
    this.#beginText('reasoning');
    this.#open!.details.push(...details);
  }

  #beginText(kind: TextKind): void {
    if (this.#open?.kind === kind) return;
    this.#close();
    this.#beginItem(kind, `${kind === 'reasoning' ? 'rs' : 'msg'}_${this.#nextId()}`);
  }

  #beginItem(kind: OpenItem['kind'], id: string, call?: OpenItem['call']): void {
    this.#open = this.#newItem(kind, id, call);
    const item = beginningOf(this.#open, this.#context);
    this.event('response.output_item.added', { output_index: this.#open.index, item });
  }

  /** The part of an item's id that is unique. */
  #nextId(): string {
    return `${this.responseId}_${this.#begun}`;
  }

  #call(piece: CallPiece): void {
    if (this.#open?.call?.index !== piece.index) {
      this.#close();
      const call = toOpenCall(piece);
      this.#beginItem('call', idOfCall(call, this.#nextId(), this.#context), call);
    }
    const open = this.#open!;
    const said = callText(piece);
    if (!said) return;
    open.texts.push(said);
    open.hasOwnWords = true;
    if (this.#isFunction(open)) this.#itemEvent('response.function_call_arguments.delta', { delta: said });
    // Of a function that stands for a freeform tool the text is known when its JSON is whole.
    else if (open.call!.isFreeform && open.native)
      this.#itemEvent('response.custom_tool_call_input.delta', { delta: said });
  }

  #isFunction({ call }: OpenItem): boolean {
    return (
      call !== undefined && !call.isFreeform && this.#context.tools.originalOf(call.name).kind === 'function'
    );
  }

  #close(): void {
    const open = this.#open;
    if (!open) return;
    const whole = open.texts.join('');
    const { length } = whole;
    const item = wholeItem(open, whole, this.#context);
    for (const [type, fields] of endingEvents(open, item, whole)) this.#itemEvent(type, fields, length);
    const characters = length + asText(item.encrypted_content ?? '').length;
    this.event('response.output_item.done', { output_index: open.index, item }, characters);
    this.end(open, item, characters);
  }

  /** An event about the item that is open. */
  #itemEvent(type: string, fields: object, characters?: number): void {
    const { id, index } = this.#open!;
    this.event(type, { item_id: id, output_index: index, ...fields }, characters);
  }
}

type TextKind = 'message' | 'refusal' | 'reasoning';

/** How a piece of text is told. */
const DELTAS: Readonly<Record<TextKind, { readonly event: string; readonly place: object }>> = {
  message: { event: 'output_text', place: { content_index: 0, logprobs: [] } },
  refusal: { event: 'refusal', place: { content_index: 0 } },
  reasoning: { event: 'reasoning_summary_text', place: { summary_index: 0 } },
};
