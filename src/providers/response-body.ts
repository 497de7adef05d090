import { END } from '../core/chunk-stream.ts';
import { joinedBytes } from '../core/joined-bytes.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import { malformed } from '../failures/upstream-failure.ts';

/** Bytes that may wait for a slow reader before the provider is read no further. */
const MAX_WAITING = 64 * 1024;
/** Milliseconds a body may still take to end after its reader has seen all it wanted. */
const AFTER_END_TIMEOUT = 200;
/** Bytes of a reply that is read whole. No answer is near it; a reply without end must not fill the memory. */
const MAX_WHOLE = 16 * 1024 * 1024;

/** The connection the body comes from. */
export interface BodySource {
  pause(): void;
  resume(): void;
  /** Closes the connection, which stops the provider. */
  abort(): void;
}

/**
 * The body of a provider's reply as it arrives. Two ways to read it: whole, or piece by piece at the reader's pace. It
 * is no `Readable`, as those cost more for each piece than all we do with one.
 */
export class ResponseBody {
  readonly #source: BodySource;
  /** Nearly always none or one. */
  #waiting: Buffer[] | undefined;
  #waitingBytes = 0;
  #isPaused = false;
  #isWantedWhole = false;
  /** Set when nobody reads any more. */
  #runningOut: NodeJS.Timeout | undefined;
  #state: 'open' | 'ended' | 'failed' = 'open';
  #error: unknown;
  /** For readers that wait for more. */
  #news: Promise<void> | undefined;
  #tell: (() => void) | undefined;

  constructor(source: BodySource) {
    this.#source = source;
  }

  /** It has ended or failed: more bytes change nothing. */
  get isOver(): boolean {
    return this.#state !== 'open';
  }

  // What the connection tells.

  push(piece: Buffer): void {
    if (this.#runningOut || this.#state !== 'open') return;
    if (this.#waiting) this.#waiting.push(piece);
    else this.#waiting = [piece];
    this.#waitingBytes += piece.length;
    // Who wants it whole waits for the end alone.
    if (this.#isWantedWhole) {
      if (this.#waitingBytes > MAX_WHOLE) this.#refuse();
      return;
    }
    if (this.#waitingBytes > MAX_WAITING) {
      this.#isPaused = true;
      this.#source.pause();
    }
    this.#wakeReaders();
  }

  end(): void {
    this.#close('ended');
  }

  fail(error: unknown): void {
    // The first failure is the one to tell; an abort of ours only follows it.
    if (this.#state !== 'open') return;
    this.#error = error;
    this.#close('failed');
  }

  // What the reader asks.

  /** All bytes that have come, `END`, or nothing yet. @throws what broke the connection */
  read(): Buffer | typeof END | undefined {
    if (this.#waiting) return this.#takeAll();
    if (this.#state === 'failed') throw this.#error;
    return this.#state === 'ended' ? END : undefined;
  }

  /** The bytes that `take` will begin with. @throws what broke the connection */
  peek(): Buffer | typeof END | undefined {
    return this.#waiting ? this.#waiting[0] : this.read();
  }

  /** Resolves when there is more to take. Never rejects. */
  readable(): Promise<void> {
    this.#news ??= new Promise((resolve) => {
      this.#tell = resolve;
    });
    return this.#news;
  }

  /** All of it as UTF-8. @throws what broke the connection, or {UpstreamFailure} when it is longer than any answer */
  async text(): Promise<string> {
    this.#isWantedWhole = true;
    if (this.#waitingBytes > MAX_WHOLE) this.#refuse();
    this.#goOn();
    while (this.#state === 'open') await this.readable();
    if (this.#state === 'failed') throw this.#error;
    const text = (this.#waitingBytes < LARGE ? this.#takeAll() : await this.#takeLarge()).toString('utf8');
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  /** Wants no more of it: a body that has not ended takes its connection with it. */
  close(): void {
    if (this.#state === 'open') this.#source.abort();
  }

  /** Lets a body whose last bytes do not matter end by itself, so that its connection can carry the next call. */
  runOut(): void {
    if (this.#state !== 'open') return;
    // When it was this process that was held up, the end may be here already: what has arrived is read first.
    this.#runningOut = setTimeout(() => setImmediate(() => this.close()), AFTER_END_TIMEOUT);
    this.#takeAll();
  }

  /** To put it together and to decode it are as much work each. */
  async #takeLarge(): Promise<Buffer> {
    await turnForLargeWork();
    const length = this.#waitingBytes;
    const bytes = await joinedBytes(this.#takeParts(), length);
    await turnForLargeWork();
    return bytes;
  }

  #takeAll(): Buffer {
    const parts = this.#takeParts();
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  #takeParts(): Buffer[] {
    const parts = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    this.#goOn();
    return parts;
  }

  #goOn(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#source.resume();
  }

  #refuse(): void {
    this.#takeAll();
    this.fail(malformed('The reply is longer than 16 MB.'));
    this.#source.abort();
  }

  #close(state: 'ended' | 'failed'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    clearTimeout(this.#runningOut);
    this.#wakeReaders();
  }

  #wakeReaders(): void {
    const tell = this.#tell;
    this.#news = undefined;
    this.#tell = undefined;
    tell?.();
  }
}
