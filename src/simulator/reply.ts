/** Decides what one call is answered: the provider's reply, or the error its fault asks for. */
import { anthropicReply } from './anthropic-replies.ts';
import { errorReply, errorReplyForFault, streamError } from './errors.ts';
import type { Fault } from './faults.ts';
import { openaiReply } from './openai-replies.ts';
import { promptLayerReply } from './promptlayer-reply.ts';
import type { Script } from './script.ts';
import {
  isObject,
  type JsonObject,
  type PlannedReply,
  type ProviderRequest,
  type ReplyContext,
  type StreamEvent,
} from './wire.ts';

/** A reply before it is delivered, and the fault that it has or that its delivery will have. */
export interface PlannedCall {
  reply: PlannedReply;
  /** The fault this call has, with its text as written. */
  fault?: Fault & { text: string };
  errorEvent?: StreamEvent;
}

/** Plans the reply to a request. Only calls that do work have faults; model lists are always healthy. */
export function planReply(
  request: ProviderRequest,
  script: Script,
  { callNumber, created, note }: Pick<ReplyContext, 'callNumber' | 'created' | 'note'>,
): PlannedCall {
  const { provider, body } = request;
  const context: ReplyContext = { callNumber, created, note };
  const scriptedAnswer = script.answerOf(provider);
  if (scriptedAnswer !== undefined) context.scriptedAnswer = scriptedAnswer;
  if (request.method !== 'POST') return { reply: healthyReply(request, context) };

  let fault: Fault | undefined;
  try {
    fault = script.faultFor(provider, request.headers['x-simulate']);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { reply: errorReply(provider, 400, { type: 'invalid_request_error', message }, callNumber) };
  }
  if (!fault) return { reply: healthyReply(request, context) };

  const text = fault.parameter === undefined ? fault.name : `${fault.name}:${fault.parameter}`;
  const model = isObject(body) && typeof body.model === 'string' ? body.model : '';
  const isStream = isObject(body) && body.stream === true;
  const name = isStream ? fault.name : wholeReplyFault(provider, fault.name);
  const failed = errorReplyForFault(provider, name, model, callNumber, fault.parameter);
  if (failed) return { reply: failed, fault: { ...fault, text } };

  context.fault = fault;
  const planned: PlannedCall = { reply: healthyReply(request, context), fault: { ...fault, text } };
  if (fault.name === 'error_event' || fault.name === 'rate_limit_event') {
    const isResponse = provider === 'openai' && request.path === '/v1/responses';
    const error = streamError(provider, fault.name, callNumber);
    const data = JSON.stringify(isResponse ? responseErrorEvent(error) : error);
    const hasNames = isResponse || provider === 'anthropic';
    planned.errorEvent = { kind: 'error', data, ...(hasNames && { name: 'error' }) };
  }
  return planned;
}

/** OpenAI's error as the event of its Responses API, which is flat. */
function responseErrorEvent(error: unknown): object {
  const { code, message, param } = (error as { error: JsonObject }).error;
  return { type: 'error', sequence_number: 0, code: code ?? 'server_error', message, param: param ?? null };
}

/** A whole reply has no events: what would be an error event is an error status. */
function wholeReplyFault(provider: string, name: string): string {
  if (name === 'rate_limit_event') return '429';
  if (name === 'error_event') return provider === 'anthropic' ? '529' : '500';
  return name;
}

function healthyReply(request: ProviderRequest, context: ReplyContext): PlannedReply {
  switch (request.provider) {
    case 'anthropic':
      return anthropicReply(request, context);
    case 'promptlayer':
      return promptLayerReply(request, context);
    default:
      return openaiReply(request, context);
  }
}
