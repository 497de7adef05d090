/** From an unknown body to a request we can answer. Every error names the field and the fix, and costs nothing. */

import type { ParsedRequest } from '../../chat/parsed-request.ts';
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { parseFields, userOf } from './body-fields.ts';
import { FIELDS, KNOWN_FIELDS } from './chat-request-schema.ts';
import { withoutLegacyFunctions } from './legacy-functions.ts';
import { fromResponsesBody, isResponsesBody } from './responses-body.ts';

/** A parsed request, and what of it decides how its answer is written. */
export interface OpenAiChatRequest extends ParsedRequest {
  /** Asked with the old `functions`, so answered with `function_call`. */
  readonly legacyFunctions: boolean;
  /** A last chunk with the usage was asked for. */
  readonly wantsUsageChunk: boolean;
}

/** @throws {Failure} `invalid_request` */
export function parseRequest(body: unknown): OpenAiChatRequest {
  if (!isJsonObject(body)) {
    throw invalidRequest('The body must be a JSON object, such as {"prompt": "write hello world in Go"}.');
  }
  const {
    prompt,
    messages,
    model,
    cache,
    strict_params: strictParams = false,
    stream = false,
    stream_options: streamOptions,
    ...rest
  } = parseFields(
    'input' in body && isResponsesBody(body) ? fromResponsesBody(body) : body,
    FIELDS,
    KNOWN_FIELDS,
  ) as ParsedFields;
  const user = rest.user === undefined ? undefined : userOf(rest.user);
  if (prompt !== undefined && messages !== undefined) {
    throw invalidRequest('Send either `prompt` or `messages`, not both.', 'prompt');
  }
  if (prompt === undefined && messages === undefined) {
    throw invalidRequest(
      'Say what you want to know: `prompt` (a string) or `messages` (a list) is required.',
      'prompt',
    );
  }
  const { legacyFunctions, ...parameters } = withoutLegacyFunctions({
    ...withLogprobs(rest),
    messages: messages ?? [{ role: 'user', content: prompt }],
  });
  const { tools } = parameters as Fields;
  // What is asked for is the door's to say, and no field of the body.
  const request = {
    ...(Array.isArray(tools) && tools.length === 0 ? withoutTools(parameters) : parameters),
    stream,
    operation: undefined,
  } as unknown as ChatRequest;
  return {
    request,
    model,
    legacyFunctions,
    wantsUsageChunk: streamOptions?.include_usage === true,
    user,
    // An agent that asks the same again wants to act again.
    cache: cache ?? request.tools === undefined,
    strictParams,
    door: 'chat',
  };
}

/** The fields of ours, as the schema leaves them, and all others. */
interface ParsedFields extends Record<string, unknown> {
  readonly prompt?: string;
  readonly messages?: readonly object[];
  readonly model?: string;
  readonly cache?: boolean;
  readonly strict_params?: boolean;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean | null };
}

/** `"logprobs": 3`, the form of Together's API, is `true` with 3 alternatives. */
function withLogprobs(fields: Fields): Fields {
  const { logprobs } = fields;
  if (typeof logprobs !== 'number') return fields;
  const { top_logprobs: alternatives = logprobs } = fields;
  return logprobs > 0
    ? { ...fields, logprobs: true, top_logprobs: alternatives }
    : { ...fields, logprobs: false };
}

/** Of no tools there is nothing to choose, and providers refuse an empty list. */
function withoutTools(fields: Fields): Fields {
  const { tools: _tools, tool_choice: _choice, parallel_tool_calls: _parallel, ...rest } = fields;
  return rest;
}
