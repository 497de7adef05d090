/**
 * Every OpenAI chat parameter and its range, after OpenAI's API reference ("Create chat completion") and the types
 * of the `openai` package. Where the values belong to a provider (efforts, formats, tiers), any is taken. Fields that are
 * not here pass through to the provider as they are.
 */
import { z } from 'zod';
import { isWholeNumber } from '../../core/exact-json.ts';
import { isJsonObject } from '../../core/json-object.ts';
import { messages } from './request-messages.ts';
import { functionCallChoice, functions, toolChoice, tools } from './request-tools.ts';
import { byType, inner, listOf } from './schema-combinators.ts';

const text = z.string();
const nonEmptyText = z.string().refine((value) => value.trim() !== '', 'must not be empty');

/** The vocabulary of a model has some 200,000 tokens; nobody weighs more than a few of them. */
const MAX_BIASES = 10_000;
const MAX_LABELS = 1_000;

/** OpenAI's SDK also accepts the first version's `"True"` and `"true"`. */
const flag = z
  .union(
    [
      z.boolean(),
      z.enum(['True', 'true', 'False', 'false']).transform((word) => word.toLowerCase() === 'true'),
    ],
    'must be true or false',
  )
  .nullish();
const count = z.int().min(1).nullish();
const penalty = z.number().min(-2).max(2).nullish();
const topLogprobs = z.int().min(0).max(20);

/** A record, validated up to its first wrong value. */
function recordOf(value: z.ZodType, max: number) {
  const anyRecord = z.looseObject({});
  return z.unknown().transform((record, context) => {
    if (!isJsonObject(record)) return inner(anyRecord, record, context);
    const entries = Object.entries(record);
    if (entries.length > max) {
      context.addIssue(`must have at most ${max} entries`);
      return z.NEVER;
    }
    for (const [key, one] of entries)
      if (!value.safeParse(one).success) return inner(value, one, context, [key]);
    return record;
  });
}

const jsonSchema = z.looseObject({
  type: z.literal('json_schema'),
  json_schema: z.looseObject({ name: nonEmptyText, schema: z.record(text, z.unknown()).nullish() }),
});
const format = byType({ json_schema: jsonSchema });
/** The schema flat beside the type, as Together's API and OpenAI's Responses have it, is put inside; it needs a name. */
const responseFormat = z.unknown().transform((value, context) => {
  const { type, json_schema: own, ...flat } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (type !== 'json_schema') return inner(format, value, context);
  if (own === undefined && flat.schema === undefined) return inner(jsonSchema, value, context);
  const described = typeof own === 'object' && own !== null ? own : (own ?? flat);
  const schema = typeof described === 'object' ? { name: 'response', ...described } : described;
  return inner(jsonSchema, { type, json_schema: schema }, context);
});

const fields = {
  prompt: nonEmptyText.nullish(),
  messages: messages.nullish(),
  model: nonEmptyText.transform((name) => name.trim()).nullish(),
  stream: flag,
  cache: z.boolean().nullish(),
  strict_params: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  stop: z.union([text, listOf(text, { max: 4 })], 'must be a string or a list of up to 4 strings').nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  presence_penalty: penalty,
  frequency_penalty: penalty,
  logit_bias: recordOf(z.number().min(-100).max(100), MAX_BIASES).nullish(),
  /** Together's form, and that of OpenAI's old completions, is the number of alternatives. */
  logprobs: z.union([z.boolean(), topLogprobs], 'must be true or false').nullish(),
  top_logprobs: topLogprobs.nullish(),
  seed: z.custom<number>(isWholeNumber, 'must be a whole number').nullish(),
  user: text.nullish(),
  tools: tools.nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  functions: functions.nullish(),
  function_call: functionCallChoice.nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: nonEmptyText.nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  modalities: listOf(z.literal('text', 'must be "text": this server answers in text only'), {
    max: 8,
  }).nullish(),
  metadata: recordOf(text, MAX_LABELS).nullish(),
  store: z.boolean().nullish(),
  service_tier: text.nullish(),
  prediction: z.looseObject({ type: z.literal('content') }).nullish(),
  web_search_options: z.looseObject({}).nullish(),
  safety_identifier: text.nullish(),
  prompt_cache_key: text.nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
};

/** Each field by itself, as a request has three of them and checking the absence of forty others costs more than these. */
export const FIELDS: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(fields));

/** Names a misspelling is compared with; the last are providers' own that look like slips of others. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(fields),
  ...[
    'top_k',
    'top_a',
    'min_p',
    'min_tokens',
    'models',
    'repetition_penalty',
    'safety_model',
    'safety_mode',
    'context_length_exceeded_behavior',
    'thinking',
    'audio',
  ],
]);
