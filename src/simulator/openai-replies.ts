/** Chat completions as OpenAI and Together send them, whole or as a stream. */
import { type Draft, draftReply } from './draft.ts';
import { embeddingsReply } from './embeddings.ts';
import { errorReply, errorReplyForFault, providerHeaders } from './errors.ts';
import { openaiCompletionId, openaiToolCallId, togetherId } from './ids.ts';
import { modelsReply } from './models.ts';
import { openaiQuestion, openaiRefusal } from './openai-question.ts';
import { rateLimitHeaders } from './rate-limits.ts';
import { responsesReply } from './responses-replies.ts';
import { textCompletionReply } from './text-completions.ts';
import { characterPieces, splitTokens, streamPieces } from './tokens.ts';
import type { ToolCall } from './tools.ts';
import type { JsonObject, PlannedReply, ProviderRequest, ReplyContext, StreamEvent } from './wire.ts';
import { isObject, jsonReply } from './wire.ts';

/** One answer in the making: everything the choice and chunk builders need. */
interface Completion {
  isTogether: boolean;
  body: JsonObject;
  context: ReplyContext;
  drafts: Draft[];
  reportsUsage: boolean;
}

/** What there is beside chats. */
const OTHERS: Readonly<Record<string, typeof embeddingsReply | typeof textCompletionReply>> = {
  '/v1/completions': textCompletionReply,
  '/v1/embeddings': embeddingsReply,
};

/** Answers any request below `/openai` or `/together`. Pure. */
export function openaiReply(request: ProviderRequest, context: ReplyContext): PlannedReply {
  const { provider, body } = request;
  const { callNumber } = context;
  if (!/^Bearer \S+/.test(request.headers.authorization ?? '')) {
    return errorReplyForFault(provider, 'bad_key', '', callNumber)!;
  }
  if (request.method === 'GET' && request.path === '/v1/models') return modelsReply(provider, callNumber);
  if (provider === 'openai' && request.method === 'POST' && request.path === '/v1/responses')
    return responsesReply(body, context);
  const other = request.method === 'POST' && isObject(body) ? OTHERS[request.path] : undefined;
  if (other && isObject(body)) return other(provider, body, context);
  if (request.method !== 'POST' || request.path !== '/v1/chat/completions') {
    const message = `Invalid URL (${request.method} ${request.path})`;
    return errorReply(provider, 404, { type: 'invalid_request_error', message }, callNumber);
  }
  const refusal = openaiRefusal(provider, body);
  if (refusal || !isObject(body)) return errorReply(provider, 400, refusal!, callNumber);

  const question = openaiQuestion(provider, body);
  const count = typeof body.n === 'number' && body.n > 1 ? body.n : 1;
  const completion: Completion = {
    isTogether: provider === 'together',
    body,
    context,
    drafts: Array.from({ length: count }, () => draftReply(question, context)),
    reportsUsage: context.fault?.name !== 'no_usage',
  };
  const headers = {
    ...providerHeaders(provider, callNumber),
    ...rateLimitHeaders(provider, { exhausted: false }),
  };
  return body.stream === true
    ? {
        status: 200,
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache',
          ...headers,
        },
        events: streamEvents(completion),
      }
    : jsonReply(200, wholeBody(completion), headers);
}

function wholeBody(completion: Completion): JsonObject {
  const { drafts, isTogether, reportsUsage } = completion;
  return {
    ...envelope(completion, 'chat.completion'),
    ...(isTogether && { prompt: [] }),
    choices: drafts.map((draft, index) => ({
      index,
      message: wholeMessage(completion, draft),
      logprobs: logprobs(completion, draft.text),
      finish_reason: finishReason(completion, draft),
      ...(isTogether && { seed: null }),
    })),
    ...(reportsUsage && { usage: usageOf(completion) }),
    ...(!isTogether && { service_tier: 'default', system_fingerprint: 'fp_simulated' }),
  };
}

function envelope({ isTogether, context, body }: Completion, object: string): JsonObject {
  const id = isTogether ? togetherId(context.callNumber) : openaiCompletionId(context.callNumber);
  return { id, object, created: context.created, model: body.model };
}

function wholeMessage({ isTogether, body, context }: Completion, draft: Draft): JsonObject {
  const extras = isTogether ? { tool_calls: [] } : { refusal: null, annotations: [] };
  if (draft.toolCalls.length === 0) return { role: 'assistant', content: draft.text, ...extras };
  if (!Array.isArray(body.tools)) {
    return { role: 'assistant', content: null, ...extras, function_call: draft.toolCalls[0] };
  }
  const toolCalls = draft.toolCalls.map((call, index) => ({
    ...(isTogether && { index }),
    id: openaiToolCallId(context.callNumber, index),
    type: 'function',
    function: call,
  }));
  return { role: 'assistant', content: null, ...extras, tool_calls: toolCalls };
}

function finishReason({ isTogether, body, context }: Completion, draft: Draft): string | null {
  // In a stream the event with the reason is not sent at all.
  if (context.fault?.name === 'no_finish') return null;
  if (draft.finish === 'tool_calls') return Array.isArray(body.tools) ? 'tool_calls' : 'function_call';
  if (draft.finish === 'stop' && isTogether && context.fault?.name === 'eos') return 'eos';
  return draft.finish;
}

function usageOf({ isTogether, drafts }: Completion): JsonObject {
  const { input, cached } = drafts[0]!.usage;
  const output = drafts.reduce((sum, draft) => sum + draft.usage.output, 0);
  const totals = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  if (isTogether) return { ...totals, cached_tokens: cached };
  return {
    ...totals,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** Log probabilities when asked for: OpenAI's list of tokens, Together's parallel arrays. */
function logprobs({ isTogether, body }: Completion, text: string): JsonObject | null {
  if (!body.logprobs) return null;
  const tokens = splitTokens(text);
  if (isTogether) {
    return { tokens, token_logprobs: tokens.map(() => -0.1), token_ids: tokens.map((_, index) => index) };
  }
  const described = (token: string) => ({ token, logprob: -0.1, bytes: [...Buffer.from(token)] });
  const alternatives = typeof body.top_logprobs === 'number' && body.top_logprobs > 0;
  return {
    content: tokens.map((token) => ({
      ...described(token),
      top_logprobs: alternatives ? [described(token)] : [],
    })),
    refusal: null,
  };
}

function streamEvents(completion: Completion): StreamEvent[] {
  const { drafts, body, isTogether, reportsUsage } = completion;
  const base = envelope(completion, 'chat.completion.chunk');
  const wantsUsage =
    isObject(body.stream_options) && body.stream_options.include_usage === true && reportsUsage;
  const event = (
    kind: StreamEvent['kind'],
    choices: JsonObject[],
    usage: JsonObject | null = null,
  ): StreamEvent => ({
    kind,
    data: JSON.stringify({
      ...base,
      ...(!isTogether && { service_tier: 'default', system_fingerprint: 'fp_simulated' }),
      choices,
      // OpenAI has a null usage on every chunk, but only when usage was asked for.
      ...((wantsUsage || isTogether) && { usage }),
    }),
  });
  const choice = (index: number, delta: JsonObject, finish: string | null, text = ''): JsonObject => ({
    index,
    ...(isTogether && { text, seed: null }),
    delta: isTogether ? { role: 'assistant', ...delta } : delta,
    logprobs: text === '' ? null : isTogether ? (body.logprobs ? -0.1 : null) : logprobs(completion, text),
    finish_reason: finish,
  });

  const events = drafts.map((_, index) =>
    event('start', [choice(index, { role: 'assistant', content: '' }, null)]),
  );
  const deltas = drafts.map((draft) => [
    ...streamPieces(draft.text).map((text) => ({ delta: { content: text } as JsonObject, text })),
    ...toolDeltas(completion, draft.toolCalls).map((delta) => ({ delta, text: '' })),
  ]);
  const longest = Math.max(...deltas.map((list) => list.length));
  for (let position = 0; position < longest; position++) {
    deltas.forEach((list, index) => {
      const next = list[position];
      if (next) events.push(event('delta', [choice(index, next.delta, null, next.text)]));
    });
  }
  drafts.forEach((draft, index) => {
    const last: JsonObject = isTogether ? { content: '' } : {};
    events.push(event('finish', [choice(index, last, finishReason(completion, draft))]));
  });
  if (wantsUsage) events.push(event('usage', [], usageOf(completion)));
  events.push({ kind: 'done', data: '[DONE]' });
  return events;
}

/** A call opens with id and name, then its arguments follow in pieces. */
function toolDeltas({ body, context }: Completion, calls: ToolCall[]): JsonObject[] {
  return calls.flatMap((call, index): JsonObject[] => {
    const pieces = characterPieces(call.arguments, 8);
    if (!Array.isArray(body.tools)) {
      return [
        { function_call: { name: call.name, arguments: '' } },
        ...pieces.map((piece) => ({ function_call: { arguments: piece } })),
      ];
    }
    const id = openaiToolCallId(context.callNumber, index);
    return [
      { tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: '' } }] },
      ...pieces.map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ];
  });
}
