/**
 * Bodies of OpenAI's Responses API that are sent to `/chat/completions` all the same, as Cursor does for its agent: the
 * conversation is `input`, and the answer is expected in the form of chat. What only that API has (stored answers,
 * items of its own tools) is left out. (platform.openai.com/docs/api-reference/responses/create, 2026-11.)
 */
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import { invalidRequest } from '../../failures/failure.ts';

/** What has no counterpart in a chat request, and does not change what is asked. */
const NOT_FOR_CHAT = ['include', 'truncation', 'background', 'max_tool_calls', 'conversation'];

/** Whether a body is one of those: a chat has messages or a prompt, and never `input` alone. */
export function isResponsesBody(body: object): boolean {
  const { input, messages, prompt } = body as Fields;
  return input != null && messages == null && prompt == null;
}

/** @throws {Failure} `invalid_request` */
export function fromResponsesBody(body: object): Fields {
  const {
    input,
    instructions,
    max_output_tokens: cap,
    reasoning,
    text,
    previous_response_id: previous,
    ...rest
  } = body as Fields;
  if (previous != null)
    throw invalidRequest(
      'Answers are not stored here: send the whole conversation in `input`.',
      'previous_response_id',
    );
  const kept = Object.fromEntries(Object.entries(rest).filter(([name]) => !NOT_FOR_CHAT.includes(name)));
  const { effort } = fieldsOf(reasoning);
  const { format, verbosity } = fieldsOf(text);
  return {
    ...kept,
    messages: [
      ...(typeof instructions === 'string' && instructions !== ''
        ? [{ role: 'system', content: instructions }]
        : []),
      ...messagesOf(input),
    ],
    ...(cap != null && { max_completion_tokens: cap }),
    ...(effort != null && { reasoning_effort: effort }),
    ...(format != null && { response_format: format }),
    ...(verbosity != null && { verbosity }),
  };
}

function messagesOf(input: unknown): readonly unknown[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (!Array.isArray(input)) throw invalidRequest('`input` must be a string or a list of items.', 'input');
  const messages: Record<string, unknown>[] = [];
  for (const [index, item] of input.entries()) {
    const { type = 'message', ...fields } = fieldsOf(item);
    if (type === 'message') messages.push(messageOf(fields));
    else if (type === 'function_call') addCall(messages, fields);
    else if (type === 'function_call_output')
      messages.push({ role: 'tool', tool_call_id: fields.call_id, content: contentOf(fields.output) });
    else if (type !== 'reasoning')
      throw invalidRequest(
        `\`input.${index}.type\` must be "message", "function_call", "function_call_output" or "reasoning" here; POST /v1/responses takes others.`,
        `input.${index}.type`,
      );
  }
  return messages;
}

function messageOf({ role, content, tool_calls: calls, tool_call_id: id, name }: Fields) {
  return {
    role,
    content: contentOf(content),
    ...(calls != null && { tool_calls: calls }),
    ...(id != null && { tool_call_id: id }),
    ...(name != null && { name }),
  };
}

/** Calls that were made at once are items of their own there, and belong to one message here. */
function addCall(messages: Record<string, unknown>[], { call_id: id, name, arguments: given }: Fields): void {
  const call = { id, type: 'function', function: { name, arguments: given } };
  const last = messages.at(-1);
  if (last?.role !== 'assistant') messages.push({ role: 'assistant', content: null, tool_calls: [call] });
  else if (Array.isArray(last.tool_calls)) last.tool_calls.push(call);
  else last.tool_calls = [call];
}

function contentOf(content: unknown): unknown {
  return Array.isArray(content) ? content.map(partOf) : content;
}

function partOf(part: unknown): unknown {
  const { type, ...fields } = fieldsOf(part);
  switch (type) {
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: fields.text };
    case 'input_image':
      return {
        type: 'image_url',
        image_url: { url: fields.image_url, ...(fields.detail != null && { detail: fields.detail }) },
      };
    case 'input_file':
      return { type: 'file', file: fields };
    default:
      return part;
  }
}

function fieldsOf(value: unknown): Fields {
  return isJsonObject(value) ? value : {};
}
