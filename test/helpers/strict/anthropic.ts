/** Anthropic's Messages, as strict as Anthropic is (its API reference and its replies of status 400, 2026-11). */
import type { Complain, Json } from './rules.ts';
import { checkSchema, exampleOf, isObject, listOf, onlyFields, pairedCalls } from './rules.ts';

const FIELDS = [
  'model',
  'messages',
  'system',
  'max_tokens',
  'tools',
  'tool_choice',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'metadata',
  'service_tier',
  'output_config',
  'context_management',
  'cache_control',
];
const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  text: ['text', 'citations'],
  image: ['source'],
  document: ['source', 'title', 'context', 'citations'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
  tool_use: ['id', 'name', 'input', 'caller'],
  tool_result: ['tool_use_id', 'content', 'is_error'],
  tool_reference: ['tool_name'],
  server_tool_use: ['id', 'name', 'input'],
  web_search_tool_result: ['tool_use_id', 'content'],
};
const TOOL_FIELDS = [
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'defer_loading',
  'eager_input_streaming',
];

export function checkAnthropic(body: Json, complain: Complain): void {
  onlyFields(body, FIELDS, 'body', complain);
  if (!Number.isInteger(body.max_tokens)) complain('max_tokens is required');
  const messages = listOf(body.messages);
  if (messages[0]?.role !== 'user') complain('the first message must be a user’s');
  for (const [at, { role, content }] of messages.entries()) {
    const where = `messages.${at}`;
    // In the middle with the beta of Claude Code; a request that was translated has none.
    if (role !== 'user' && role !== 'assistant' && role !== 'system') complain(`${where}.role`);
    if (content === '' || (Array.isArray(content) && content.length === 0))
      complain(`${where}.content is empty`);
    for (const block of listOf(content)) checkBlock(block, `${where}.content`, complain);
  }
  for (const block of listOf(body.system)) checkBlock(block, 'system', complain);
  for (const [at, tool] of listOf(body.tools).entries()) {
    if (tool.type !== undefined && tool.type !== 'custom' && tool.input_schema === undefined) continue;
    onlyFields(tool, TOOL_FIELDS, `tools.${at}`, complain);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(tool.name))) complain(`tools.${at}.name`);
    checkSchema(tool.input_schema, `tools.${at}.input_schema`, complain);
  }
  if (listOf(body.tools).length === 0 && body.tool_choice !== undefined)
    complain('tool_choice without tools');
  const turns = messages
    .filter(({ role }) => role !== 'system')
    .map(({ content }) => ({
      calls: idsOf(content, 'tool_use', 'id'),
      results: idsOf(content, 'tool_result', 'tool_use_id'),
    }));
  pairedCalls(turns, complain);
}

function idsOf(content: unknown, type: string, field: string): unknown[] {
  return listOf(content).flatMap((block) => (block.type === type ? [block[field]] : []));
}

function checkBlock(block: Json, where: string, complain: Complain): void {
  const fields = BLOCKS[String(block.type)];
  if (!fields) return complain(`${where}: a block of type ${String(block.type)}`);
  onlyFields(block, ['type', 'cache_control', ...fields], where, complain);
  if (block.type === 'text' && !String(block.text ?? '').trim()) complain(`${where}: an empty text`);
  if (block.type === 'thinking' && !block.signature) complain(`${where}: thinking without a signature`);
  if (block.type === 'tool_use' && !isObject(block.input)) complain(`${where}: an input that is no object`);
  for (const inner of block.type === 'tool_result' ? listOf(block.content) : [])
    checkBlock(inner, `${where}.content`, complain);
}

/** Calls the first tool, where it may, or says a word. */
export function answerAnthropic(body: Json): { whole: Json; events: string } {
  const mayCall = !isObject(body.tool_choice) || body.tool_choice.type !== 'none';
  const tool = mayCall
    ? listOf(body.tools).find(({ input_schema: schema, defer_loading: later }) => schema && !later)
    : undefined;
  const isJson = isObject(body.output_config) && body.output_config.format !== undefined;
  const text = { type: 'text', text: isJson ? '{"title":"Well"}' : 'Well.' };
  const input = exampleOf(tool?.input_schema);
  const call = tool && { type: 'tool_use', id: 'toolu_1', name: tool.name, input };
  const stop = call ? 'tool_use' : 'end_turn';
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: body.model, stop_sequence: null };
  const usage = { input_tokens: 100, output_tokens: 5 };
  const event = (type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const block = (index: number, start: object, delta: object) =>
    event('content_block_start', { index, content_block: start }) +
    event('content_block_delta', { index, delta }) +
    event('content_block_stop', { index });
  return {
    whole: { ...head, content: [text, ...(call ? [call] : [])], stop_reason: stop, usage },
    events:
      event('message_start', { message: { ...head, content: [], stop_reason: null, usage } }) +
      block(0, { type: 'text', text: '' }, { type: 'text_delta', text: text.text }) +
      (call
        ? block(1, { ...call, input: {} }, { type: 'input_json_delta', partial_json: JSON.stringify(input) })
        : '') +
      event('message_delta', { delta: { stop_reason: stop, stop_sequence: null }, usage }) +
      event('message_stop', {}),
  };
}
