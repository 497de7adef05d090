/** So many that joining them costs little for each, and as many as V8 makes room for with the first. */
const PIECES = 17;

/**
 * Text that comes in small pieces. They are joined now and then: as a rope (what `+=` makes) a piece of a few letters
 * takes 64 bytes for as long as its stream is open, and long answers many times the memory of their text.
 */
export class StringBuilder {
  #joined = '';
  readonly #pieces: string[] = [];

  add(piece: string): void {
    this.#pieces.push(piece);
    if (this.#pieces.length === PIECES) this.#join();
  }

  toString(): string {
    this.#join();
    return this.#joined;
  }

  #join(): void {
    this.#joined += this.#pieces.join('');
    this.#pieces.length = 0;
  }
}
