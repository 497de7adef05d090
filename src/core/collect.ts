import type { MutableFields } from './json-object.ts';
import { NATIVE } from './native-event.ts';
import type { ChatCompletion, ChatCompletionChunk, Choice, Delta, Usage } from './openai-types.ts';
import { StringBuilder } from './string-builder.ts';
import type { NativeAnswer } from './whole-answer.ts';

type Lists = Record<string, unknown[] | null>;

interface OpenChoice {
  readonly message: MutableFields;
  /** The answer's text, and other fields of the message that are text. Most answers have only the first. */
  content: StringBuilder | undefined;
  texts: Map<string, StringBuilder> | undefined;
  toolCalls: Map<number, OpenToolCall> | undefined;
  logprobs: Lists | undefined;
  finishReason: Choice['finish_reason'] | null;
  /** The provider's own fields. */
  readonly others: MutableFields;
}
type OpenToolCall = MutableFields;

/** Chunks in, one completion out: what a non-stream caller would have got from the same answer. */
export class Collector {
  #head: MutableFields | undefined;
  #usage: Usage | undefined;
  readonly #choices = new Map<number, OpenChoice>();
  #native: NativeAnswer | undefined;

  add(chunk: ChatCompletionChunk): void {
    this.#addHead(chunk);
    const native = chunk[NATIVE];
    if (native?.more) this.#native = { hasMore: true };
    if (chunk.usage) this.#usage = chunk.usage;
    for (const piece of chunk.choices) {
      const choice = this.#choice(piece.index);
      addDelta(choice, piece.delta);
      if (piece.logprobs) choice.logprobs = joinLists(choice.logprobs, piece.logprobs as unknown as Lists);
      if (piece.finish_reason) choice.finishReason = piece.finish_reason;
      addOthers(choice.others, piece, isOwnOfChoice, true);
    }
  }

  /**
   * The id and time of the first chunk that has them hold for the answer (Azure's very first has an empty id and the
   * time 0); other chunks may add fields of their own.
   */
  #addHead(chunk: ChatCompletionChunk): void {
    this.#head ??= {};
    addOthers(this.#head, chunk, isOwnOfChunk, !this.#head.id);
  }

  /** The answer so far; a copy, so that more chunks may follow. */
  completion(): ChatCompletion {
    const choices = [...this.#choices].sort(([left], [right]) => left - right).map(asChoice);
    return {
      ...this.#head,
      object: 'chat.completion',
      choices,
      ...(this.#usage && { usage: this.#usage }),
    } as ChatCompletion;
  }

  /** Where the provider said more than a completion can hold. */
  get native(): NativeAnswer | undefined {
    return this.#native;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  get isEmpty(): boolean {
    return this.#head === undefined;
  }

  #choice(index: number): OpenChoice {
    let choice = this.#choices.get(index);
    if (!choice) {
      choice = {
        message: { role: 'assistant', content: null },
        content: undefined,
        texts: undefined,
        toolCalls: undefined,
        logprobs: undefined,
        finishReason: null,
        others: {},
      };
      this.#choices.set(index, choice);
    }
    return choice;
  }
}

/** Fields that are collected in ways of their own. */
function isOwnOfChunk(key: string): boolean {
  return key === 'choices' || key === 'usage' || key === 'object';
}

function isOwnOfChoice(key: string): boolean {
  return key === 'index' || key === 'delta' || key === 'finish_reason' || key === 'logprobs';
}

/** By hand and not by spreading or with sets: this is done for every frame of every stream. */
function addOthers(
  to: MutableFields,
  from: object,
  isOwn: (key: string) => boolean,
  mayReplace: boolean,
): void {
  for (const key in from) {
    if (!isOwn(key) && (mayReplace || !(key in to))) to[key] = (from as MutableFields)[key];
  }
}

function addDelta(choice: OpenChoice, delta: Delta): void {
  for (const key in delta) {
    const value: unknown = delta[key as keyof Delta];
    if (value === null || value === undefined) continue;
    if (key === 'tool_calls') for (const piece of value as ToolPiece[]) addToolPiece(choice, piece);
    else if (key === 'role') choice.message.role = value;
    else if (typeof value === 'string') textOf(choice, key).add(value);
    else choice.message[key] = joined(choice.message[key], value);
  }
}

function textOf(choice: OpenChoice, key: string): StringBuilder {
  if (key === 'content') {
    choice.content ??= new StringBuilder();
    return choice.content;
  }
  choice.texts ??= new Map();
  let text = choice.texts.get(key);
  if (!text) {
    text = new StringBuilder();
    choice.texts.set(key, text);
  }
  return text;
}

type ToolPiece = NonNullable<Delta['tool_calls']>[number];

/** The name and the arguments grow piece by piece; the id and the type come once. */
function addToolPiece(choice: OpenChoice, { index, id, type, ...growing }: ToolPiece): void {
  choice.toolCalls ??= new Map();
  let call = choice.toolCalls.get(index);
  if (!call) {
    call = { id: '', type: 'function' };
    choice.toolCalls.set(index, call);
  }
  if (id) call.id = id;
  if (type) call.type = type;
  for (const [key, value] of Object.entries(growing))
    if (value !== null && value !== undefined) call[key] = joined(call[key], value);
}

/** Text goes on, lists grow, objects take the later fields (`function_call` grows inside). */
function joined(before: unknown, after: unknown): unknown {
  if (before === undefined || before === null) return Array.isArray(after) ? grown([], after) : after;
  if (typeof before === 'string' && typeof after === 'string') return before + after;
  if (Array.isArray(before) && Array.isArray(after)) return grown(before, after);
  if (typeof before === 'object' && typeof after === 'object') {
    const together = { ...before } as MutableFields;
    for (const [key, value] of Object.entries(after as object)) together[key] = joined(together[key], value);
    return together;
  }
  return after;
}

/** Lists of the collector's own: copying them for each chunk would be quadratic. */
function grown(list: unknown[], more: readonly unknown[]): unknown[] {
  for (const item of more) list.push(item);
  return list;
}

function joinLists(before: Lists | undefined, after: Lists): Lists {
  const lists = before ?? {};
  for (const [key, list] of Object.entries(after)) {
    lists[key] = Array.isArray(list) ? grown(lists[key] ?? [], list) : (lists[key] ?? list);
  }
  return lists;
}

function asChoice([index, open]: [number, OpenChoice]): Choice {
  const calls = [...(open.toolCalls ?? [])].sort(([left], [right]) => left - right).map(([, call]) => call);
  const message = copied(open.message);
  if (open.content) message.content = open.content.toString();
  for (const [key, text] of open.texts ?? []) message[key] = text.toString();
  // A tool call's stream opens with an empty text that is no content.
  if (calls.length > 0) message.content ||= null;
  return {
    ...open.others,
    index,
    message: { ...message, ...(calls.length > 0 && { tool_calls: calls }) },
    logprobs: open.logprobs ? copied(open.logprobs) : null,
    finish_reason: open.finishReason,
  } as unknown as Choice;
}

/** The lists go on growing after a copy of the answer was taken. */
function copied<Of extends MutableFields>(fields: Of): Of {
  const copy: MutableFields = { ...fields };
  for (const [key, value] of Object.entries(copy)) if (Array.isArray(value)) copy[key] = [...value];
  return copy as Of;
}
