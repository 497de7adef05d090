/** The OpenAI wire, spoken by OpenAI, Together and most others: one request, one JSON reply or one event stream. */
import type { ChatCompletion, ChatCompletionChunk, FinishReason, Usage } from '../core/openai-types.ts';
import { keepOwnJson } from '../core/own-json.ts';
import type { ServerSentEvent } from '../core/sse.ts';
import { errorInObject } from '../failures/provider-error.ts';
import { malformed, UpstreamFailure } from '../failures/upstream-failure.ts';
import { type EventBatch, EventBatches } from './event-batches.ts';
import { toJsonBody } from './fit/json-body.ts';
import type { PreparedRequest } from './prepared-request.ts';
import type { Call, Reply, Target } from './provider.ts';
import type { ReplyBody } from './reply-body.ts';
import { readText, type Transport } from './transport.ts';

/** Sends a body that is already in the provider's own dialect, and reads the answer. */
export async function sendOpenAiShaped(
  transport: Transport,
  prepared: PreparedRequest,
  body: { stream?: boolean | null },
  target: Target,
  call: Call,
  dropped: readonly string[] = [],
): Promise<Reply> {
  const reply = await transport.post(prepared, toJsonBody(body), target, call);
  const facts = { dropped, headers: reply.headers, status: reply.status };
  if (body.stream && isEventStream(reply.headers)) {
    return { kind: 'stream', ...facts, batches: readBatches(reply.body, target) };
  }
  const text = await readText(reply.body, target.provider);
  return { kind: 'whole', ...facts, completion: readCompletion(text, reply.headers, target) };
}

export function isEventStream(headers: Readonly<Record<string, string>>): boolean {
  return headers['content-type']?.includes('text/event-stream') ?? false;
}

/** Parses a JSON body that must be an object. @throws {UpstreamFailure} malformed, with the start of the body. */
export function parseObject(
  text: string,
  headers: Readonly<Record<string, string>>,
  provider: string,
): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Falls through: both are the same failure.
  }
  throw malformed(`${provider} sent a reply that is not a JSON object.`, {
    headers,
    body: text.slice(0, 4096),
  });
}

function readCompletion(
  text: string,
  headers: Readonly<Record<string, string>>,
  target: Target,
): ChatCompletion {
  const parsed = parseObject(text, headers, target.provider);
  // Some servers report a failure with status 200.
  if (parsed.error) throw eventFailure(parsed, target.provider);
  const completion = parsed as unknown as ChatCompletion;
  if (!isListOfObjects(completion.choices)) {
    throw malformed(`${target.provider} sent a reply without choices.`, {
      headers,
      body: text.slice(0, 4096),
    });
  }
  if (isAsItShouldBe(completion)) {
    keepOwnJson(completion, text);
    return completion;
  }
  completion.object = 'chat.completion';
  completion.model ||= target.model;
  if (saysNothing(completion.usage)) delete completion.usage;
  for (const choice of completion.choices) {
    if (choice.finish_reason) choice.finish_reason = finishReason(choice.finish_reason);
  }
  return completion;
}

/** Nothing in it has to be put right. */
function isAsItShouldBe({ object, model, usage, choices }: ChatCompletion): boolean {
  if (object !== 'chat.completion' || !model || saysNothing(usage)) return false;
  return choices.every(({ finish_reason: reason }) => !reason || finishReason(reason) === reason);
}

/** What a list of the wire must be before its items are looked into. */
export function isListOfObjects(value: unknown): value is object[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
}

/** Reads an event stream into chunks, those of one read together. Ends at `[DONE]` or at the end of the bytes. */
function readBatches(body: ReplyBody, target: Target): EventBatches {
  return new EventBatches(body, target.provider, (events) => readEvents(events, target));
}

function readEvents(events: readonly ServerSentEvent[], target: Target): EventBatch {
  const batch: ChatCompletionChunk[] = [];
  for (const { data } of events) {
    if (data === '[DONE]') return { batch, done: true };
    try {
      const chunk = readChunk(data, target);
      if (chunk) batch.push(chunk);
    } catch (failure) {
      return { batch, failure };
    }
  }
  return { batch };
}

function readChunk(data: string, target: Target): ChatCompletionChunk | undefined {
  if (data === '') return undefined;
  const parsed = parseObject(data, {}, target.provider);
  if (parsed.error) throw eventFailure(parsed, target.provider);
  const chunk = parsed as unknown as ChatCompletionChunk;
  if (!Array.isArray(chunk.choices)) {
    // A usage-only event of some servers has no choices at all.
    if (!chunk.usage)
      throw malformed(`${target.provider} sent a stream event without choices.`, {
        body: data.slice(0, 4096),
      });
    chunk.choices = [];
  }
  chunk.model ||= target.model;
  // OpenAI puts `"usage": null` into every chunk when usage was asked for, which is always done for the receipt.
  if (chunk.usage !== undefined && saysNothing(chunk.usage)) delete chunk.usage;
  for (const choice of chunk.choices) {
    choice.delta ??= {};
    if (choice.finish_reason) choice.finish_reason = finishReason(choice.finish_reason);
  }
  return chunk;
}

/** No answer takes no tokens at all: such a report is a place-holder. */
export function saysNothing(usage: Usage | null | undefined): boolean {
  return !usage || !(usage.prompt_tokens > 0 || usage.completion_tokens > 0 || usage.total_tokens > 0);
}

/** An error told inside a reply or a stream that began with status 200. */
export function eventFailure(parsed: unknown, provider: string): UpstreamFailure {
  const said = errorInObject(parsed);
  const { reason } = said;
  const inner = (parsed as { error?: { code?: unknown; status?: unknown } }).error;
  const number = [inner?.code, inner?.status].map(Number).find((value) => value >= 400 && value < 600);
  return new UpstreamFailure({
    message: `${provider} reported an error in its reply${reason ? `: ${reason.slice(0, 500)}` : '.'}`,
    status: number,
    ...said,
    body: JSON.stringify(parsed).slice(0, 4096),
  });
}

/** `eos` is Together's, the rest are seen on OpenAI-shaped servers; unknown words pass through. */
function finishReason(reason: string): FinishReason {
  switch (reason) {
    case 'eos':
    case 'end_turn':
    case 'stop_sequence':
      return 'stop';
    case 'max_tokens':
    case 'model_length':
      return 'length';
    default:
      return reason as FinishReason;
  }
}
