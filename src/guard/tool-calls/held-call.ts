import { callText, withCallText } from '../../core/call-text.ts';
import { chunkPieces, MAX_DELTA } from '../../core/delta-pieces.ts';
import { keepNative, NATIVE, type NativeEvent } from '../../core/native-event.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta } from '../../core/openai-types.ts';
import { StringBuilder } from '../../core/string-builder.ts';
import { textPieces } from '../../core/text-pieces.ts';

type Piece = NonNullable<Delta['tool_calls']>[number] & { custom?: { name?: string; input?: string } };

/** One tool call of a stream while it is held: the pieces of its arguments as one text. */
export class HeldCall {
  readonly choice: number;
  readonly isCustom: boolean;
  name = '';
  /** The arguments as they are to be told, where that is not as they came. */
  repaired: string | undefined;
  isLeftOut = false;
  /** Another event says the arguments. */
  isToldElsewhere = false;
  readonly #head: ChatCompletionChunk;
  readonly #first: Piece;
  readonly #native: NativeEvent | undefined;
  readonly #text = new StringBuilder();

  constructor(chunk: ChatCompletionChunk, { index }: ChunkChoice, first: Piece) {
    const { usage: _usage, choices: _choices, ...head } = chunk;
    this.#head = head as ChatCompletionChunk;
    this.choice = index;
    this.#first = first;
    this.isCustom = (first.type as string) === 'custom' || first.custom !== undefined;
    this.#native = chunk[NATIVE];
  }

  get text(): string {
    return this.#text.toString();
  }

  /** The content block on the provider's own wire. */
  get block(): number | undefined {
    return this.#native?.index;
  }

  isOf(choice: number, index: number): boolean {
    return choice === this.choice && index === this.#first.index;
  }

  /** @returns characters it holds more */
  add(piece: Piece): number {
    const text = callText(piece);
    this.name += piece.function?.name ?? piece.custom?.name ?? '';
    if (text) this.#text.add(text);
    return text.length;
  }

  /** The call in as few chunks as its wire has it, and as deltas of that length are told: the event that begins it, and its arguments. */
  chunks(): ChatCompletionChunk[] {
    const text = this.repaired ?? this.text;
    const native = this.#native;
    // The call has come in one, with its arguments.
    const isAllOfIt = native?.said === this.text;
    if (!native || (isAllOfIt && text !== this.text)) return [...chunkPieces(this.#chunk(this.#piece(text)))];
    if (isAllOfIt || this.isToldElsewhere) return [keepNative(this.#chunk(this.#piece(text)), native)];
    const rest = textPieces(text, MAX_DELTA).map((piece) => this.#chunk(this.#rest(piece)));
    return [keepNative(this.#chunk(this.#piece('')), native), ...rest];
  }

  /** With its name, and these arguments. */
  #piece(text: string): Piece {
    const { name } = this;
    const { custom, function: called } = this.#first;
    const named = this.isCustom ? { custom: { ...custom, name } } : { function: { ...called, name } };
    return withCallText({ ...this.#first, ...named }, text);
  }

  #rest(text: string): Piece {
    const { index } = this.#first;
    return withCallText(this.isCustom ? { index, custom: {} } : { index }, text);
  }

  #chunk(piece: Piece): ChatCompletionChunk {
    const choice = {
      index: this.choice,
      delta: { tool_calls: [piece] },
      logprobs: null,
      finish_reason: null,
    };
    return { ...this.#head, choices: [choice as ChunkChoice] };
  }
}
