/** Messages as Anthropic sends them, whole or as a stream. */
import { anthropicQuestion, anthropicRefusal } from './anthropic-question.ts';
import { type Draft, draftReply } from './draft.ts';
import { errorReply, errorReplyForFault, providerHeaders } from './errors.ts';
import { anthropicMessageId, anthropicToolUseId } from './ids.ts';
import { modelsReply } from './models.ts';
import { rateLimitHeaders } from './rate-limits.ts';
import { characterPieces, streamPieces } from './tokens.ts';
import type { JsonObject, PlannedReply, ProviderRequest, ReplyContext, StreamEvent } from './wire.ts';
import { isObject, jsonReply } from './wire.ts';

/** Answers any request below `/anthropic`. Pure. */
export function anthropicReply(request: ProviderRequest, context: ReplyContext): PlannedReply {
  const { headers, body } = request;
  const { callNumber } = context;
  if (!headers['x-api-key'] && !/^Bearer \S+/.test(headers.authorization ?? '')) {
    return errorReplyForFault('anthropic', 'bad_key', '', callNumber)!;
  }
  if (request.method === 'GET' && request.path === '/v1/models') return modelsReply('anthropic', callNumber);
  if (request.method !== 'POST' || request.path !== '/v1/messages') {
    return errorReplyForFault('anthropic', '404', '', callNumber)!;
  }
  const refusal = anthropicRefusal(body, headers['anthropic-version']);
  if (refusal || !isObject(body)) {
    return errorReply(
      'anthropic',
      400,
      { type: 'invalid_request_error', message: refusal ?? '' },
      callNumber,
    );
  }
  const draft = draftReply(anthropicQuestion(body), context);
  const replyHeaders = {
    ...providerHeaders('anthropic', callNumber),
    ...rateLimitHeaders('anthropic', { exhausted: false }),
  };
  if (body.stream !== true) return jsonReply(200, message(body.model, draft, context), replyHeaders);
  return {
    status: 200,
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...replyHeaders,
    },
    events: streamEvents(body.model, draft, context),
  };
}

function message(model: unknown, draft: Draft, context: ReplyContext): JsonObject {
  return {
    id: anthropicMessageId(context.callNumber),
    type: 'message',
    role: 'assistant',
    model,
    content: blocks(draft, context),
    stop_reason: context.fault?.name === 'no_finish' ? null : stopReason(draft),
    stop_sequence: draft.stopSequence,
    stop_details: null,
    container: null,
    ...(context.fault?.name !== 'no_usage' && { usage: usage(draft) }),
  };
}

/** Claude says what it is about to do before it uses a tool, so tool blocks do not start at index 0. */
function blocks(draft: Draft, context: ReplyContext): JsonObject[] {
  const text = draft.toolCalls.length > 0 ? "I'll look that up." : draft.text;
  return [
    ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
    ...draft.toolCalls.map((call, index) => ({
      type: 'tool_use',
      id: anthropicToolUseId(context.callNumber, index),
      name: call.name,
      input: JSON.parse(call.arguments),
    })),
  ];
}

function stopReason(draft: Draft): string {
  if (draft.finish === 'tool_calls') return 'tool_use';
  if (draft.finish === 'length') return 'max_tokens';
  return draft.stopSequence === null ? 'end_turn' : 'stop_sequence';
}

/** `input_tokens` excludes what was read from the cache. */
function inputUsage({ usage: { input, cached } }: Draft): JsonObject {
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
  };
}

function usage(draft: Draft, outputTokens = draft.usage.output): JsonObject {
  return {
    ...inputUsage(draft),
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: 0 },
    server_tool_use: null,
    service_tier: 'standard',
  };
}

function streamEvents(model: unknown, draft: Draft, context: ReplyContext): StreamEvent[] {
  const event = (kind: StreamEvent['kind'], type: string, fields: JsonObject): StreamEvent => ({
    kind,
    name: type,
    data: JSON.stringify({ type, ...fields }),
  });
  const reportsUsage = context.fault?.name !== 'no_usage';
  const opening = {
    ...message(model, draft, context),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(reportsUsage && { usage: usage(draft, 1) }),
  };
  const events = [event('start', 'message_start', { message: opening })];
  blocks(draft, context).forEach((block, index) => {
    const isText = block.type === 'text';
    const content_block = isText ? { ...block, text: '' } : { ...block, input: {} };
    events.push(event('start', 'content_block_start', { index, content_block }));
    if (index === 0) events.push(event('start', 'ping', {}));
    const deltas: JsonObject[] = isText
      ? streamPieces(String(block.text)).map((text) => ({ type: 'text_delta', text }))
      : ['', ...characterPieces(JSON.stringify(block.input), 8)].map((partial_json) => ({
          type: 'input_json_delta',
          partial_json,
        }));
    for (const delta of deltas) events.push(event('delta', 'content_block_delta', { index, delta }));
    events.push(event('start', 'content_block_stop', { index }));
  });
  events.push(
    event('finish', 'message_delta', {
      delta: {
        stop_reason: stopReason(draft),
        stop_sequence: draft.stopSequence,
        stop_details: null,
        container: null,
      },
      ...(reportsUsage && {
        usage: {
          ...inputUsage(draft),
          output_tokens: draft.usage.output,
          output_tokens_details: { thinking_tokens: 0 },
          server_tool_use: null,
        },
      }),
    }),
    event('done', 'message_stop', {}),
  );
  return events;
}
