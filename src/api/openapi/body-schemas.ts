/** The bodies of the doors for the description of the API: from the schemas they are checked by, where there are some. */
import { z } from 'zod';
import { FIELDS } from '../openai-chat/chat-request-schema.ts';
import { COMPLETION_FIELDS } from '../openai-completions/completion-fields.ts';
import { text } from './schema-parts.ts';

/** Fields whose schema is a function that says nothing of their form. */
const content = z.union([text, z.array(z.looseObject({ type: text }))]);
const CHAT_FORMS: Readonly<Record<string, z.ZodType>> = {
  messages: z
    .array(z.looseObject({ role: text, content: content.nullish() }))
    .describe('The conversation; or `prompt`'),
  prompt: text.describe('One question, in place of `messages`'),
  model: text.describe('A model or chain; the chain `default` without it'),
  stream: z.boolean().describe('Server-sent events'),
  tools: z.array(z.looseObject({ type: text })),
  tool_choice: z.union([text, z.looseObject({})]),
  functions: z.array(z.looseObject({ name: text })),
  function_call: z.union([text, z.looseObject({})]),
  response_format: z.looseObject({ type: text }),
  stop: z.union([text, z.array(text).max(4)]),
  seed: z.int(),
  modalities: z.array(text),
  metadata: z.record(text, text),
  logit_bias: z.record(text, z.number()),
  cache: z
    .boolean()
    .describe('Keep this exchange in the cache; answers to requests with tools are not without it'),
  strict_params: z.boolean().describe('Refuse what the provider cannot take, in place of leaving it out'),
};

function bodyOf(fields: ReadonlyMap<string, z.ZodType>, forms: Readonly<Record<string, z.ZodType>>) {
  const shape = [...fields].map(([name, schema]) => [name, forms[name]?.optional() ?? schema.optional()]);
  return z.looseObject(Object.fromEntries(shape) as Record<string, z.ZodType>);
}

/** Of `POST /chat/completions`. */
export const chatBody = bodyOf(FIELDS, CHAT_FORMS);

/** Of `POST /v1/completions`. */
export const completionBody = bodyOf(COMPLETION_FIELDS, {
  ...CHAT_FORMS,
  prompt: z.union([text, z.array(text)]).describe('The text to go on with'),
  suffix: text.describe('What comes after the gap'),
});

/** Of `POST /v1/fim/completions`. */
export const fimBody = z.looseObject({
  model: text.optional(),
  prompt: text.describe('What comes before the gap'),
  suffix: text.optional().describe('What comes after it'),
  max_tokens: z.int().optional(),
  stream: z.boolean().optional(),
});

/** Of `POST /v1/embeddings`. */
export const embeddingsBody = z.looseObject({
  model: text,
  input: z.union([text, z.array(text)]),
  dimensions: z.int().min(1).optional(),
  encoding_format: z.enum(['float', 'base64']).optional(),
});
/** Anthropic's: https://docs.anthropic.com/en/api/messages */
export const messagesBody = z.looseObject({
  model: text,
  messages: z.array(z.looseObject({ role: text, content })),
  max_tokens: z.int().min(1).optional(),
  system: content.optional(),
  tools: z.array(z.looseObject({ name: text })).optional(),
  stream: z.boolean().optional(),
});
/** OpenAI's: https://platform.openai.com/docs/api-reference/responses */
export const responsesBody = z.looseObject({
  model: text.optional(),
  input: z.union([text, z.array(z.looseObject({}))]),
  instructions: text.nullish(),
  tools: z.array(z.looseObject({ type: text })).optional(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
});
/** Google's: https://ai.google.dev/api/generate-content */
export const contentBody = z.looseObject({
  contents: z.array(z.looseObject({ role: text.optional(), parts: z.array(z.looseObject({})) })),
  systemInstruction: z.looseObject({ parts: z.array(z.looseObject({})) }).optional(),
  tools: z.array(z.looseObject({})).optional(),
  generationConfig: z.looseObject({}).optional(),
});
