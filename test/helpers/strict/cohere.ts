/** Cohere's chat (v2), as strict as Cohere is (its API reference, 2026-11). */
import type { Complain, Json } from './rules.ts';
import { exampleOf, functionTools, isObject, listOf, onlyFields, pairedCalls } from './rules.ts';

const FIELDS = [
  'model',
  'messages',
  'tools',
  'tool_choice',
  'stream',
  'temperature',
  'p',
  'k',
  'max_tokens',
  'stop_sequences',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'response_format',
  'logprobs',
  'thinking',
  'strict_tools',
  'safety_mode',
];
const PARTS: Readonly<Record<string, readonly string[]>> = {
  text: ['type', 'text'],
  image_url: ['type', 'image_url'],
  document: ['type', 'document'],
  thinking: ['type', 'thinking'],
};

export function checkCohere(body: Json, complain: Complain): void {
  onlyFields(body, FIELDS, 'body', complain);
  const messages = listOf(body.messages);
  for (const [at, message] of messages.entries()) {
    const where = `messages.${at}`;
    const { role, content } = message;
    onlyFields(
      message,
      ['role', 'content', 'tool_calls', 'tool_plan', 'tool_call_id', 'citations'],
      where,
      complain,
    );
    if (!['system', 'user', 'assistant', 'tool'].includes(String(role)))
      complain(`${where}.role ${String(role)}`);
    if ((role === 'user' || role === 'system') && (content == null || content === ''))
      complain(`${where}.content is empty`);
    if (role === 'assistant' && !content && listOf(message.tool_calls).length === 0)
      complain(`${where} is empty`);
    for (const part of listOf(content)) {
      const fields = PARTS[String(part.type)];
      if (!fields) complain(`${where}.content: a part of type ${String(part.type)}`);
      else onlyFields(part, fields, `${where}.content`, complain);
    }
  }
  functionTools(body.tools, complain, ['name', 'description', 'parameters']);
  if (body.tool_choice !== undefined && !['REQUIRED', 'NONE'].includes(String(body.tool_choice)))
    complain('tool_choice');
  const turns = messages.map(({ tool_calls, tool_call_id }) => ({
    calls: listOf(tool_calls).map(({ id }) => id),
    results: tool_call_id === undefined ? [] : [tool_call_id],
  }));
  pairedCalls(turns, complain);
}

/** Calls the first tool, or says a word. */
export function answerCohere(body: Json): { whole: Json; events: string } {
  const [tool] = listOf(body.tools);
  const called = isObject(tool?.function) ? tool.function : undefined;
  const text = body.response_format === undefined ? 'Well.' : '{"title":"Well"}';
  const input = called && JSON.stringify(exampleOf(called.parameters));
  const call = called && {
    id: 'call_1',
    type: 'function',
    function: { name: called.name, arguments: input },
  };
  const finish = call ? 'TOOL_CALL' : 'COMPLETE';
  const usage = { billed_units: {}, tokens: { input_tokens: 100, output_tokens: 5 } };
  const event = (type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const message = {
    role: 'assistant',
    ...(call ? { tool_plan: text, tool_calls: [call] } : { content: [{ type: 'text', text }] }),
  };
  const said =
    event('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }) +
    event('content-delta', { index: 0, delta: { message: { content: { text } } } }) +
    event('content-end', { index: 0 });
  const asked = call
    ? event('tool-plan-delta', { delta: { message: { tool_plan: text } } }) +
      event('tool-call-start', {
        index: 0,
        delta: {
          message: { tool_calls: { ...call, function: { name: call.function.name, arguments: '' } } },
        },
      }) +
      event('tool-call-delta', {
        index: 0,
        delta: { message: { tool_calls: { function: { arguments: input } } } },
      }) +
      event('tool-call-end', { index: 0 })
    : said;
  return {
    whole: { id: 'c-1', finish_reason: finish, message, usage },
    events:
      event('message-start', {
        id: 'c-1',
        delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [] } },
      }) +
      asked +
      event('message-end', { id: 'c-1', delta: { finish_reason: finish, usage } }),
  };
}
