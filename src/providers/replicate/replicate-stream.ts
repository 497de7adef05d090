/**
 * Replicate's events as OpenAI's chunks: `output` is a piece of text, `error` says what went wrong, `done` is the end
 * (https://replicate.com/docs/topics/predictions/streaming).
 */
import type { ChatCompletionChunk, ChunkChoice, Delta } from '../../core/openai-types.ts';
import type { ServerSentEvent } from '../../core/sse.ts';
import type { UpstreamFailure } from '../../failures/upstream-failure.ts';
import { EventChunkStream } from '../event-chunk-stream.ts';
import { eventFailure, parseObject } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import type { ResponseBody } from '../response-body.ts';
import type { Leave } from './replicate-api.ts';
import { headOf, type Prediction } from './replicate-prediction.ts';

/**
 * @param leave told how it went, also when the reader stops early
 * @throws {UpstreamFailure} after what was whole before the fault
 */
export async function* readReplicateEvents(
  body: ResponseBody,
  prediction: Prediction,
  target: Target,
  leave: Leave,
): AsyncGenerator<readonly ChatCompletionChunk[]> {
  const translator = new Translator(prediction, target);
  try {
    yield* new EventChunkStream(body, target, (event, found) => translator.translate(event, found));
  } finally {
    leave(translator.hasEnded);
  }
}

class Translator {
  readonly #provider: string;
  readonly #head: Pick<ChatCompletionChunk, 'id' | 'created' | 'model' | 'object'>;
  #hasBegun = false;
  /** By success, failure or cancellation: there is nothing left to cancel. */
  hasEnded = false;

  constructor(prediction: Prediction, target: Target) {
    this.#provider = target.provider;
    this.#head = { ...headOf(prediction, target), object: 'chat.completion.chunk' };
  }

  translate({ event, data }: ServerSentEvent, found: object[]): boolean {
    if (event === 'output' && data !== '') found.push(this.#piece(data));
    if (event !== 'error' && event !== 'done') return false;
    this.hasEnded = true;
    if (event === 'error') throw this.#failure(data);
    found.push(this.#end(data));
    return true;
  }

  /** The data is the text itself, its white space too; its lines come as lines of data. */
  #piece(content: string): ChatCompletionChunk {
    const delta: Delta = this.#hasBegun ? { content } : { role: 'assistant', content };
    this.#hasBegun = true;
    return this.#chunk(delta);
  }

  /** `{}` is success; else `reason` is `canceled` or `error`. */
  #end(data: string): ChatCompletionChunk {
    const { reason } = data === '' ? {} : parseObject(data, {}, this.#provider);
    if (reason === undefined) return this.#chunk({}, 'stop');
    throw eventFailure({ error: `The prediction ended: ${String(reason)}.` }, this.#provider);
  }

  /** `{"detail": "…"}`, or the words alone. */
  #failure(data: string): UpstreamFailure {
    try {
      return eventFailure(parseObject(data, {}, this.#provider), this.#provider);
    } catch {
      return eventFailure({ error: data }, this.#provider);
    }
  }

  #chunk(delta: Delta, finish: ChunkChoice['finish_reason'] = null): ChatCompletionChunk {
    return { ...this.#head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] };
  }
}
