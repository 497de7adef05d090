/** The body of `POST /v1/responses` as a request in our shape. The server keeps no conversation: all of it is in the body. */

import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedRequest } from '../../chat/parsed-request.ts';
import { asText } from '../../core/as-text.ts';
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { toChatName } from '../../core/tool-names.ts';
import { Failure, invalidRequest } from '../../failures/failure.ts';
import { asksNothing, MUST_ASK, withResultsFirst } from '../conversation.ts';
import { withReferencedItems } from './item-references.ts';
import type { ResponseContext } from './response-object.ts';
import { effortOf, InputMessages } from './responses-input.ts';
import { lostOfResponses, SHARED_FIELDS } from './responses-lost-fields.ts';
import { ResponsesTools } from './responses-tools.ts';
import { requireFields } from './responses-validation.ts';

/** More items are no conversation; the bound keeps one request from holding up all others. */
const MAX_ITEMS = 20_000;

/**
 * @param recall an item of an earlier answer, by its id
 * @throws {Failure} `invalid_request` naming the field of this API
 */
export function parseResponsesRequest(
  given: unknown,
  recall: (id: string) => Fields | undefined,
  headers: IncomingHttpHeaders = {},
): {
  readonly parsed: ParsedRequest;
  readonly context: ResponseContext;
} {
  if (!isJsonObject(given))
    throw invalidRequest('The body must be a JSON object, such as {"input": "write hello world in Go"}.');
  refuseStored(given);
  const body = withItems(given, recall);
  requireFields(body);
  const tools = new ResponsesTools();
  tools.add(listOf(body.tools, 'tools'));
  const input = new InputMessages(tools);
  if (typeof body.instructions === 'string' && body.instructions !== '')
    input.add({ role: 'system', content: body.instructions }, 'instructions');
  if (typeof body.input === 'string') input.add({ role: 'user', content: body.input }, 'input');
  else for (const [index, item] of itemsOf(body).entries()) input.add(item, `input.${index}`);
  if (body.input == null) throw invalidRequest('`input` must be a text or a list of items.', 'input');
  if (asksNothing(input.messages)) throw invalidRequest(`\`input\` ${MUST_ASK}.`, 'input');
  const effort = input.effort ?? effortOf(body);
  const cap = body.max_output_tokens;
  if (cap != null && !(Number.isInteger(cap) && (cap as number) > 0))
    throw invalidRequest('`max_output_tokens` must be a whole number from 1.', 'max_output_tokens');
  const choice = toolChoice(body.tool_choice);
  const request = {
    messages: withResultsFirst(input.messages),
    stream: body.stream === true,
    ...Object.fromEntries(
      SHARED_FIELDS.filter((name) => body[name] != null).map((name) => [name, body[name]]),
    ),
    ...(cap != null && { max_completion_tokens: cap }),
    ...(effort && { reasoning_effort: effort }),
    ...textOptions(body.text),
    ...(tools.functions.length > 0 && {
      tools: tools.functions,
      ...choice,
      ...(body.parallel_tool_calls === false && { parallel_tool_calls: false }),
    }),
  };
  const parsed: ParsedRequest = {
    request: request as unknown as ChatRequest,
    model: typeof body.model === 'string' && body.model !== '' ? body.model : undefined,
    user: typeof body.user === 'string' && body.user !== '' ? body.user.slice(0, 256) : undefined,
    // An agent that asks again wants to act again.
    cache: tools.functions.length === 0,
    strictParams: body.strict_params === true,
    door: 'responses',
    source: body,
    native: { wire: 'responses', body, headers: nativeHeaders(headers) },
    dropped: [...new Set([...tools.skipped, ...input.skipped, ...lostOfResponses(body, choice)])],
  };
  return {
    parsed,
    context: {
      body,
      tools,
      wantsEncrypted: listOfTexts(body.include).includes('reasoning.encrypted_content'),
    },
  };
}

/** What this wire says in headers: betas, and the form in which Codex has its tools. Values that none has are not sent on. */
function nativeHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ['openai-beta', 'x-openai-internal-codex-responses-lite']) {
    const value = headers[name];
    if (typeof value === 'string' && /^[\w.,:= -]{1,1024}$/.test(value)) found[name] = value;
  }
  return found;
}

function listOfTexts(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is stored at OpenAI cannot be had here, and without it the answer would be to another question. */
function refuseStored(body: Fields): void {
  for (const field of ['previous_response_id', 'conversation'] as const) {
    if (body[field] == null) continue;
    throw new Failure(
      'invalid_request',
      `This server keeps no responses: send the whole conversation in \`input\` instead of \`${field}\`.`,
      { param: field, code: 'previous_response_not_found' },
    );
  }
  if (body.prompt != null)
    throw invalidRequest(
      '`prompt` names a template that is stored at OpenAI: send its text in `instructions` and `input`.',
      'prompt',
    );
  if (body.background === true)
    throw invalidRequest('`background` needs stored responses, which this server has not.', 'background');
}

function listOf(value: unknown, field: string): readonly Fields[] {
  if (value == null) return [];
  if (!Array.isArray(value) || !value.every(isJsonObject))
    throw invalidRequest(`\`${field}\` must be a list of objects.`, field);
  return value;
}

/** @returns the very body where it refers to nothing */
function withItems(body: Fields, recall: (id: string) => Fields | undefined): Fields {
  const items = itemsOf(body);
  const referenced = withReferencedItems(items, recall);
  return referenced === items ? body : { ...body, input: referenced };
}

/** Of an input that is a text there are none. */
function itemsOf({ input }: Fields): readonly Fields[] {
  if (typeof input === 'string') return [];
  const items = listOf(input, 'input');
  if (items.length > MAX_ITEMS) throw invalidRequest(`\`input\` has more than ${MAX_ITEMS} items.`, 'input');
  return items;
}

function textOptions(text: unknown): object {
  const { format, verbosity } = (text ?? {}) as { format?: Fields; verbosity?: unknown };
  return {
    ...(typeof verbosity === 'string' && { verbosity }),
    ...(format?.type === 'json_object' && { response_format: { type: 'json_object' } }),
    ...(format?.type === 'json_schema' && {
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: format.name ?? 'output',
          schema: format.schema,
          ...(format.strict != null && { strict: format.strict }),
          ...(format.description != null && { description: format.description }),
        },
      },
    }),
  };
}

function toolChoice(choice: unknown): object {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { tool_choice: choice };
  const { type, name, namespace, mode, tools } = (choice ?? {}) as Fields;
  if (type === 'allowed_tools')
    return { tool_choice: allowedTools(mode, listOf(tools, 'tool_choice.tools')) };
  if (type === 'function' || type === 'custom')
    return { tool_choice: { type: 'function', function: { name: toChatName(asText(name), namespace) } } };
  return {};
}

/** Tools that others run cannot be called here, allowed or not. */
function allowedTools(mode: unknown, tools: readonly Fields[]): object {
  const functions = tools.filter(({ type }) => type === 'function' || type === 'custom');
  return {
    type: 'allowed_tools',
    allowed_tools: {
      mode,
      tools: functions.map(({ name, namespace }) => ({
        type: 'function',
        function: { name: toChatName(asText(name), namespace) },
      })),
    },
  };
}
