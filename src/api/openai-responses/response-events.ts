import { asText } from '../../core/as-text.ts';
import { NATIVE } from '../../core/native-event.ts';
import type { ChatCompletionChunk, Delta, FinishReason, Usage } from '../../core/openai-types.ts';
import { bodyLength } from '../../core/raw-body.ts';
import type { Failure } from '../../failures/failure.ts';
import { NativeResponse } from './native-response-events.ts';
import { ResponseItems } from './response-items.ts';
import {
  idPart,
  type ResponseContext,
  type ResponseHead,
  responseObject,
  responseStatus,
  type Status,
  toResponseUsage,
} from './response-object.ts';
import { streamErrorCode, whenAgain } from './stream-error.ts';

/** What the first chunk of a stream says of the whole. */
type FirstChunk = Pick<ChatCompletionChunk, 'id' | 'model' | 'created'>;

/**
 * A stream as events of the Responses API, in the order the strictest clients want (recorded from OpenAI's SDK and Codex
 * 0.169, which reads `output_item.done` and `response.completed` alone). Events of a provider that speaks this wire go on as
 * they came.
 */
export class ResponseEvents {
  readonly #context: ResponseContext;
  readonly #items: ResponseItems;
  /** What the provider said on this very wire. */
  readonly #native: NativeResponse;
  #head: ResponseHead | undefined;
  #finish: FinishReason | null = null;
  #usage: Usage | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
    this.#items = new ResponseItems(context);
    this.#native = new NativeResponse(this.#items);
  }

  /** @returns the events that these chunks are, or an empty text */
  write(chunks: readonly ChatCompletionChunk[]): string | Iterable<string> {
    for (const chunk of chunks) {
      if (chunk.usage) this.#usage = chunk.usage;
      if (this.#isToldAsItCame(chunk)) continue;
      this.#start(chunk);
      for (const { index, delta, finish_reason: reason } of chunk.choices) {
        if (index !== 0) continue;
        this.#items.write(delta as Delta);
        if (reason) this.#finish = reason;
      }
    }
    return this.#items.told.take();
  }

  /** The good end, in events, most of which say the whole text again. @param usage of the whole answer, where no chunk had it */
  end(usage?: Usage): string | Iterable<string> {
    this.#items.finish();
    const counted = toResponseUsage(this.#usage ?? usage);
    if (!this.#native.end(this.output, counted)) this.#tell(responseStatus(this.#finish), counted);
    return this.#items.told.take();
  }

  /** The answer broke off. */
  fail(failure: Failure, requestId: string): string {
    const code = streamErrorCode(failure);
    const error = { code, message: failure.message + whenAgain(code, failure) };
    // Clients read the code of a response alone, so one begins where nothing had come yet.
    const created = Math.floor(Date.now() / 1_000);
    this.#start({ id: requestId, model: asText(this.#context.body.model ?? ''), created });
    this.#tell('failed', null, error);
    const told = this.#items.told.take();
    return typeof told === 'string' ? told : [...told].join('');
  }

  /** The items that are whole. */
  get output(): readonly object[] {
    return this.#items.output;
  }

  /** The provider's own event, where there is one and the response began so. */
  #isToldAsItCame(chunk: ChatCompletionChunk): boolean {
    const native = chunk[NATIVE];
    if (!native || (this.#head && !this.#native.hasStarted)) return false;
    this.#native.hasStarted = true;
    this.#begin(chunk);
    const reason = chunk.choices[0]?.finish_reason;
    if (reason) this.#finish = reason;
    return this.#native.write(native, chunk);
  }

  #begin({ id, model, created }: FirstChunk): void {
    this.#head ??= { id: idPart(id), model, createdAt: created };
    this.#items.responseId = this.#head.id;
  }

  #start(chunk: FirstChunk): void {
    if (this.#head) return;
    this.#begin(chunk);
    this.#tell('created');
    this.#tell('in_progress');
  }

  /** An event that says the whole response, as far as it has come. */
  #tell(
    what: 'created' | Status,
    usage: object | null = null,
    error?: { code: string; message: string },
  ): void {
    const response = responseObject(this.#head!, this.#context, {
      status: what === 'created' ? 'in_progress' : what,
      reason: this.#finish,
      output: this.output,
      usage,
      ...(error && { error }),
    });
    const characters = bodyLength(this.#context.body) + this.#items.characters;
    this.#items.event(`response.${what}`, { response }, characters);
  }
}
