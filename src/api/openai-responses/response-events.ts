/**
 * A stream as events of the Responses API, each item from `output_item.added` to `output_item.done`, in the order the
 * strictest clients want (recorded from OpenAI's SDK and Codex 0.169, which reads `output_item.done` and
 * `response.completed` alone).
 */
import { asText } from '../../core/as-text.ts';
import type { ChatCompletionChunk, Delta, FinishReason, ToolCall, Usage } from '../../core/openai-types.ts';
import type { Failure } from '../../failures/failure.ts';
import { CallsInOrder } from '../calls-in-order.ts';
import { type ReasoningDetail, reasoningDetailsOf, toEncryptedContent } from './encrypted-reasoning.ts';
import {
  callItem,
  idPart,
  messageItem,
  type ResponseContext,
  type ResponseHead,
  reasoningItem,
  responseObject,
  responseStatus,
  type Status,
  toResponseUsage,
} from './response-object.ts';

interface OpenText {
  readonly kind: 'message' | 'reasoning';
  readonly id: string;
  readonly texts: string[];
  /** Of thinking, what has to come back with the next request. */
  readonly details: ReasoningDetail[];
}
interface OpenCall {
  readonly kind: 'call';
  readonly id: string;
  readonly texts: string[];
  /** Its place among the calls of the chat's answer. */
  readonly index: number;
  readonly name: string;
  readonly callId: string;
}
type OpenItem = OpenText | OpenCall;

export class ResponseEvents {
  readonly #context: ResponseContext;
  #head: ResponseHead | undefined;
  #sequence = 0;
  #open: OpenItem | undefined;
  readonly #output: object[] = [];
  readonly #calls = new CallsInOrder();
  #finish: FinishReason | null = null;
  #usage: Usage | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  /** @returns the events that these chunks are, or an empty text */
  write(chunks: readonly ChatCompletionChunk[]): string {
    let text = '';
    for (const chunk of chunks) {
      text += this.#start(chunk);
      if (chunk.usage) this.#usage = chunk.usage;
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
    const status = responseStatus(this.#finish);
    yield this.#event(`response.${status}`, { response: this.#response(status, this.#usage ?? usage) });
  }

  /** The answer broke off. */
  fail(failure: Failure, requestId: string): string {
    const code = streamErrorCode(failure);
    const error = { code, message: failure.message + whenAgain(code, failure) };
    // Clients read the code of a response alone, so one begins where nothing had come yet.
    const created = Math.floor(Date.now() / 1_000);
    const begun = this.#start({ id: requestId, model: asText(this.#context.body.model ?? ''), created });
    return begun + this.#event('response.failed', { response: this.#response('failed', undefined, error) });
  }

  /** The items that are whole. */
  get output(): readonly object[] {
    return this.#output;
  }

  #start({ id, model, created }: Pick<ChatCompletionChunk, 'id' | 'model' | 'created'>): string {
    if (this.#head) return '';
    this.#head = { id: idPart(id), model, createdAt: created };
    const response = this.#response('in_progress');
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  #response(status: Status, usage?: Usage, error?: { code: string; message: string }): object {
    return responseObject(this.#head!, this.#context, {
      status,
      reason: this.#finish,
      output: [...this.#output],
      usage: toResponseUsage(usage),
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
    let text = this.#begin(kind);
    if (this.#open!.texts.length === 0) text += this.#partEvent('added', '');
    this.#open!.texts.push(piece);
    const of = kind === 'message' ? 'output_text' : 'reasoning_summary_text';
    const extra = kind === 'message' ? { content_index: 0, logprobs: [] } : { summary_index: 0 };
    return text + this.#itemEvent(`response.${of}.delta`, { ...extra, delta: piece });
  }

  /** Thoughts that cannot be shown are an item without a text. */
  #details(details: readonly ReasoningDetail[]): string {
    const text = this.#begin('reasoning');
    (this.#open as OpenText).details.push(...details);
    return text;
  }

  #begin(kind: OpenText['kind']): string {
    if (this.#open?.kind === kind) return '';
    const closed = [...this.#close()].join('');
    const id = `${kind === 'message' ? 'msg' : 'rs'}_${this.#head!.id}_${this.#output.length}`;
    this.#open = { kind, id, texts: [], details: [] };
    const item = kind === 'message' ? messageItem(id, '', undefined, 'in_progress') : reasoningItem(id, '');
    return closed + this.#added(item);
  }

  #partEvent(what: 'added' | 'done', text: string): string {
    return this.#open!.kind === 'message'
      ? this.#itemEvent(`response.content_part.${what}`, {
          content_index: 0,
          part: { type: 'output_text', text, annotations: [], logprobs: [] },
        })
      : this.#itemEvent(`response.reasoning_summary_part.${what}`, {
          summary_index: 0,
          part: { type: 'summary_text', text },
        });
  }

  #call({ index, id, function: called }: NonNullable<Delta['tool_calls']>[number]): string {
    let text = '';
    const open = this.#open;
    if (open?.kind !== 'call' || open.index !== index) {
      text += [...this.#close()].join('');
      const item: OpenItem = {
        kind: 'call',
        index,
        id: `${this.#head!.id}_${this.#output.length}`,
        name: called?.name ?? '',
        callId: id ?? '',
        texts: [],
      };
      this.#open = item;
      text += this.#added({ ...this.#item(item, ''), status: 'in_progress' });
    }
    const piece = called?.arguments;
    if (!piece) return text;
    this.#open!.texts.push(piece);
    // Of a freeform tool the text is known when its JSON is whole.
    if (!this.#isFunction(this.#open!)) return text;
    return text + this.#itemEvent('response.function_call_arguments.delta', { delta: piece });
  }

  #isFunction(item: OpenItem): boolean {
    return item.kind === 'call' && this.#context.tools.originalOf(item.name).kind === 'function';
  }

  *#close(): Generator<string> {
    const open = this.#open;
    if (!open) return;
    const whole = open.texts.join('');
    const item = this.#item(open, whole);
    if (open.kind === 'message')
      yield this.#itemEvent('response.output_text.done', { content_index: 0, text: whole, logprobs: [] });
    else if (open.kind === 'reasoning' && whole !== '')
      yield this.#itemEvent('response.reasoning_summary_text.done', { summary_index: 0, text: whole });
    else if (this.#isFunction(open))
      yield this.#itemEvent('response.function_call_arguments.done', { arguments: whole });
    else if (item.type === 'custom_tool_call') {
      yield this.#itemEvent('response.custom_tool_call_input.delta', { delta: item.input });
      yield this.#itemEvent('response.custom_tool_call_input.done', { input: item.input });
    }
    if (open.kind !== 'call' && whole !== '') yield this.#partEvent('done', whole);
    yield this.#event('response.output_item.done', { output_index: this.#output.length, item });
    this.#output.push(item);
    this.#open = undefined;
  }

  #item(open: OpenItem, whole: string): Record<string, unknown> {
    if (open.kind !== 'call') {
      const item =
        open.kind === 'message'
          ? messageItem(open.id, whole)
          : reasoningItem(open.id, whole, toEncryptedContent(open.details));
      return item as Record<string, unknown>;
    }
    const call: ToolCall = {
      id: open.callId,
      type: 'function',
      function: { name: open.name, arguments: whole },
    };
    return callItem(call, open.id, this.#context.tools)[0] as Record<string, unknown>;
  }

  #added(item: object): string {
    return this.#event('response.output_item.added', { output_index: this.#output.length, item });
  }

  /** An event about the item that is open. */
  #itemEvent(type: string, fields: object): string {
    const open = this.#open!;
    const id = open.kind === 'call' ? asText(this.#item(open, '').id) : open.id;
    return this.#event(type, { item_id: id, output_index: this.#output.length, ...fields });
  }

  #event(type: string, fields: object): string {
    const data = JSON.stringify({ type, sequence_number: this.#sequence, ...fields });
    this.#sequence += 1;
    return `event: ${type}\ndata: ${data}\n\n`;
  }
}

/** Codex asks again after these, but for the one that says that the conversation is too long. */
function streamErrorCode({ kind, status }: Failure): string {
  if (kind === 'context_length_exceeded') return kind;
  return status === 429 ? 'rate_limit_exceeded' : 'server_error';
}

/** Codex obeys the time it reads in these words. */
function whenAgain(code: string, { retryAfterMs }: Failure): string {
  if (code !== 'rate_limit_exceeded' || retryAfterMs === undefined) return '';
  return ` Please try again in ${Math.ceil(retryAfterMs / 100) / 10}s.`;
}
