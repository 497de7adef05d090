/** An event stream's bytes as batches of chunks, whatever the provider's dialect. */
import type { ChatCompletionChunk } from '../core/openai-types.ts';
import { type ServerSentEvent, SseParser } from '../core/sse.ts';
import type { ReplyBody } from './reply-body.ts';
import { networkFailure } from './transport.ts';
import { malformed, UpstreamFailure } from './upstream-failure.ts';

/** What the events of one read say. */
export interface EventBatch {
  readonly batch: readonly ChatCompletionChunk[];
  /** Why an event could not be read; `batch` has what was whole before it. */
  readonly failure?: unknown;
  /** The provider's own terminator was among them. */
  readonly done?: boolean;
}

/**
 * Chunks of one read come together. Ends at the terminator or at the end of the bytes; leaving early closes the
 * connection, which stops the provider.
 * @throws {UpstreamFailure} after what was whole before the fault
 */
export async function* readEventBatches(
  body: ReplyBody,
  provider: string,
  translate: (events: readonly ServerSentEvent[]) => EventBatch,
): AsyncGenerator<readonly ChatCompletionChunk[]> {
  const parser = new SseParser();
  let isComplete = false;
  try {
    for (let bytes = await body.read(); bytes; bytes = await body.read()) {
      const { batch, failure, done } = read(() => translate(parser.feed(bytes)));
      if (batch.length > 0) yield batch;
      if (failure) throw asFailure(failure, provider);
      if (done) {
        isComplete = true;
        return;
      }
    }
    const { batch, failure } = read(() => translate(parser.end()));
    if (batch.length > 0) yield batch;
    if (failure) throw asFailure(failure, provider);
  } catch (error) {
    throw networkFailure(error, provider);
  } finally {
    if (isComplete) body.runOut();
    else body.close();
  }
}

function read(translated: () => EventBatch): EventBatch {
  try {
    return translated();
  } catch (failure) {
    return { batch: [], failure };
  }
}

/** An event of the wrong shape shows as a TypeError of ours, one without end as the parser's RangeError. */
function asFailure(failure: unknown, provider: string): UpstreamFailure {
  if (failure instanceof UpstreamFailure) return failure;
  return malformed(`${provider} sent a stream event that cannot be read.`);
}
