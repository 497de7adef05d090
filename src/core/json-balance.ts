/** Follows JSON that comes in pieces, to tell whether the value that was begun is complete. */
export class JsonBalance {
  #depth = 0;
  #hasBegun = false;
  #isInString = false;
  #isEscaped = false;

  /** An object or a list was begun, and each that was begun has ended. */
  get isComplete(): boolean {
    return this.#hasBegun && this.#depth <= 0;
  }

  add(piece: string): void {
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (this.#isInString) this.#inString(code);
      else if (code === 0x22) this.#isInString = true;
      else if (code === 0x7b || code === 0x5b) {
        this.#depth += 1;
        this.#hasBegun = true;
      } else if (code === 0x7d || code === 0x5d) this.#depth -= 1;
    }
  }

  #inString(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === 0x5c) this.#isEscaped = true;
    else if (code === 0x22) this.#isInString = false;
  }
}
