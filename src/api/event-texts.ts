import { JSON_PIECE, jsonPieces } from '../core/json-pieces.ts';

/** Named events of one stream as text, in their order. A long one is made in pieces, and not before it is written. */
export class EventTexts {
  #text = '';
  /** What comes before the text, where something of it is long. */
  #pieces: Iterable<string>[] | undefined;

  /**
   * @param data must not change any more
   * @param characters of the texts in it, where they may be many
   */
  add(type: string, data: object, characters = 0): void {
    if (characters > JSON_PIECE) this.#addPieces(type, jsonPieces(data));
    else this.#text += `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  /** @param json data as it came */
  addJson(type: string, json: string): void {
    if (json.length > JSON_PIECE) this.#addPieces(type, [json]);
    else this.#text += `event: ${type}\ndata: ${json}\n\n`;
  }

  /** What was added since it was last asked. */
  take(): string | Iterable<string> {
    const text = this.#text;
    const pieces = this.#pieces;
    this.#text = '';
    this.#pieces = undefined;
    return pieces ? joined([...pieces, [text]]) : text;
  }

  #addPieces(type: string, data: Iterable<string>): void {
    this.#pieces ??= [];
    this.#pieces.push([`${this.#text}event: ${type}\ndata: `], data, ['\n\n']);
    this.#text = '';
  }
}

function* joined(texts: Iterable<Iterable<string>>): Generator<string> {
  for (const pieces of texts) yield* pieces;
}
