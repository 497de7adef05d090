/** One tool call of a stream while it is held: the pieces of its arguments as one text. */
import { chunkPieces, MAX_DELTA } from '../../core/delta-pieces.ts';
import { keepNative, NATIVE, type NativeEvent } from '../../core/native-event.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta } from '../../core/openai-types.ts';
import { StringBuilder } from '../../core/string-builder.ts';
import { textPieces } from '../../core/text-pieces.ts';

/** The event by which Anthropic's wire goes on with a block. */
export const BLOCK_DELTA = 'content_block_delta';

type Piece = NonNullable<Delta['tool_calls']>[number] & { custom?: { name?: string; input?: string } };

export class HeldCall {
  readonly choice: number;
  readonly isCustom: boolean;
  name = '';
  /** The arguments as they are to be told, where that is not as they came. */
  mended: string | undefined;
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
  add({ function: called, custom }: Piece): number {
    const text = called?.arguments ?? custom?.input ?? '';
    this.name += called?.name ?? custom?.name ?? '';
    if (text) this.#text.add(text);
    return text.length;
  }

  /** The call in as few chunks as its wire has it, and as deltas of that length are told. */
  chunks(): ChatCompletionChunk[] {
    const { index, ...first } = this.#first;
    const text = this.mended ?? this.text;
    if (this.isCustom) {
      const custom = { ...first.custom, name: this.name, input: text };
      return [this.#chunk({ index, ...first, custom } as Piece)];
    }
    const named = { ...first.function, name: this.name };
    if (!this.#native)
      return [...chunkPieces(this.#chunk({ index, ...first, function: { ...named, arguments: text } }))];
    const start = this.#chunk({ index, ...first, function: { ...named, arguments: '' } });
    keepNative(start, this.#native);
    if (this.isToldElsewhere) return [start];
    const block = this.#native.index;
    const rest = textPieces(text, MAX_DELTA).map((piece) =>
      keepNative(this.#chunk({ index, function: { arguments: piece } }), argumentsEvent(block, piece)),
    );
    return [start, ...rest];
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

/** Anthropic's event with a piece of a call's input. */
function argumentsEvent(index: number | undefined, text: string): NativeEvent {
  const delta = { type: 'input_json_delta', partial_json: text };
  return { type: BLOCK_DELTA, index, data: JSON.stringify({ type: BLOCK_DELTA, index, delta }) };
}
