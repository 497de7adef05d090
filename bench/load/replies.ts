/** Replies, checked while they are read: whole answers and streams. Latin-1 text, a character for each byte. */
import { ANSWER, WORD } from '../servers/fixtures.ts';
import { ChunkedBody } from './chunked-body.ts';
import type { Question } from './job.ts';

/** The beginning of the answer as JSON, which is what every peer must have sent. */
const EXPECTED = JSON.stringify(ANSWER).slice(1, 60);

abstract class Reply {
  readonly #cache: string | undefined;
  #head = '';
  #isRead = false;
  /** Of a body with a known length, the bytes still to come; of any other, nothing. */
  #left: number | undefined;
  #chunks: ChunkedBody | undefined;

  constructor({ cache }: Question) {
    this.#cache = cache;
  }

  /** @returns true when the reply is complete. @throws {Error} when it is not the expected one */
  take(part: string): boolean {
    let body = part;
    if (!this.#isRead) {
      this.#head += part;
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return false;
      body = this.#head.slice(end + 4);
      this.#readHead(this.#head.slice(0, end + 2), body);
    }
    if (this.#chunks) this.takeBody(this.#chunks.take(body));
    else {
      this.takeBody(body);
      this.#left! -= body.length;
    }
    const isComplete = this.#chunks ? this.#chunks.hasEnded : this.#left! <= 0;
    if (isComplete) this.check();
    return isComplete;
  }

  #readHead(head: string, body: string): void {
    this.#isRead = true;
    if (!head.startsWith('HTTP/1.1 200'))
      throw new Error(`another status: ${head.slice(9, 12)} ${body.slice(0, 200)}`);
    if (this.#cache !== undefined && !head.includes(`\r\nx-cache: ${this.#cache}\r\n`))
      throw new Error(`x-cache is not ${this.#cache}: ${head}`);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (length) this.#left = Number(length[1]);
    else this.#chunks = new ChunkedBody();
  }

  protected abstract takeBody(text: string): void;
  protected abstract check(): void;
}

export class WholeReply extends Reply {
  #text = '';

  protected override takeBody(text: string): void {
    this.#text += text;
  }

  protected override check(): void {
    if (!this.#text.includes(EXPECTED)) throw new Error(`another answer: ${this.#text.slice(0, 200)}`);
  }
}

export class StreamedReply extends Reply {
  readonly #expected: number;
  readonly #onFrame: ((value: number) => void) | undefined;
  /** What was read of an event that is not complete. */
  #rest = '';
  #last = -1;
  frames = 0;

  /** @param onFrame gets the number each frame holds */
  constructor(question: Question, onFrame?: (value: number) => void) {
    super(question);
    this.#expected = question.stream!.frames;
    this.#onFrame = onFrame;
  }

  protected override takeBody(part: string): void {
    const text = this.#rest + part;
    let from = 0;
    for (;;) {
      const start = text.indexOf(WORD, from);
      const end = start < 0 ? -1 : text.indexOf('"', start + WORD.length);
      if (end < 0) {
        // As long as the longest mark that could be cut here, so that no frame is missed and none is seen twice.
        this.#rest = text.slice(start < 0 ? Math.max(from, text.length - 16) : start);
        return;
      }
      this.#take(Number(text.slice(start + WORD.length, end)));
      from = end;
    }
  }

  #take(value: number): void {
    if (!(value > this.#last)) throw new Error(`frame ${value} after frame ${this.#last}`);
    this.#last = value;
    this.frames += 1;
    this.#onFrame?.(value);
  }

  protected override check(): void {
    if (this.frames !== this.#expected) throw new Error(`${this.frames} frames instead of ${this.#expected}`);
    if (!this.#rest.includes('[DONE]')) throw new Error(`no [DONE] but ${this.#rest}`);
  }
}
