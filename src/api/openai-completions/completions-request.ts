/** OpenAI's older text completions (https://platform.openai.com/docs/api-reference/completions): from a body to a request. */

import type { ParsedRequest } from '../../chat/parsed-request.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { lengthOnly } from '../../core/raw-body.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { parseFields, userOf } from '../openai-chat/body-fields.ts';
import {
  COMPLETION_FIELDS,
  choicesOf,
  KNOWN_COMPLETION_FIELDS,
  promptTexts,
  requireCompletionBody,
  toMessages,
} from './completion-fields.ts';

/** Output tokens where the caller says nothing: OpenAI's number. */
const USUAL_OUTPUT = 16;

/** A parsed request, and what of it decides how its answer is written. */
export interface CompletionsRequest extends ParsedRequest {
  /** What each choice begins with; empty without `echo`. */
  readonly echoes: readonly string[];
  /** A last chunk with the usage was asked for. */
  readonly wantsUsageChunk: boolean;
}

/** The fields of ours, as the schema leaves them, and all others. */
interface Fields extends Record<string, unknown> {
  readonly prompt?: unknown;
  readonly suffix?: string;
  readonly model?: string;
  readonly n?: number;
  readonly best_of?: number;
  readonly echo?: boolean;
  readonly logprobs?: number;
  readonly max_tokens?: number;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean | null };
  readonly cache?: boolean;
  readonly strict_params?: boolean;
  readonly user?: string;
}

/** @throws {Failure} `invalid_request` */
export function parseCompletionsRequest(body: unknown): CompletionsRequest {
  const {
    prompt,
    suffix,
    model,
    n = 1,
    best_of: bestOf,
    echo = false,
    logprobs,
    max_tokens: maxTokens = USUAL_OUTPUT,
    stream = false,
    stream_options: streamOptions,
    cache = true,
    strict_params: strictParams = false,
    ...rest
  } = parseFields(
    requireCompletionBody(body, '{"model": "codellama", "prompt": "def add(a, b):"}'),
    COMPLETION_FIELDS,
    KNOWN_COMPLETION_FIELDS,
  ) as Fields;
  const texts = promptTexts(prompt, suffix !== undefined && suffix !== '');
  if (bestOf !== undefined && bestOf !== n)
    throw invalidRequest(
      '`best_of` is not supported: every choice that is made is given. Leave it out, and ask for more choices with `n`.',
      'best_of',
    );
  if (echo && logprobs !== undefined)
    throw invalidRequest('`echo` with `logprobs` is not supported: send one of the two.', 'echo');
  if (suffix !== undefined && texts.length > 1)
    throw invalidRequest('`suffix` belongs to one prompt: send a request for each.', 'suffix');
  const choices = choicesOf(n, texts.length);
  const request: ChatRequest = {
    ...rest,
    operation: 'text_completion',
    messages: toMessages(texts),
    ...(suffix !== undefined && { suffix }),
    max_tokens: maxTokens,
    ...(choices > 1 && { n: choices }),
    ...(logprobs !== undefined && { logprobs: true, top_logprobs: logprobs }),
    stream,
  };
  return {
    request,
    model,
    user: userOf(rest.user),
    cache,
    strictParams,
    door: 'completions',
    source: lengthOnly(body),
    ...(suffix !== undefined && { replacesOlder: true }),
    echoes: texts.flatMap((text) => Array.from({ length: n }, () => (echo ? text : ''))),
    wantsUsageChunk: streamOptions?.include_usage === true,
  };
}
