/** Requests, receipts and usage, as the description of the API shows their replies; a test holds real replies to them. */
import { z } from 'zod';
import { cursor, named, number, orNull, text, time } from './schema-parts.ts';

const attempt = z.looseObject({
  target: text,
  kind: text,
  status: z.int().nullish(),
  note: text.nullish().describe('In place of a status that never came'),
  started_ms: number,
  first_token_ms: number.nullish(),
  ended_ms: number.nullish(),
});
const outcome = z.enum(['ok', 'error', 'closed', 'refused']);

/** A request as a line of the list. */
export const requestRow = z.object({
  id: text,
  at: time,
  kind: z.enum(['call', 'refused']),
  outcome,
  status: z.int(),
  error: orNull(text).describe('The kind of failure'),
  door: orNull(text),
  path: orNull(text).describe('Of a refused request'),
  key: orNull(named),
  project: orNull(named),
  user: orNull(text),
  agent: orNull(text),
  session: orNull(text),
  chain: orNull(text),
  model: orNull(text).describe('`provider/model` that answered'),
  stream: z.boolean(),
  cache: orNull(z.enum(['hit', 'hit-semantic', 'miss', 'bypass', 'coalesced'])),
  stitched: z.boolean(),
  attempts: z.int(),
  input_tokens: z.int(),
  cached_input_tokens: z.int(),
  output_tokens: z.int(),
  reasoning_tokens: z.int(),
  estimated: z.boolean(),
  cost_usd: orNull(number).describe('`null`: the price is unknown'),
  duration_ms: orNull(number),
  ttft_ms: orNull(number),
});

/** A page of `GET /requests`. */
export const requestPage = z.object({
  data: z.array(requestRow),
  next_cursor: cursor,
  has_more: z.boolean(),
});

const receipt = z.looseObject({
  id: text,
  created_at: time,
  key_id: orNull(text),
  key_alias: orNull(text),
  project: orNull(text),
  project_alias: orNull(text),
  user: orNull(text),
  door: text,
  agent: orNull(text),
  session: orNull(text),
  chain: text,
  model: orNull(text),
  provider: orNull(text),
  stream: z.boolean(),
  cache: text,
  semantic: z.object({ of: orNull(text), score: number, differences: text }).optional(),
  attempts: z.array(attempt),
  usage: z.looseObject({
    input: z.int(),
    output: z.int(),
    cached_input: z.int(),
    reasoning: z.int(),
    estimated: z.boolean(),
  }),
  prompt_cache: z
    .object({
      read: z.int(),
      written: z.int(),
      fresh: z.int(),
      broke_at: orNull(text).describe('The field that differs from the session’s last request'),
    })
    .describe('Tokens of the prompt that the provider read from its cache, wrote to it, and read anew'),
  cost_usd: orNull(number),
  hold_usd: number,
  ttft_ms: orNull(number),
  duration_ms: number,
  finish_reason: orNull(text),
  stitched: z.boolean(),
  client: z.enum(['completed', 'closed']),
  error: orNull(z.object({ kind: text, message: text })),
  prompt: z
    .array(z.looseObject({ role: text, content: z.unknown() }))
    .optional()
    .describe('Where prompts are kept'),
});

/** A request that was refused before any model was asked has no receipt: its row is all there is. */
export const receiptOrRow = z.union([receipt, requestRow]);

const groups = {
  time: text.optional(),
  model: orNull(text).optional(),
  key: orNull(text).optional(),
  key_alias: orNull(text).optional(),
  project: orNull(text).optional(),
  project_alias: orNull(text).optional(),
  user: orNull(text).optional(),
  agent: orNull(text).optional(),
  session: orNull(text).optional(),
};
const sums = {
  requests: z.int(),
  errors: z.int(),
  cache_hits: z.int(),
  input_tokens: z.int(),
  cached_input_tokens: z.int(),
  output_tokens: z.int(),
  reasoning_tokens: z.int(),
  cost_usd: number,
  saved_usd: number,
  unpriced_requests: z.int(),
  p50_ms: orNull(number),
  p95_ms: orNull(number),
  ttft_p50_ms: orNull(number),
};

/** `GET /usage`; what it can be grouped by is not known to a schema. */
export const usage = z.object({
  from: orNull(time),
  to: orNull(time).describe('Exclusive'),
  tz: text,
  group_by: z.array(text),
  bucket: orNull(text),
  data: z.array(z.looseObject({ ...groups, ...sums })).describe('Each with its groups under their own names'),
  other: orNull(z.object(sums)).describe('Groups beyond `limit`'),
  total: z.object(sums),
});
