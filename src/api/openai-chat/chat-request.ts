/** From an unknown body to a request we can answer. Every error names the field and the fix, and costs nothing. */

import type { ParsedRequest } from '../../chat/parsed-request.ts';
import { nearest } from '../../core/nearest.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { FIELDS, KNOWN_FIELDS } from './chat-request-schema.ts';
import { withoutLegacyFunctions } from './legacy-functions.ts';
import { credentialFailure } from './request-credentials.ts';
import { fromResponsesBody, isResponsesBody } from './responses-body.ts';
import { validationError } from './validation-errors.ts';

/** Fields of a body; the API has some fifty. */
const MAX_FIELDS = 300;

export interface OpenAiChatRequest extends ParsedRequest {
  /** Asked with the old `functions`, so answered with `function_call`. */
  readonly legacyFunctions: boolean;
  /** A last chunk with the usage was asked for. */
  readonly wantsUsageChunk: boolean;
}

/** Characters of a user's name; longer ones are cut. */
const MAX_USER_LENGTH = 256;

/** @throws {Failure} `invalid_request` */
export function parseRequest(body: unknown): OpenAiChatRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
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
  } = parseFields(isResponsesBody(body) ? fromResponsesBody(body) : body);
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
  const request = { ...withoutEmptyTools(parameters), stream } as unknown as ChatRequest;
  return {
    request,
    model,
    legacyFunctions,
    wantsUsageChunk: streamOptions?.include_usage === true,
    user: typeof rest.user === 'string' && rest.user !== '' ? rest.user.slice(0, MAX_USER_LENGTH) : undefined,
    // An agent that asks the same again wants to act again.
    cache: cache ?? request.tools === undefined,
    strictParams,
    wire: 'chat',
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

/**
 * Fields we do not know are passed on (providers have their own), but one that is a slip of a known name would be
 * lost in silence.
 */
function parseFields(body: object): ParsedFields {
  const fields = Object.entries(body);
  if (fields.length > MAX_FIELDS)
    throw invalidRequest(`The body has ${fields.length} fields; at most ${MAX_FIELDS} are taken.`);
  const parsed: Record<string, unknown> = {};
  for (const [field, value] of fields) {
    if (!KNOWN_FIELDS.has(field)) refuseField(field);
    const schema = FIELDS.get(field);
    const result = schema?.safeParse(value);
    if (result && !result.success) throw validationError(field, result.error.issues, body);
    // OpenAI clients send `null` for "not set"; no provider needs to see it.
    if (value !== null) parsed[field] = result ? result.data : value;
  }
  return parsed;
}

/** @throws {Failure} for a field that is not for providers, or that is a slip of one of ours */
function refuseField(field: string): void {
  // As a name of ours it would give an object other fields than it shows.
  if (field === '__proto__') throw invalidRequest('Unknown field `__proto__`.', field);
  const credential = credentialFailure(field);
  if (credential) throw credential;
  const meant = nearest(field, KNOWN_FIELDS);
  if (meant) throw invalidRequest(`Unknown field \`${field}\`: did you mean \`${meant}\`?`, field);
}

type Fields = Readonly<Record<string, unknown>>;

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
function withoutEmptyTools(fields: Fields): Fields {
  const { tools, tool_choice: _choice, parallel_tool_calls: _parallel, ...rest } = fields;
  return Array.isArray(tools) && tools.length === 0 ? rest : fields;
}
