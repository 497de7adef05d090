/** JSON of megabytes, made and put together in turns of the event loop, between which others are served. */
import { joinedBytes } from '../../core/joined-bytes.ts';
import { jsonPieces } from '../../core/json-pieces.ts';
import { turnForLargeWork } from '../../core/large-work.ts';
import { toJsonBody } from './json-body.ts';

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
    for (const json of jsonPieces(value, toJsonBody)) {
      this.addBytes(Buffer.from(json));
      await this.#giveWay(json.length);
    }
  }

  /** All of it as one. */
  joined(): Promise<Buffer> {
    return joinedBytes(this.#pieces, this.#length);
  }

  async #giveWay(amount: number): Promise<void> {
    this.#sinceTurn += amount;
    if (this.#sinceTurn < IN_ONE_TURN) return;
    this.#sinceTurn = 0;
    await turnForLargeWork();
  }
}
