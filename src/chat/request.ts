/** From an unknown body to a request we can answer. Every complaint names the field and the mend, and costs nothing. */

import { nearest } from '../core/nearest.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { invalidRequest } from '../routing/failures.ts';
import { withoutLegacyFunctions } from './legacy-functions.ts';
import { complaint } from './request-complaints.ts';
import { type Body, bodySchema, KNOWN_FIELDS } from './request-schema.ts';

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
  refuseMisspellings(body);
  const result = bodySchema.safeParse(body);
  if (!result.success) throw complaint(result.error.issues, body);
  const {
    prompt,
    messages,
    model,
    cache,
    strict_params: strictParams,
    stream,
    stream_options: streamOptions,
    ...rest
  } = result.data;
  if (prompt !== undefined && messages !== undefined) {
    throw invalidRequest('Send either `prompt` or `messages`, not both.', 'prompt');
  }
  if (prompt === undefined && messages === undefined) {
    throw invalidRequest(
      'Say what you want to know: `prompt` (a string) or `messages` (a list) is required.',
      'prompt',
    );
  }
  const { legacyFunctions, ...parameters } = withoutLegacyFunctions(
    dropNulls({ ...rest, messages: messages ?? [{ role: 'user', content: prompt }] }),
  );
  return {
    request: { ...parameters, stream: stream ?? false } as ChatRequest,
    model: model ?? undefined,
    legacyFunctions,
    wantsUsageChunk: streamOptions?.include_usage === true,
    cache: cache ?? true,
    strictParams: strictParams ?? false,
  };
}

/** OpenAI clients send `null` for "not set"; no provider needs to see it. */
function dropNulls(fields: Body): Body {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

/**
 * Fields we do not know are passed on (providers have their own), but one that is a slip of a known name would be
 * lost in silence.
 */
function refuseMisspellings(body: object): void {
  for (const field of Object.keys(body)) {
    if (KNOWN_FIELDS.has(field)) continue;
    const meant = nearest(field, KNOWN_FIELDS);
    if (meant) throw invalidRequest(`Unknown field \`${field}\`: did you mean \`${meant}\`?`, field);
  }
}
