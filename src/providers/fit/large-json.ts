/** JSON of megabytes, made and put together in turns of the event loop, between which others are served. */
import { isExactNumber } from '../../core/exact-json.ts';
import { turnForLargeWork } from '../../core/large-work.ts';
import { textPieces } from '../../core/text-pieces.ts';
import { toJsonBody } from './json-body.ts';

/** Characters of a text that are written at once. */
const PIECE = 64 * 1024;
/** Characters or bytes that are worked on in one turn. */
const IN_ONE_TURN = 4 * 1024 * 1024;

/** Collects bytes and JSON, and gives way to others after each few megabytes. */
export class LargeJson {
  readonly #pieces: Buffer[] = [];
  #length = 0;
  #sinceTurn = 0;

  addBytes(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  /** @param value as `toJsonBody` takes it */
  async addValue(value: unknown): Promise<void> {
    for (const json of jsonPieces(value)) {
      this.addBytes(Buffer.from(json));
      await this.#giveWay(json.length);
    }
  }

  /** All of it as one. */
  async joined(): Promise<Buffer> {
    const whole = Buffer.allocUnsafeSlow(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      for (let start = 0; start < piece.length; start += IN_ONE_TURN) {
        at += piece.copy(whole, at, start, start + IN_ONE_TURN);
        await this.#giveWay(Math.min(IN_ONE_TURN, piece.length - start));
      }
    }
    return whole;
  }

  async #giveWay(amount: number): Promise<void> {
    this.#sinceTurn += amount;
    if (this.#sinceTurn < IN_ONE_TURN) return;
    this.#sinceTurn = 0;
    await turnForLargeWork();
  }
}

/** The JSON that `toJsonBody` makes, in pieces that are no longer than a long text's. */
export function* jsonPieces(value: unknown): Generator<string> {
  let text = '';
  for (const part of parts(value)) {
    text += part;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  yield text;
}

function* parts(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length > PIECE) yield* longText(value);
  else if (typeof value !== 'object' || value === null || isExactNumber(value))
    yield toJsonBody(value) ?? 'null';
  else if (Array.isArray(value)) {
    yield '[';
    for (let at = 0; at < value.length; at++) {
      if (at > 0) yield ',';
      yield* parts(value[at]);
    }
    yield ']';
  } else {
    let start = '{';
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined) continue;
      yield `${start}${toJsonBody(name)}:`;
      yield* parts(field);
      start = ',';
    }
    yield start === '{' ? '{}' : '}';
  }
}

function* longText(text: string): Generator<string> {
  yield '"';
  for (const piece of textPieces(text, PIECE)) yield toJsonBody(piece).slice(1, -1);
  yield '"';
}
