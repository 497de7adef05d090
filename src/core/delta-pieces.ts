/**
 * Long deltas in pieces. A provider may send megabytes as one delta; cut where it is read, no step behind that (counting,
 * checking, collecting, writing to the caller) has more to do in one turn of the event loop than with a usual one.
 */
import { callText, withCallText } from './call-text.ts';
import { NATIVE } from './native-event.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta } from './openai-types.ts';
import { textPieces } from './text-pieces.ts';

/** Characters of one text that go on together. */
export const MAX_DELTA = 64 * 1024;

type CallDelta = NonNullable<Delta['tool_calls']>[number];

/**
 * @returns chunks that say one after another what this one says: itself alone where none of its texts is long, or where an event
 * of its wire goes with it, as that is what callers are told
 */
export function* chunkPieces(chunk: ChatCompletionChunk): Generator<ChatCompletionChunk> {
  const { choices, usage, ...head } = chunk;
  if (chunk[NATIVE] || !choices.some(({ delta }) => isLong(delta))) return yield chunk;
  for (const choice of choices)
    for (const piece of choicePieces(choice)) yield { ...head, choices: [piece] } as ChatCompletionChunk;
  if (usage) yield { ...head, choices: [], usage } as ChatCompletionChunk;
}

function isLong(delta: Delta): boolean {
  const { reasoning_content: thinking, reasoning, content, refusal, tool_calls: calls } = delta;
  const texts = [thinking, reasoning, content, refusal, ...(calls ?? []).map(callText)];
  return texts.some((text) => (text?.length ?? 0) > MAX_DELTA);
}

/** The choice's own fields come with the first piece, its end with the last. */
function* choicePieces({ delta, finish_reason: reason, ...choice }: ChunkChoice): Generator<ChunkChoice> {
  const deltas = [...deltaPieces(delta)];
  const last = deltas.pop()!;
  let own: Omit<ChunkChoice, 'delta' | 'finish_reason'> = choice;
  for (const piece of deltas) {
    yield { ...own, delta: piece, finish_reason: null };
    own = { index: choice.index };
  }
  yield { ...own, delta: last, finish_reason: reason };
}

/** In the order in which every door tells them: thoughts, text, calls. Other fields come with the first. */
function* deltaPieces(delta: Delta): Generator<Delta> {
  const { reasoning_content, reasoning, content, refusal, tool_calls: calls, ...others } = delta;
  const pieces = [
    ...thoughtPieces(delta),
    ...textPieces(content ?? '', MAX_DELTA).map((text): Delta => ({ content: text })),
    ...textPieces(refusal ?? '', MAX_DELTA).map((text): Delta => ({ refusal: text })),
    ...(calls ?? []).flatMap((call) => [...callPieces(call)]).map((call): Delta => ({ tool_calls: [call] })),
  ];
  const [first, ...following] = pieces;
  yield { ...others, ...(!content && { content }), ...first };
  yield* following;
}

/** Under both names they are the same thoughts. Beside the blocks or details that are their other form they stay whole. */
function thoughtPieces(delta: Delta): Delta[] {
  const { reasoning_content: thinking, reasoning } = delta;
  if ('thinking_blocks' in delta || 'reasoning_details' in delta)
    return [{ reasoning_content: thinking, reasoning }];
  const one = [...textPieces(thinking ?? '', MAX_DELTA)];
  const other = [...textPieces(reasoning ?? '', MAX_DELTA)];
  return Array.from({ length: Math.max(one.length, other.length) }, (_, at) => ({
    ...(one[at] !== undefined && { reasoning_content: one[at] }),
    ...(other[at] !== undefined && { reasoning: other[at] }),
  }));
}

function* callPieces(call: CallDelta): Generator<CallDelta> {
  const [first, ...others] = textPieces(callText(call), MAX_DELTA);
  if (first === undefined || others.length === 0) return yield call;
  yield withCallText(call, first);
  const { index } = call;
  const next = 'custom' in call ? { index, custom: {} } : { index };
  for (const text of others) yield withCallText(next, text);
}
