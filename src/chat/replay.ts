/** One completion in, chunks out: a stored or whole answer as the stream it could have been. */
import { callText } from '../core/call-text.ts';
import { MAX_DELTA } from '../core/delta-pieces.ts';
import type { ChatCompletion, ChatCompletionChunk, Choice, Delta } from '../core/openai-types.ts';
import { isHighHalf } from '../core/text-pieces.ts';

/** Chunks in one write; the writer waits between batches when the reader is slow. */
const BATCH = 32;
/** Characters a replayed chunk carries at least, a few words as models send them. */
const PIECE = 24;
/** Chunks of one text at most, each of which costs the same, however long it is. */
const MAX_PIECES = 8_000;

/** Collecting these chunks gives the same completion again. */
export function* replay(completion: ChatCompletion): Generator<readonly ChatCompletionChunk[]> {
  let batch: ChatCompletionChunk[] = [];
  let characters = 0;
  for (const chunk of chunksOf(completion)) {
    batch.push(chunk);
    characters += lengthOf(chunk);
    if (batch.length < BATCH && characters < MAX_DELTA) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function lengthOf({ choices }: ChatCompletionChunk): number {
  let characters = 0;
  for (const { delta } of choices) {
    for (const value of Object.values(delta)) if (typeof value === 'string') characters += value.length;
    for (const call of delta.tool_calls ?? []) characters += callText(call).length;
  }
  return characters;
}

function* chunksOf(completion: ChatCompletion): Generator<ChatCompletionChunk> {
  const { choices, usage, id, created, model, ...others } = completion;
  const known = { id, object: 'chat.completion.chunk' as const, created, model };
  // A provider's own fields come once: in each of thousands of chunks a long one would be gigabytes.
  let head: typeof known = { ...others, ...known };
  for (const choice of choices) {
    for (const delta of deltasOf(choice)) {
      yield { ...head, choices: [{ index: choice.index, delta, finish_reason: null }] };
      head = known;
    }
    const last = lastOf(choice);
    // A snapshot of an answer that is still being made has no end yet.
    if (last) yield { ...head, choices: [last] };
  }
  if (usage) yield { ...head, choices: [], usage };
}

/** What a choice has besides its message: how it ended, logprobs and the provider's own fields. */
function lastOf({ message: _message, index, logprobs, finish_reason, ...others }: Choice) {
  if (!finish_reason && !logprobs && Object.keys(others).length === 0) return undefined;
  return { ...others, index, delta: {}, finish_reason, ...(logprobs && { logprobs }) };
}

/** The role, then every text field in pieces, tool calls as name and arguments, and any other field whole. */
function* deltasOf(choice: Choice): Generator<Delta> {
  const { role, content, tool_calls: calls, ...others } = choice.message;
  yield content === '' ? { role, content } : { role };
  for (const [key, value] of Object.entries(others)) {
    if (typeof value === 'string') for (const piece of pieces(value)) yield { [key]: piece };
    else if (value !== null && value !== undefined) yield { [key]: value };
  }
  for (const piece of pieces(content ?? '')) yield { content: piece };
  for (const [index, call] of (calls ?? []).entries()) {
    if (call.type !== 'function') {
      yield { tool_calls: [{ index, ...call } as unknown as ToolPiece] };
      continue;
    }
    yield { tool_calls: [{ index, ...call, function: { ...call.function, arguments: '' } }] };
    for (const piece of pieces(call.function.arguments))
      yield { tool_calls: [{ index, function: { arguments: piece } }] };
  }
}

type ToolPiece = NonNullable<Delta['tool_calls']>[number];

/** Cuts text after white space, so never inside a word that is not very long, or a character; piece by piece, as the text may be long. */
export function* pieces(text: string): Generator<string> {
  const size = Math.max(PIECE, Math.ceil(text.length / MAX_PIECES));
  for (let start = 0; start < text.length; ) {
    // Of a text without white space no more is looked through for each piece than can be in one.
    const within = text.slice(start, start + MAX_DELTA);
    let end = next(WORD, within, next(SPACE, within, size - 1));
    // A half of a character stays with its other half.
    if (end > 1 && isHighHalf(within.charCodeAt(end - 1))) end -= 1;
    yield within.slice(0, end);
    start += end;
  }
}

const SPACE = /\s/g;
const WORD = /\S/g;

function next(what: RegExp, text: string, from: number): number {
  what.lastIndex = from;
  return what.test(text) ? what.lastIndex - 1 : text.length;
}
