/**
 * An event of a provider's own wire, kept beside the chunk that was made of it: a door that speaks the same wire passes it
 * on as it came. Hidden, so that it is in no JSON, and only a copy made on purpose has it.
 */
import type { ChatCompletionChunk, Delta } from './openai-types.ts';

export interface NativeEvent {
  /** Its name on the wire, and its data as JSON in one line. */
  readonly type: string;
  readonly data: string;
  /** The content block it belongs to, and the kind of the block that it begins. */
  readonly index?: number | undefined;
  readonly block?: string | undefined;
  /** What the chunk beside it says; where a chunk says something else by now, the event is not to be told. */
  readonly said?: string | undefined;
  /** A chunk cannot hold all of it: a part of the answer, or facts beside it. */
  readonly more?: 'content' | 'facts' | undefined;
  /** Its usage is missing or none, and has to be put in. */
  readonly lacksUsage?: boolean;
}

const NATIVE = Symbol('native event');

type WithNative = ChatCompletionChunk & { [NATIVE]?: NativeEvent };

/** @returns the same chunk */
export function keepNative(chunk: ChatCompletionChunk, event: NativeEvent): ChatCompletionChunk {
  return Object.defineProperty(chunk, NATIVE, { value: event });
}

export function nativeOf(chunk: ChatCompletionChunk): NativeEvent | undefined {
  return (chunk as WithNative)[NATIVE];
}

/** What a chunk says, to be compared with what its event said: a call by its id, then by its arguments. */
export function saidIn({ choices }: ChatCompletionChunk): string | undefined {
  const delta = choices[0]?.delta as Delta | undefined;
  if (!delta) return undefined;
  const call = delta.tool_calls?.[0];
  return call
    ? (call.id ?? call.function?.arguments)
    : (delta.content ?? delta.reasoning_content ?? undefined);
}
