/** Chunks in, one completion out: what a non-stream caller would have got from the same answer. */
import type { ChatCompletion, ChatCompletionChunk, Choice, Delta, Usage } from '../core/openai-types.ts';

interface OpenChoice {
  readonly message: Record<string, unknown>;
  readonly toolCalls: Map<number, OpenToolCall>;
  logprobs: Record<string, unknown[] | null> | undefined;
  finishReason: Choice['finish_reason'] | null;
  /** The provider's own fields. */
  readonly others: Record<string, unknown>;
}
type OpenToolCall = Record<string, unknown>;

export class Collector {
  #head: Record<string, unknown> | undefined;
  #usage: Usage | undefined;
  readonly #choices = new Map<number, OpenChoice>();

  add(chunk: ChatCompletionChunk): void {
    const { choices, usage, object: _object, ...head } = chunk;
    // The id and time of the first chunk that has them hold for the answer (Azure's very first has an empty id and the
    // time 0); other chunks may add fields of their own.
    this.#head = this.#head?.id ? { ...head, ...this.#head } : { ...this.#head, ...head };
    if (usage) this.#usage = usage;
    for (const { index, delta, finish_reason: finishReason, logprobs, ...others } of choices) {
      const choice = this.#choice(index);
      addDelta(choice, delta);
      if (logprobs)
        choice.logprobs = joinLists(choice.logprobs, logprobs as unknown as Record<string, unknown[] | null>);
      if (finishReason) choice.finishReason = finishReason;
      Object.assign(choice.others, others);
    }
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
        toolCalls: new Map(),
        logprobs: undefined,
        finishReason: null,
        others: {},
      };
      this.#choices.set(index, choice);
    }
    return choice;
  }
}

function addDelta(choice: OpenChoice, delta: Delta): void {
  for (const [key, value] of Object.entries(delta)) {
    if (value === null || value === undefined) continue;
    if (key === 'tool_calls') for (const piece of value as ToolPiece[]) addToolPiece(choice, piece);
    else if (key === 'role') choice.message.role = value;
    else choice.message[key] = joined(choice.message[key], value);
  }
}

type ToolPiece = NonNullable<Delta['tool_calls']>[number];

/** The name and the arguments grow piece by piece; the id and the type come once. */
function addToolPiece(choice: OpenChoice, { index, id, type, ...growing }: ToolPiece): void {
  let call = choice.toolCalls.get(index);
  if (!call) {
    call = { id: '', type: 'function' };
    choice.toolCalls.set(index, call);
  }
  if (id) call.id = id;
  if (type) call.type = type;
  for (const [key, value] of Object.entries(growing)) call[key] = joined(call[key], value);
}

/** Text goes on, lists grow, objects take the later fields (`function_call` grows inside). */
function joined(before: unknown, after: unknown): unknown {
  if (before === undefined || before === null) return after;
  if (typeof before === 'string' && typeof after === 'string') return before + after;
  if (Array.isArray(before) && Array.isArray(after)) return [...before, ...after];
  if (typeof before === 'object' && typeof after === 'object') {
    const together = { ...before } as Record<string, unknown>;
    for (const [key, value] of Object.entries(after as object)) together[key] = joined(together[key], value);
    return together;
  }
  return after;
}

function joinLists(
  before: OpenChoice['logprobs'],
  after: Record<string, unknown[] | null>,
): OpenChoice['logprobs'] {
  const lists = { ...before };
  for (const [key, list] of Object.entries(after)) {
    lists[key] = Array.isArray(list) ? [...(lists[key] ?? []), ...list] : (lists[key] ?? list);
  }
  return lists;
}

function asChoice([index, open]: [number, OpenChoice]): Choice {
  const calls = [...open.toolCalls].sort(([left], [right]) => left - right).map(([, call]) => call);
  // A tool call's stream opens with an empty text that is no content.
  const content = calls.length > 0 ? open.message.content || null : open.message.content;
  return {
    ...open.others,
    index,
    message: { ...open.message, content, ...(calls.length > 0 && { tool_calls: calls }) },
    logprobs: open.logprobs ?? null,
    finish_reason: open.finishReason,
  } as unknown as Choice;
}
