/**
 * An event of a provider's own wire, kept beside the chunk that was made of it: a door that speaks the same wire passes it
 * on as it came. Hidden, so that it is in no JSON, and only a copy made on purpose has it.
 */
import type { ChatCompletionChunk } from './openai-types.ts';

export interface NativeEvent {
  /** Its name on the wire, and its data as JSON. */
  readonly type: string;
  readonly data: string;
  /** The content block or item it belongs to. */
  readonly index?: number | undefined;
  /** What the chunk beside it says is all that it says; otherwise it has more than a chunk can hold. */
  readonly isMore?: boolean;
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
