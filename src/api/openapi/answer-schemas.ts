/** What the doors reply, as schemas for the description of the API: as much as clients rely on. */
import { z } from 'zod';
import { number, orNull, text } from './schema-parts.ts';

const tokenUsage = z.looseObject({ prompt_tokens: z.int(), total_tokens: z.int() });

/** A chat completion (OpenAI). */
export const completion = z.looseObject({
  id: text,
  object: z.literal('chat.completion'),
  created: z.int(),
  model: text,
  choices: z.array(
    z.looseObject({
      index: z.int(),
      message: z.looseObject({ role: z.literal('assistant'), content: orNull(text).optional() }),
      finish_reason: orNull(text),
    }),
  ),
  usage: tokenUsage.optional(),
});

/** A text completion (OpenAI). */
export const textCompletion = z.looseObject({
  object: z.literal('text_completion'),
  model: text,
  choices: z.array(z.looseObject({ index: z.int(), text, finish_reason: orNull(text) })),
});

/** A message (Anthropic). */
export const message = z.looseObject({
  id: text,
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: text,
  content: z.array(z.looseObject({ type: text })),
  stop_reason: orNull(text),
  usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int() }),
});

/** A response (OpenAI's Responses API). */
export const response = z.looseObject({
  id: text,
  object: z.literal('response'),
  status: text,
  model: text,
  output: z.array(z.looseObject({ type: text })),
});

/** A list of embeddings (OpenAI). */
export const embeddings = z.looseObject({
  object: z.literal('list'),
  model: text,
  data: z.array(z.looseObject({ object: z.literal('embedding'), index: z.int() })),
});

/** What would become of a request: `POST /explain`. */
export const explanation = z.looseObject({
  chain: text,
  targets: z.array(
    z.looseObject({
      target: text,
      state: text,
      recovers_in_s: number,
      drops: z.array(text),
      emulates: z.array(text),
      refuses: text.optional(),
      window_ok: orNull(z.boolean()),
      worst_case_usd: orNull(number),
      expected_usd: orNull(number),
    }),
  ),
  tokens: z.looseObject({ input: z.int(), exact: z.boolean() }),
  cache: z.looseObject({ exact: text, semantic: text }),
  admission: z.looseObject({
    verdict: text,
    limit: orNull(text),
    remaining: z.looseObject({ budget_usd: number.optional() }),
    error: z.looseObject({ code: text, message: text }).optional(),
  }),
  guard: z.looseObject({ guardrail: z.boolean() }),
  would_ask: orNull(text),
});

/** A token count (Anthropic). */
export const inputTokens = z.object({ input_tokens: z.int() });
