/** Takes the framing off a chunked body, part by part. */
export class ChunkedBody {
  /** Bytes still to come of the chunk that is being read. */
  #left = 0;
  /** The beginning of a line that says how long the next chunk is. */
  #line = '';
  hasEnded = false;

  /** @param part Latin-1, a character for each byte. @returns the text without its framing */
  take(part: string): string {
    const text = this.#line === '' ? part : this.#line + part;
    this.#line = '';
    let at = 0;
    let body = '';
    while (at < text.length) {
      if (this.#left > 0) {
        const piece = text.slice(at, at + this.#left);
        body += piece;
        at += piece.length;
        this.#left -= piece.length;
        continue;
      }
      // A line break ends the chunk before, and another the length; parseInt looks past the first.
      const digits = text.charCodeAt(at) === 13 ? at + 2 : at;
      const lineEnd = text.indexOf('\r\n', digits);
      const size = lineEnd < 0 ? undefined : Number.parseInt(text.slice(at, lineEnd), 16);
      if (size === undefined || (size === 0 && text.length < lineEnd + 4)) {
        this.#line = text.slice(at);
        break;
      }
      if (size === 0) this.hasEnded = true;
      this.#left = size;
      at = lineEnd + (size === 0 ? 4 : 2);
    }
    return body;
  }
}
