/** An item of a response while its stream goes on. */
import { type ReasoningDetail, toEncryptedContent } from '../../core/encrypted-reasoning.ts';
import type { Delta, ToolCall } from '../../core/openai-types.ts';
import {
  callItem,
  messageItem,
  type ResponseContext,
  reasoningItem,
  type Status,
} from './response-object.ts';

type Item = Readonly<Record<string, unknown>>;

/** A piece of a call: of a function, or of a freeform tool, of which the types of chunks do not know. */
export type CallPiece = NonNullable<Delta['tool_calls']>[number] & {
  custom?: { name?: string; input?: string };
};

/** What has been told of the item so far. */
export interface OpenItem {
  /** A `refusal` is a message, too; `other` is what a chat has no place for. */
  readonly kind: 'message' | 'refusal' | 'reasoning' | 'call' | 'other';
  readonly id: string;
  /** Its place in the output. */
  readonly index: number;
  readonly texts: string[];
  /** The part that its text belongs to has been told of. */
  hasPart: boolean;
  /** Of thinking, what has to come back with the next request. */
  readonly details: ReasoningDetail[];
  readonly call?: OpenCall | undefined;
  /** As its provider began it on this very wire. */
  readonly native?: Item | undefined;
  /** Some of its text was told in words of ours, so that the provider's end of it may say something else. */
  hasOwnWords: boolean;
}

interface OpenCall {
  /** Its place among the calls of the chat's answer. */
  readonly index: number;
  readonly name: string;
  readonly callId: string;
  /** A freeform tool's, whose input is no JSON. */
  readonly isFreeform: boolean;
}

/** The call that its first piece begins. */
export function toOpenCall({ index, id, function: called, custom }: CallPiece): OpenCall {
  const name = custom?.name ?? called?.name ?? '';
  return { index, name, callId: id ?? '', isFreeform: custom !== undefined };
}

/** The item with this text, as it ends. */
export function wholeItem(open: OpenItem, whole: string, { tools }: ResponseContext): Item {
  switch (open.kind) {
    case 'message':
      return messageItem(open.id, whole) as Item;
    case 'refusal':
      return messageItem(open.id, '', whole) as Item;
    case 'reasoning':
      return reasoningItem(open.id, whole, toEncryptedContent(open.details)) as Item;
    case 'call':
      return { ...(callItem(toToolCall(open.call!, whole), '', tools)[0] as Item), id: open.id };
    case 'other':
      return open.native!;
  }
}

/** The item as it begins. */
export function beginningOf(open: OpenItem, context: ResponseContext): Item {
  const status: Status = 'in_progress';
  if (open.kind === 'reasoning') return reasoningItem(open.id, '') as Item;
  return { ...wholeItem(open, '', context), status };
}

/** The type of an event about an item, and what it says beside the item's place. */
export type ItemEvent = readonly [type: string, fields: object];

/** Of the part of an item that its text belongs to: of a message its content, of thinking its summary. */
export function partEvent({ kind }: OpenItem, what: 'added' | 'done', text: string): ItemEvent {
  if (kind === 'refusal') {
    const part = { type: 'refusal', refusal: text };
    return [`response.content_part.${what}`, { content_index: 0, part }];
  }
  if (kind !== 'message') {
    const part = { type: 'summary_text', text };
    return [`response.reasoning_summary_part.${what}`, { summary_index: 0, part }];
  }
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  return [`response.content_part.${what}`, { content_index: 0, part }];
}

/** Events by which an item ends, but for the one that says all of it. @param whole its text */
export function* endingEvents(open: OpenItem, item: Item, whole: string): Generator<ItemEvent> {
  if (item.type === 'function_call') yield ['response.function_call_arguments.done', { arguments: whole }];
  else if (item.type === 'custom_tool_call') {
    const { input } = item;
    if (!open.native) yield ['response.custom_tool_call_input.delta', { delta: input }];
    yield ['response.custom_tool_call_input.done', { input }];
  } else if (open.kind === 'message')
    yield ['response.output_text.done', { content_index: 0, text: whole, logprobs: [] }];
  else if (open.kind === 'refusal') yield ['response.refusal.done', { content_index: 0, refusal: whole }];
  else if (open.kind === 'reasoning' && whole !== '')
    yield ['response.reasoning_summary_text.done', { summary_index: 0, text: whole }];
  if (open.hasPart && whole !== '') yield partEvent(open, 'done', whole);
}

/** @param id the part of it that is unique */
export function idOfCall(call: OpenCall, id: string, { tools }: ResponseContext): string {
  return String((callItem(toToolCall(call, ''), id, tools)[0] as Item).id);
}

function toToolCall({ callId: id, name, isFreeform }: OpenCall, text: string): ToolCall {
  return isFreeform
    ? { id, type: 'custom', custom: { name, input: text } }
    : { id, type: 'function', function: { name, arguments: text } };
}
