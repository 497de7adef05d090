/**
 * The body of a provider's reply as it arrives. Two ways to read it: whole, or piece by piece at the reader's pace. It
 * is no `Readable`, as those cost more for each piece than all we do with one.
 */

/** Bytes that may wait for a slow reader before the provider is read no further. */
const MOST_WAITING = 64 * 1024;
/** Milliseconds a body may still take to end after its reader has seen all it wanted. */
const PATIENCE_AFTER_END = 200;

/** The connection the body comes from. */
export interface Source {
  pause(): void;
  resume(): void;
  /** Closes the connection, which stops the provider. */
  abort(): void;
}

export class ReplyBody {
  readonly #source: Source;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isPaused = false;
  #isWantedWhole = false;
  /** Set when nobody reads any more. */
  #runningOut: NodeJS.Timeout | undefined;
  #state: 'open' | 'ended' | 'failed' = 'open';
  #error: unknown;
  /** Of the reader that waits for more. */
  #wake: (() => void) | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  // What the connection tells.

  push(piece: Buffer): void {
    if (this.#runningOut) return;
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes > MOST_WAITING && !this.#isWantedWhole) {
      this.#isPaused = true;
      this.#source.pause();
    }
    this.#wakeReader();
  }

  end(): void {
    this.#close('ended');
  }

  fail(error: unknown): void {
    this.#error = error;
    this.#close('failed');
  }

  // What the reader asks.

  /** The next bytes, all that have come; nothing at the end. One reader at a time. @throws what broke the connection */
  async read(): Promise<Buffer | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#state === 'ended') return undefined;
      if (this.#state === 'failed') throw this.#error;
      await this.#more();
    }
    return this.#take();
  }

  /** All of it as UTF-8. @throws what broke the connection */
  async text(): Promise<string> {
    this.#isWantedWhole = true;
    this.#goOn();
    while (this.#state === 'open') await this.#more();
    if (this.#state === 'failed') throw this.#error;
    const text = this.#take().toString('utf8');
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  /** Wants no more of it: a body that has not ended takes its connection with it. */
  close(): void {
    if (this.#state === 'open') this.#source.abort();
  }

  /** Lets a body whose last bytes do not matter end by itself, so that its connection can carry the next call. */
  runOut(): void {
    if (this.#state !== 'open') return;
    this.#runningOut = setTimeout(() => this.close(), PATIENCE_AFTER_END);
    this.#take();
  }

  #take(): Buffer {
    const pieces = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#goOn();
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  #goOn(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#source.resume();
  }

  #close(state: 'ended' | 'failed'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    clearTimeout(this.#runningOut);
    this.#wakeReader();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
