/**
 * Every OpenAI chat parameter and its range, after OpenAI's API reference ("Create chat completion") and the types
 * of the `openai` package. Fields that are not here pass through to the provider as they are.
 */
import { z } from 'zod';

const text = z.string();
const nonEmptyText = z.string().refine((value) => value.trim() !== '', 'must not be empty');

const contentPart = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text }),
  z.looseObject({
    type: z.literal('image_url'),
    image_url: z.looseObject({
      url: nonEmptyText,
      detail: z.enum(['auto', 'low', 'high', 'original']).nullish(),
    }),
  }),
  z.looseObject({ type: z.literal('input_audio'), input_audio: z.looseObject({ data: text, format: text }) }),
  z.looseObject({ type: z.literal('file'), file: z.looseObject({}) }),
  z.looseObject({ type: z.literal('refusal'), refusal: text }),
]);
const content = z.union([text, z.array(contentPart).min(1)], 'must be a string or a list of content parts');

const functionCall = z.looseObject({ name: nonEmptyText, arguments: text });
const toolCall = z.looseObject({ id: text, type: text, function: functionCall.optional() });

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content }),
  z.looseObject({ role: z.literal('developer'), content }),
  z.looseObject({ role: z.literal('user'), content }),
  z.looseObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    tool_calls: z.array(toolCall).nullish(),
    function_call: functionCall.nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), content, tool_call_id: nonEmptyText }),
  z.looseObject({ role: z.literal('function'), content: content.nullable(), name: nonEmptyText }),
]);

const functionDefinition = z.looseObject({
  name: z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  description: text.nullish(),
  parameters: z.record(text, z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});
const named = z.looseObject({ name: nonEmptyText });

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

const fields = {
  prompt: nonEmptyText,
  messages: z.array(message).min(1),
  model: nonEmptyText.nullish(),
  stream: flag,
  cache: z.boolean().nullish(),
  strict_params: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  stop: z.union([text, z.array(text).max(4)], 'must be a string or a list of up to 4 strings').nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  presence_penalty: penalty,
  frequency_penalty: penalty,
  logit_bias: z.record(text, z.number().min(-100).max(100)).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  seed: z.int().nullish(),
  user: text.nullish(),
  tools: z
    .array(
      z.discriminatedUnion('type', [
        z.looseObject({ type: z.literal('function'), function: functionDefinition }),
        z.looseObject({ type: z.literal('custom'), custom: named }),
      ]),
    )
    .max(128)
    .nullish(),
  tool_choice: z
    .union(
      [
        z.enum(['none', 'auto', 'required']),
        z.looseObject({ type: z.literal('function'), function: named }),
        z.looseObject({ type: z.literal('custom'), custom: named }),
        z.looseObject({ type: z.literal('allowed_tools') }),
      ],
      'must be "none", "auto", "required" or {"type": "function", "function": {"name": …}}',
    )
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  functions: z.array(functionDefinition).min(1).max(128).nullish(),
  function_call: z
    .union([z.enum(['none', 'auto']), named], 'must be "none", "auto" or {"name": …}')
    .nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('json_object') }),
      z.looseObject({
        type: z.literal('json_schema'),
        json_schema: z.looseObject({ name: nonEmptyText, schema: z.record(text, z.unknown()).nullish() }),
      }),
    ])
    .nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  modalities: z.array(z.literal('text', 'must be "text": this server answers in text only')).nullish(),
  metadata: z.record(text, text).nullish(),
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

/** Names a misspelling is compared with; the last are Together's and other open-model servers' own. */
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
    'context_length_exceeded_behavior',
    'thinking',
    'audio',
  ],
]);
