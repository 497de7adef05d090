/** From a body to a request for embeddings (https://platform.openai.com/docs/api-reference/embeddings/create). */

import { z } from 'zod';
import type { ParsedRequest } from '../../chat/parsed-request.ts';
import { isJsonObject } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { lengthOnly } from '../../core/raw-body.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { parseFields, userOf } from '../openai-chat/body-fields.ts';
import { FIELDS as CHAT_FIELDS } from '../openai-chat/chat-request-schema.ts';

/** OpenAI's number of texts in one request. */
const MAX_TEXTS = 2_048;
const MAX_DIMENSIONS = 65_536;
/** Whole libraries are made vectors of once, and would push all other answers out. */
const MAX_CACHED_TEXTS = 128;

const FIELDS: ReadonlyMap<string, z.ZodType> = new Map([
  ...['model', 'cache', 'strict_params', 'user', 'metadata'].map(
    (name) => [name, CHAT_FIELDS.get(name)!] as const,
  ),
  // Checked by `textsOf`.
  ['input', z.unknown()],
  ['dimensions', z.int().min(1).max(MAX_DIMENSIONS).nullish()],
  ['encoding_format', z.enum(['float', 'base64']).nullish()],
]);
/** The last are those of Cohere, Voyage, NVIDIA, vLLM, Mistral and Gemini. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...FIELDS.keys(),
  ...['input_type', 'task', 'task_type', 'truncate', 'truncate_prompt_tokens', 'output_dtype', 'priority'],
]);

interface Fields extends Record<string, unknown> {
  readonly input?: unknown;
  readonly model?: string;
  readonly dimensions?: number;
  readonly encoding_format?: 'float' | 'base64';
  readonly cache?: boolean;
  readonly strict_params?: boolean;
  readonly user?: string;
}

/** @throws {Failure} `invalid_request` */
export function parseEmbeddingsRequest(body: unknown): ParsedRequest {
  if (!isJsonObject(body))
    throw invalidRequest(
      'The body must be a JSON object, such as {"model": "text-embedding-3-small", "input": "a text"}.',
    );
  const {
    input,
    model,
    encoding_format: format = 'float',
    cache,
    strict_params: strictParams = false,
    ...rest
  } = parseFields(body, FIELDS, KNOWN_FIELDS) as Fields;
  if (model === undefined)
    throw invalidRequest(
      '`model` is required: vectors of two models cannot be compared. Name an embedding model, such as `text-embedding-3-small`.',
      'model',
    );
  const texts = textsOf(input);
  const request: ChatRequest = {
    ...rest,
    operation: 'embeddings',
    messages: texts.map((content) => ({ role: 'user', content })),
    encoding_format: format,
    stream: false,
  };
  return {
    request,
    model,
    user: userOf(rest.user),
    cache: cache ?? texts.length <= MAX_CACHED_TEXTS,
    strictParams,
    door: 'embeddings',
    source: lengthOnly(body),
  };
}

/** @throws {Failure} also for lists of tokens: each model has its own */
function textsOf(input: unknown): readonly string[] {
  if (input === undefined || input === null)
    throw invalidRequest(
      'Say what to make vectors of: `input` (a string, or a list of strings) is required.',
      'input',
    );
  const list = Array.isArray(input) ? input : [input];
  if (list.length === 0) throw invalidRequest('`input` must hold at least 1 item.', 'input');
  if (list.some((item) => typeof item === 'number' || Array.isArray(item)))
    throw invalidRequest(
      '`input` must be text: token ids mean another text to each model. Send the text itself (LangChain: check_embedding_ctx_length=False).',
      'input',
    );
  if (list.length > MAX_TEXTS)
    throw invalidRequest(
      `\`input\` must hold at most ${MAX_TEXTS} items; send the others in further requests.`,
      'input',
    );
  for (const [index, text] of list.entries()) {
    const field = Array.isArray(input) ? `input.${index}` : 'input';
    if (typeof text !== 'string') throw invalidRequest(`\`${field}\` must be a string.`, field);
    if (text === '') throw invalidRequest(`\`${field}\` must not be empty.`, field);
  }
  return list as readonly string[];
}
