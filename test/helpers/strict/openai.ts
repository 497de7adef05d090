/** OpenAI's Chat Completions, as strict as OpenAI is (its API reference and its replies of status 400, 2026-11). */
import type { Complain, Json } from './rules.ts';
import { exampleOf, functionTools, isObject, listOf, onlyFields, pairedCalls } from './rules.ts';

export interface OpenAiRules {
  readonly fields: readonly string[];
  readonly roles: readonly string[];
  /** Of a message beside `role` and `content`. */
  readonly messageFields: readonly string[];
}

const COMMON = [
  'model',
  'messages',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'stream',
  'stream_options',
  'temperature',
  'top_p',
  'max_tokens',
  'frequency_penalty',
  'presence_penalty',
  'response_format',
  'stop',
  'n',
  'seed',
  'logprobs',
  'top_logprobs',
  'logit_bias',
];
export const OPENAI: OpenAiRules = {
  fields: [
    ...COMMON,
    'max_completion_tokens',
    'reasoning_effort',
    'verbosity',
    'metadata',
    'store',
    'user',
    'service_tier',
    'prompt_cache_key',
    'safety_identifier',
    'prompt_cache_retention',
  ],
  roles: ['system', 'developer', 'user', 'assistant', 'tool'],
  messageFields: ['name', 'tool_calls', 'tool_call_id', 'refusal'],
};
export const TOGETHER: OpenAiRules = {
  fields: [...COMMON, 'top_k', 'reasoning_effort', 'repetition_penalty', 'min_p'],
  roles: ['system', 'user', 'assistant', 'tool'],
  messageFields: ['name', 'tool_calls', 'tool_call_id', 'reasoning_content', 'reasoning'],
};

const PARTS: Readonly<Record<string, readonly string[]>> = {
  text: ['type', 'text'],
  image_url: ['type', 'image_url'],
  file: ['type', 'file'],
  refusal: ['type', 'refusal'],
};

export function checkOpenAi(body: Json, rules: OpenAiRules, complain: Complain): void {
  onlyFields(body, rules.fields, 'body', complain);
  const messages = listOf(body.messages);
  if (messages.length === 0) complain('messages is empty');
  for (const [at, message] of messages.entries()) checkMessage(message, `messages.${at}`, rules, complain);
  functionTools(body.tools, complain, ['name', 'description', 'parameters', 'strict']);
  if (!body.tools && (body.tool_choice !== undefined || body.parallel_tool_calls !== undefined))
    complain('tool_choice without tools');
  const turns = messages.map(({ tool_calls, tool_call_id }) => ({
    calls: listOf(tool_calls).map(({ id }) => id),
    results: tool_call_id === undefined ? [] : [tool_call_id],
  }));
  pairedCalls(turns, complain);
}

function checkMessage(message: Json, where: string, rules: OpenAiRules, complain: Complain): void {
  const { role, content } = message;
  onlyFields(message, ['role', 'content', ...rules.messageFields], where, complain);
  if (!rules.roles.includes(String(role))) complain(`${where}.role ${String(role)}`);
  const hasCalls = listOf(message.tool_calls).length > 0;
  if (content == null || content === '') {
    const mayBeEmpty =
      role === 'tool' ? content === '' : role === 'assistant' && (content === '' || hasCalls);
    if (!mayBeEmpty) complain(`${where}.content is empty`);
  } else if (Array.isArray(content)) {
    if (content.length === 0) complain(`${where}.content is an empty list`);
    for (const part of listOf(content)) {
      const fields = PARTS[String(part.type)];
      if (!fields) complain(`${where}.content: a part of type ${String(part.type)}`);
      else onlyFields(part, fields, `${where}.content`, complain);
      if (part.type !== 'text' && role !== 'user')
        complain(`${where}.content: ${String(part.type)} at ${String(role)}`);
    }
  } else if (typeof content !== 'string') complain(`${where}.content`);
  for (const call of listOf(message.tool_calls)) {
    onlyFields(call, ['id', 'type', 'function'], `${where}.tool_calls`, complain);
    const text = isObject(call.function) ? call.function.arguments : undefined;
    try {
      JSON.parse(String(text));
    } catch {
      complain(`${where}.tool_calls: arguments that are no JSON`);
    }
  }
}

/** Calls the first tool, or says a word. */
export function answerOpenAi(body: Json): { whole: Json; events: string } {
  const [tool] = listOf(body.tools);
  const called = isObject(tool?.function) ? tool.function : undefined;
  const text = body.response_format === undefined ? 'Well.' : '{"title":"Well"}';
  const call = called && {
    id: 'call_1',
    type: 'function',
    function: { name: called.name, arguments: JSON.stringify(exampleOf(called.parameters)) },
  };
  const finish = call ? 'tool_calls' : 'stop';
  const head = { id: 'chatcmpl-1', created: 1, model: body.model };
  const usage = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105 };
  const message = { role: 'assistant', content: text, ...(call && { tool_calls: [call] }) };
  const chunk = (delta: object, reason: string | null) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
  return {
    whole: {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finish }],
      usage,
    },
    events:
      chunk({ role: 'assistant', content: text }, null) +
      (call ? chunk({ tool_calls: [{ index: 0, ...call }] }, null) : '') +
      chunk({}, finish) +
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n` +
      'data: [DONE]\n\n',
  };
}
