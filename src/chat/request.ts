/** From an unknown body to a request we can answer. Every complaint names the field and the mend, and costs nothing. */

import { nearest } from '../core/nearest.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { invalidRequest } from '../failures/failure.ts';
import { withoutLegacyFunctions } from './legacy-functions.ts';
import { complaint } from './request-complaints.ts';
import { FIELDS, KNOWN_FIELDS } from './request-schema.ts';

export interface ParsedRequest {
  readonly request: ChatRequest;
  /** A model or chain name; `undefined` asks for the default chain. */
  readonly model: string | undefined;
  /** Asked with the old `functions`, so answered with `function_call`. */
  readonly legacyFunctions: boolean;
  /** A last chunk with the usage was asked for. */
  readonly wantsUsageChunk: boolean;
  /** `cache: false` in the body. */
  readonly cache: boolean;
  /** `strict_params: true`: what a provider cannot take is refused, not left out. */
  readonly strictParams: boolean;
}

/** @throws {Failure} `invalid_request` */
export function parseRequest(body: unknown): ParsedRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidRequest('The body must be a JSON object, such as {"prompt": "write hello world in Go"}.');
  }
  const {
    prompt,
    messages,
    model,
    cache = true,
    strict_params: strictParams = false,
    stream = false,
    stream_options: streamOptions,
    ...rest
  } = parseFields(body);
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
    ...rest,
    messages: messages ?? [{ role: 'user', content: prompt }],
  });
  return {
    request: { ...parameters, stream } as unknown as ChatRequest,
    model,
    legacyFunctions,
    wantsUsageChunk: streamOptions?.include_usage === true,
    cache,
    strictParams,
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
  const parsed: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(body)) {
    if (!KNOWN_FIELDS.has(field)) refuseMisspelling(field);
    const schema = FIELDS.get(field);
    const result = schema?.safeParse(value);
    if (result && !result.success) throw complaint(field, result.error.issues, body);
    // OpenAI clients send `null` for "not set"; no provider needs to see it.
    if (value !== null) parsed[field] = result ? result.data : value;
  }
  return parsed;
}

function refuseMisspelling(field: string): void {
  // As a name of ours it would give an object other fields than it shows.
  if (field === '__proto__') throw invalidRequest('Unknown field `__proto__`.', field);
  const meant = nearest(field, KNOWN_FIELDS);
  if (meant) throw invalidRequest(`Unknown field \`${field}\`: did you mean \`${meant}\`?`, field);
}
