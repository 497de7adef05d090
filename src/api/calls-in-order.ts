import { JsonBalance } from '../core/json-balance.ts';
import type { Delta } from '../core/openai-types.ts';

type Piece = NonNullable<Delta['tool_calls']>[number];

/** A call: its pieces that have not gone out, and how far its arguments are. */
interface OpenCall {
  readonly index: number;
  readonly pieces: Piece[];
  readonly balance: JsonBalance;
}

/**
 * Tool calls of a stream one after the other. Providers may tell several at once, piece by piece, which their indexes keep
 * apart on OpenAI's wire; formats whose items follow each other have no place for that. A call that has begun goes out as it
 * comes, and what comes beside it waits until its arguments are whole.
 */
export class CallsInOrder {
  /** The call that goes out as it comes. */
  #open: OpenCall | undefined;
  #waiting: (OpenCall | Delta)[] = [];
  /** Calls that have begun to go out. */
  readonly #told = new Set<number>();

  /** @returns what may be told now, in its order */
  take(delta: Delta): readonly Delta[] {
    if (!this.#open && !delta.tool_calls?.length) return [delta];
    const { tool_calls: pieces = [], ...said } = delta;
    const told: Delta[] = [];
    if (Object.values(said).some(Boolean)) told.push(...this.#other(said));
    for (const piece of pieces) told.push(...this.#piece(piece));
    return told;
  }

  /** @returns all that still waits: nothing more will come */
  rest(): readonly Delta[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#open = undefined;
    return waiting.flatMap((item) => (isCall(item) ? [toDelta(item)] : [item]));
  }

  #other(delta: Delta): readonly Delta[] {
    if (!this.#open) return [delta];
    if (this.#open.balance.isComplete) {
      this.#open = undefined;
      return [delta];
    }
    this.#waiting.push(delta);
    return [];
  }

  #piece(piece: Piece): readonly Delta[] {
    if (this.#open?.index !== piece.index) {
      // What still comes for a call that was whole is no part of its arguments.
      if (this.#told.has(piece.index) && !piece.id) return [];
      const known = this.#waiting.find((item) => isCall(item) && item.index === piece.index);
      const call = (known as OpenCall | undefined) ?? newCall(piece.index);
      add(call, piece);
      if (!known) this.#waiting.push(call);
      return !this.#open || this.#open.balance.isComplete ? this.#next() : [];
    }
    this.#open.balance.add(piece.function?.arguments ?? '');
    const told: Delta[] = [{ tool_calls: [piece] }];
    if (this.#open.balance.isComplete && this.#waiting.length > 0) told.push(...this.#next());
    return told;
  }

  /** The call that was open is whole: what waits goes out, up to the first call that is not. */
  #next(): readonly Delta[] {
    const told: Delta[] = [];
    this.#open = undefined;
    for (let item = this.#waiting.shift(); item; item = this.#waiting.shift()) {
      if (!isCall(item)) {
        told.push(item);
        continue;
      }
      told.push(toDelta(item));
      this.#open = item;
      this.#told.add(item.index);
      if (!item.balance.isComplete) break;
    }
    return told;
  }
}

function isCall(item: OpenCall | Delta): item is OpenCall {
  return 'balance' in item;
}

function newCall(index: number): OpenCall {
  return { index, pieces: [], balance: new JsonBalance() };
}

function add(call: OpenCall, piece: Piece): void {
  call.pieces.push(piece);
  call.balance.add(piece.function?.arguments ?? '');
}

function toDelta(call: OpenCall): Delta {
  return { tool_calls: call.pieces.splice(0) };
}
