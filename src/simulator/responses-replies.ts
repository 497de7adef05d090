/** Responses as OpenAI's Responses API sends them, whole or as a stream. */
import { type Draft, draftReply } from './draft.ts';
import { errorReply, providerHeaders } from './errors.ts';
import { openaiItemId, openaiToolCallId } from './ids.ts';
import { reasoningModel } from './openai-question.ts';
import { rateLimitHeaders } from './rate-limits.ts';
import {
  ENCRYPTED_BY_SIMULATOR,
  type OfferedTool,
  responsesQuestion,
  responsesRefusal,
} from './responses-question.ts';
import { characterPieces, streamPieces } from './tokens.ts';
import {
  isObject,
  type JsonObject,
  jsonReply,
  type PlannedReply,
  type ReplyContext,
  type StreamEvent,
} from './wire.ts';

/** Answers `POST /v1/responses` below `/openai`. Pure. */
export function responsesReply(body: unknown, context: ReplyContext): PlannedReply {
  const { callNumber } = context;
  const refusal = responsesRefusal(body);
  if (refusal || !isObject(body)) return errorReply('openai', 400, refusal!, callNumber);
  const question = responsesQuestion(body);
  const draft = draftReply(question, context);
  const output = outputOf(body, draft, question.tools, context);
  const headers = {
    ...providerHeaders('openai', callNumber),
    ...rateLimitHeaders('openai', { exhausted: false }),
  };
  if (body.stream !== true) return jsonReply(200, ended(body, draft, output, context), headers);
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
    events: streamEvents(body, draft, output, context),
  };
}

function outputOf(body: JsonObject, draft: Draft, tools: OfferedTool[], context: ReplyContext): JsonObject[] {
  const id = (prefix: string, index: number) => openaiItemId(prefix, context.callNumber, index);
  const wantsReasoning = Array.isArray(body.include) && body.include.includes('reasoning.encrypted_content');
  const reasoning = {
    id: id('rs', 0),
    type: 'reasoning',
    summary: [],
    encrypted_content: ENCRYPTED_BY_SIMULATOR + context.callNumber,
  };
  const text = { type: 'output_text', annotations: [], logprobs: [], text: draft.text };
  const message = {
    id: id('msg', 1),
    type: 'message',
    status: 'completed',
    content: [text],
    role: 'assistant',
  };
  return [
    ...(wantsReasoning && reasoningModel.test(String(body.model)) ? [reasoning] : []),
    ...(draft.toolCalls.length === 0 && draft.text !== '' ? [message] : []),
    ...draft.toolCalls.map((call, index): JsonObject => {
      const tool = tools.find(({ name }) => name === call.name);
      const common = {
        status: 'completed',
        call_id: openaiToolCallId(context.callNumber, index),
        name: call.name,
        ...(tool?.namespace && { namespace: tool.namespace }),
      };
      return tool?.kind === 'custom'
        ? { id: id('ctc', index + 2), type: 'custom_tool_call', ...common, input: 'simulated' }
        : { id: id('fc', index + 2), type: 'function_call', ...common, arguments: call.arguments };
    }),
  ];
}

/** The response as it ends. */
function ended(body: JsonObject, draft: Draft, output: JsonObject[], context: ReplyContext): JsonObject {
  const status = draft.finish === 'length' ? 'incomplete' : 'completed';
  const isOpen = context.fault?.name === 'no_finish';
  return response(body, context, {
    status: isOpen ? 'in_progress' : status,
    output,
    incomplete_details: draft.finish === 'length' ? { reason: 'max_output_tokens' } : null,
    usage: context.fault?.name === 'no_usage' ? null : usageOf(draft),
  });
}

function response(body: JsonObject, context: ReplyContext, fields: JsonObject): JsonObject {
  return {
    id: openaiItemId('resp', context.callNumber, 0),
    object: 'response',
    created_at: context.created,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model: body.model,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...(isObject(body.reasoning) && body.reasoning) },
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, ...(isObject(body.text) && body.text) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    metadata: body.metadata ?? {},
    ...fields,
  };
}

function usageOf({ usage: { input, cached, output } }: Draft): JsonObject {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}

function streamEvents(
  body: JsonObject,
  draft: Draft,
  output: JsonObject[],
  context: ReplyContext,
): StreamEvent[] {
  const events: StreamEvent[] = [];
  const add = (kind: StreamEvent['kind'], type: string, fields: JsonObject) => {
    const data = JSON.stringify({ type, sequence_number: events.length, ...fields });
    events.push({ kind, name: type, data });
  };
  const begun = response(body, context, { status: 'in_progress', output: [], usage: null });
  add('start', 'response.created', { response: begun });
  add('start', 'response.in_progress', { response: begun });
  output.forEach((item, index) => {
    const place = { item_id: item.id, output_index: index };
    add('start', 'response.output_item.added', { output_index: index, item: beginning(item) });
    if (item.type === 'message') addText(draft.text, place, add);
    else if (item.type === 'function_call') {
      const pieces = characterPieces(String(item.arguments), 8);
      for (const delta of pieces) add('delta', 'response.function_call_arguments.delta', { ...place, delta });
      add('start', 'response.function_call_arguments.done', { ...place, arguments: item.arguments });
    } else if (item.type === 'custom_tool_call') {
      add('delta', 'response.custom_tool_call_input.delta', { ...place, delta: item.input });
      add('start', 'response.custom_tool_call_input.done', { ...place, input: item.input });
    }
    add('start', 'response.output_item.done', { output_index: index, item });
  });
  const end = ended(body, draft, output, context);
  add('finish', `response.${draft.finish === 'length' ? 'incomplete' : 'completed'}`, { response: end });
  return events;
}

function beginning(item: JsonObject): JsonObject {
  switch (item.type) {
    case 'message':
      return { ...item, status: 'in_progress', content: [] };
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' };
    case 'custom_tool_call':
      return { ...item, status: 'in_progress', input: '' };
    default:
      return item;
  }
}

function addText(
  text: string,
  place: JsonObject,
  add: (kind: StreamEvent['kind'], type: string, fields: JsonObject) => void,
): void {
  const at = { ...place, content_index: 0 };
  const part = { type: 'output_text', annotations: [], logprobs: [] };
  add('start', 'response.content_part.added', { ...at, part: { ...part, text: '' } });
  for (const delta of streamPieces(text))
    add('delta', 'response.output_text.delta', { ...at, delta, logprobs: [] });
  add('start', 'response.output_text.done', { ...at, text, logprobs: [] });
  add('start', 'response.content_part.done', { ...at, part: { ...part, text } });
}
