/** The OpenAI wire, spoken by OpenAI, Together and most others: one request, one JSON reply or one event stream. */
import type { ChatCompletion } from '../core/openai-types.ts';
import type { ServerSentEvent } from '../core/sse.ts';
import { malformed } from '../failures/upstream-failure.ts';
import { EventChunkStream } from './event-chunk-stream.ts';
import { composeBody } from './fit/compose-body.ts';
import { normaliseCompletion } from './normalise/completion.ts';
import { hasHalves, isListOfObjects, parseObject } from './normalise/json.ts';
import { eventFailure, tellsError } from './normalise/reply-error.ts';
import { withoutSpeltSecrets } from './normalise/secrets-in-logprobs.ts';
import type { PreparedRequest } from './prepared-request.ts';
import type { Call, Reply, Target } from './provider.ts';
import type { ResponseBody } from './response-body.ts';
import { redactorOf } from './target-secrets.ts';
import type { Transport } from './transport.ts';
import { type ReadCompletion, readReply } from './whole-or-stream.ts';

export { isListOfObjects, parseObject } from './normalise/json.ts';
export { eventFailure } from './normalise/reply-error.ts';
export { saysNothing } from './normalise/reported-usage.ts';
export { isEventStream } from './whole-or-stream.ts';

/** Sends a body that is already in the provider's own dialect, and reads the answer. */
export async function sendOpenAiShaped(
  transport: Transport,
  prepared: PreparedRequest,
  body: { stream?: boolean | null },
  target: Target,
  call: Call,
  dropped: readonly string[] = [],
): Promise<Reply> {
  const json = await composeBody(body, call.source);
  const reply = await transport.post(prepared, json, target, call);
  return readReply(reply, {
    target,
    dropped,
    wantsStream: body.stream === true,
    readWhole: (text) => readCompletion(text, reply.headers, target),
    readStream: (bytes) => readBatches(bytes, target),
  });
}

function readCompletion(
  text: string,
  headers: Readonly<Record<string, string>>,
  target: Target,
): ReadCompletion {
  const hadHalves = hasHalves(text);
  const parsed = parseObject(text, headers, target.provider);
  // Some servers report a failure with status 200.
  if (tellsError(parsed)) throw eventFailure(parsed, target.provider);
  if (!isListOfObjects(parsed.choices)) {
    throw malformed(`${target.provider} sent a reply without choices.`, {
      headers,
      body: text.slice(0, 4096),
    });
  }
  // Halves of characters are in the text still.
  const isRight = normaliseCompletion(parsed, target) && !hadHalves;
  const completion = parsed as unknown as ChatCompletion;
  const isAsItCame = withoutSpeltSecrets(completion, redactorOf(target)) && isRight;
  return { completion, json: isAsItCame ? text : undefined };
}

/** Reads an event stream into chunks, those of one read together. Ends at `[DONE]` or at the end of the bytes. */
function readBatches(body: ResponseBody, target: Target): EventChunkStream {
  return new EventChunkStream(body, target, (event, found) => readEvent(event, found, target.provider));
}

function readEvent({ data, event }: ServerSentEvent, found: object[], provider: string): boolean {
  if (data === '[DONE]') return true;
  if (data === '') return false;
  const parsed = parseObject(data, {}, provider);
  if (event === 'error') throw eventFailure(parsed, provider);
  found.push(parsed);
  return false;
}
