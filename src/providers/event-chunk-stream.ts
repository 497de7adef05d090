/** An event stream's bytes as batches of chunks, whatever the provider's dialect. */
import { type Batch, ChunkStream, END, type ReadResult } from '../core/chunk-stream.ts';
import { chunkPieces, MAX_DELTA } from '../core/delta-pieces.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import type { ChatCompletionChunk } from '../core/openai-types.ts';
import type { Redactor } from '../core/redactor.ts';
import { type ServerSentEvent, SseParser } from '../core/sse.ts';
import type { UpstreamFailure } from '../failures/upstream-failure.ts';
import { networkFailure } from './exchange-failures.ts';
import { ChunkNormaliser } from './normalise/chunks.ts';
import { asUpstreamFailure } from './normalise/reply-error.ts';
import { SecretsInPieces } from './normalise/secrets-in-pieces.ts';
import type { Target } from './provider.ts';
import type { ResponseBody } from './response-body.ts';
import { redactorOf } from './target-secrets.ts';

/**
 * Bytes that one read takes. Events that say nothing to the caller, such as pings, come as fast as they are read, and there may be
 * no end of them.
 */
const MAX_TAKEN = 256 * 1024;

/**
 * Adds what one event says to `found`: chunks, or what nearly is one.
 * @returns whether it is the provider's own terminator. @throws for an event that cannot be read, or that tells of an error
 */
export type Translate = (event: ServerSentEvent, found: object[]) => boolean;

/**
 * Chunks of one read come together, but for long texts, which come in pieces one after another. Ends at the terminator or at the
 * end of the bytes; leaving early closes the connection, which stops the provider. What breaks it is an `UpstreamFailure`, told
 * after what was whole before the fault.
 */
export class EventChunkStream extends ChunkStream {
  readonly #body: ResponseBody;
  readonly #provider: string;
  readonly #translate: Translate;
  readonly #parser = new SseParser();
  readonly #normaliser: ChunkNormaliser;
  readonly #redactor: Redactor;
  readonly #secrets: SecretsInPieces | undefined;
  /** Events that came together, and how many of them have been translated. */
  #events: ServerSentEvent[] = [];
  #translated = 0;
  /** Turns that the next event has had. */
  #turns = 0;
  /** There are no more bytes. */
  #hasAll = false;
  /** What was translated and has not gone on yet. */
  readonly #waiting: ChatCompletionChunk[][] = [];
  /** Characters that the last of it still takes. */
  #room = 0;
  #failure: UpstreamFailure | undefined;
  #isOver = false;
  /** There may be more at once, but others have their turn first. */
  #waitsForTurn = false;

  /** @param target whose stream it is: its model for chunks that do not name theirs, and its secrets, which nobody is told */
  constructor(body: ResponseBody, target: Target, translate: Translate) {
    super();
    this.#body = body;
    this.#provider = target.provider;
    this.#translate = translate;
    this.#normaliser = new ChunkNormaliser(target);
    this.#redactor = redactorOf(target);
    this.#secrets = this.#redactor.isIdle ? undefined : new SecretsInPieces(this.#redactor);
  }

  read(): ReadResult {
    this.#waitsForTurn = false;
    for (let taken = 0; ; ) {
      const batch = this.#waiting.shift();
      if (batch) return this.#withoutSecrets(batch);
      if (this.#isOver) return this.#atTheEnd();
      if (taken >= MAX_TAKEN) this.#waitsForTurn = true;
      if (this.#waitsForTurn) return undefined;
      if (this.#translated === this.#events.length) {
        const bytes = this.#bytes();
        if (!bytes) return undefined;
        this.#hasAll = bytes === END;
        if (bytes !== END) taken += bytes.length;
        this.#parse(bytes);
      }
      this.#translateEvents();
    }
  }

  readable(): Promise<void> {
    if (!this.#waitsForTurn) return this.#body.readable();
    this.#waitsForTurn = false;
    return turnForLargeWork();
  }

  cancel(): void {
    // A body that runs out keeps its connection.
    if (!this.#isOver) this.#end();
  }

  #bytes(): Buffer | typeof END | undefined {
    try {
      return this.#body.read();
    } catch (error) {
      this.#isOver = true;
      throw networkFailure(error, this.#provider);
    }
  }

  #parse(bytes: Buffer | typeof END): void {
    this.#events = [];
    this.#translated = 0;
    try {
      this.#events = bytes === END ? this.#parser.end() : this.#parser.feed(bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  #translateEvents(): void {
    const found: object[] = [];
    let isDone = false;
    let failure: unknown;
    try {
      while (!isDone && this.#translated < this.#events.length && this.#isReady()) {
        const { event, data } = this.#events[this.#translated++]!;
        isDone = this.#translate({ event, data: this.#turns > 0 ? data : this.#redacted(data) }, found);
        this.#turns = 0;
      }
    } catch (error) {
      failure = error;
    }
    try {
      this.#normalise(found, isDone);
    } catch (error) {
      failure = error;
    }
    if (failure) this.#fail(failure);
    else if (isDone) this.#end(true);
    else if (this.#hasAll && this.#translated === this.#events.length) this.#isOver = true;
  }

  /** An event of megabytes has a turn for each of what is to be done: it was put together, is looked through, and is parsed. */
  #isReady(): boolean {
    const { event, data } = this.#events[this.#translated]!;
    if (data.length < LARGE || this.#turns === 2) return true;
    if (this.#turns === 1) this.#events[this.#translated] = { event, data: this.#redacted(data) };
    this.#turns += 1;
    this.#waitsForTurn = true;
    return false;
  }

  #redacted(data: string): string {
    return this.#secrets ? this.#redactor.redact(data) : data;
  }

  #normalise(found: readonly object[], isDone: boolean): void {
    for (const piece of found) {
      const before = this.#normaliser.characters;
      const chunk = this.#normaliser.add(piece);
      if (!chunk) continue;
      const characters = this.#normaliser.characters - before;
      if (characters <= MAX_DELTA) this.#add(chunk, characters);
      else for (const part of chunkPieces(chunk)) this.#add(part, MAX_DELTA);
    }
    const last = isDone ? this.#normaliser.end() : undefined;
    if (last) this.#add(last, 0);
  }

  #add(chunk: ChatCompletionChunk, characters: number): void {
    if (this.#waiting.length === 0 || this.#room <= 0) {
      this.#waiting.push([]);
      this.#room = MAX_DELTA;
    }
    this.#waiting.at(-1)!.push(chunk);
    this.#room -= characters;
  }

  #withoutSecrets(batch: ChatCompletionChunk[]): Batch {
    const secrets = this.#secrets;
    if (!secrets) return batch;
    for (let at = 0; at < batch.length; at++) {
      const held = secrets.heldBefore(batch[at]!);
      if (held) batch.splice(at++, 0, held);
      batch[at] = secrets.redact(batch[at]!);
    }
    return batch;
  }

  #atTheEnd(): ReadResult {
    if (!this.#failure) return END;
    const failure = this.#failure;
    this.#failure = undefined;
    throw failure;
  }

  #fail(error: unknown): void {
    this.#failure = asUpstreamFailure(error, this.#provider);
    this.#end();
  }

  #end(isComplete = false): void {
    this.#isOver = true;
    if (isComplete) this.#body.runOut();
    else this.#body.close();
  }
}
