import { asText } from '../../core/as-text.ts';
import { NATIVE } from '../../core/native-event.ts';
import type { ChatCompletionChunk, Delta, FinishReason, Usage } from '../../core/openai-types.ts';
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
  write(chunks: readonly ChatCompletionChunk[]): string {
    let text = '';
    for (const chunk of chunks) {
      if (chunk.usage) this.#usage = chunk.usage;
      const asItCame = this.#asItCame(chunk);
      if (asItCame !== undefined) {
        text += asItCame;
        continue;
      }
      text += this.#start(chunk);
      for (const { index, delta, finish_reason: reason } of chunk.choices) {
        if (index !== 0) continue;
        text += this.#items.write(delta as Delta);
        if (reason) this.#finish = reason;
      }
    }
    return text;
  }

  /** The good end, in events, most of which say the whole text again. @param usage of the whole answer, where no chunk had it */
  *end(usage?: Usage): Generator<string> {
    yield* this.#items.finish();
    const counted = toResponseUsage(this.#usage ?? usage);
    const asItCame = this.#native.end(this.output, counted);
    if (asItCame !== undefined) {
      yield asItCame;
      return;
    }
    const status = responseStatus(this.#finish);
    yield this.#items.event(`response.${status}`, { response: this.#response(status, counted) });
  }

  /** The answer broke off. */
  fail(failure: Failure, requestId: string): string {
    const code = streamErrorCode(failure);
    const error = { code, message: failure.message + whenAgain(code, failure) };
    // Clients read the code of a response alone, so one begins where nothing had come yet.
    const created = Math.floor(Date.now() / 1_000);
    const begun = this.#start({ id: requestId, model: asText(this.#context.body.model ?? ''), created });
    return begun + this.#items.event('response.failed', { response: this.#response('failed', null, error) });
  }

  /** The items that are whole. */
  get output(): readonly object[] {
    return this.#items.output;
  }

  /** @returns the provider's own event, where there is one and the response began so */
  #asItCame(chunk: ChatCompletionChunk): string | undefined {
    const native = chunk[NATIVE];
    if (!native || (this.#head && !this.#native.hasStarted)) return undefined;
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

  #start(chunk: FirstChunk): string {
    if (this.#head) return '';
    this.#begin(chunk);
    const response = this.#response('in_progress');
    return (
      this.#items.event('response.created', { response }) +
      this.#items.event('response.in_progress', { response })
    );
  }

  #response(status: Status, usage: object | null = null, error?: { code: string; message: string }): object {
    return responseObject(this.#head!, this.#context, {
      status,
      reason: this.#finish,
      output: this.output,
      usage,
      ...(error && { error }),
    });
  }
}
