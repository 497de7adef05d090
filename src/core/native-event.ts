/**
 * An event of a provider's own wire, kept beside the chunk that was made of it: a door that speaks the same wire passes it
 * on as it came. Hidden, so that it is in no JSON, and only a copy made on purpose has it.
 */
export interface NativeEvent {
  /** Its name on the wire, and its data as JSON in one line. */
  readonly type: string;
  readonly data: string;
  /** The content block it belongs to, and the kind of the block that it begins. */
  readonly index?: number | undefined;
  readonly block?: string | undefined;
  /** What the chunk beside it says; where a chunk says something else by now, the event is not to be told. */
  readonly said?: string | undefined;
  /** Of an end that repeats the whole answer: how many blocks that has. */
  readonly blocks?: number;
  /** A chunk cannot hold all of it: a part of the answer, or facts beside it. */
  readonly more?: 'content' | 'facts' | undefined;
  /** Its usage is missing or none, and has to be put in. */
  readonly lacksUsage?: boolean;
}

/** Where a chunk keeps its event. */
export const NATIVE = Symbol('native event');

/** A chunk that may carry the event it was made of. */
export interface MayHaveNative {
  readonly [NATIVE]?: NativeEvent;
}

/** @returns the same chunk */
export function keepNative<Chunk extends MayHaveNative>(chunk: Chunk, event: NativeEvent): Chunk {
  return Object.defineProperty(chunk, NATIVE, { value: event });
}

/** It goes on with its block, and says nothing that is not in the chunk beside it. */
export function isDelta({ type }: NativeEvent): boolean {
  return type.endsWith('delta');
}
