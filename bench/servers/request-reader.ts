/** Just enough HTTP to know where a request ends and what it asks for. */
export class RequestReader {
  #text = '';

  /** @returns the whole request once it is there (head and body), else nothing */
  take(part: string): string | undefined {
    this.#text = this.#text === '' ? part : this.#text + part;
    const headEnd = this.#text.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const head = this.#text.slice(0, headEnd);
    const length = /content-length: *(\d+)/i.exec(head);
    const isWhole = length
      ? this.#text.length >= headEnd + 4 + Number(length[1])
      : !/transfer-encoding: *chunked/i.test(head) || this.#text.endsWith('\r\n0\r\n\r\n');
    if (!isWhole) return undefined;
    const request = this.#text;
    this.#text = '';
    return request;
  }
}
