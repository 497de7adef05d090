/** Models and chains, as the description of the API shows their replies; a test holds real replies to them. */
import { z } from 'zod';
import { number, orNull, text, time } from './schema-parts.ts';

const pricing = orNull(z.looseObject({ input: number, output: number })).describe(
  'US dollars per million tokens; `null`: not known',
);

/** `GET /models/health`. */
export const targetHealth = z.object({
  object: z.literal('list'),
  data: z.array(
    z.looseObject({
      target: text,
      provider: text,
      names: z.array(text),
      state: z.enum(['up', 'failing', 'cooling', 'probing']),
      because: text.optional(),
      until: time.optional(),
      causes: z.array(z.looseObject({})),
      successor: orNull(text),
      pricing,
      context_window: orNull(number),
      last_failures: z.array(z.looseObject({ at: time, kind: text })),
      latency: orNull(
        z.object({ p50_ms: number, p95_ms: number, ttft_p50_ms: orNull(number), requests: z.int() }),
      ),
    }),
  ),
});

/** `DELETE /models/health/{target}`; `lifted` is false where no cooldown was. */
export const lifted = z.object({ target: text, lifted: z.boolean() });

/** `GET /chains`. */
export const chains = z.object({
  data: z.array(
    z.object({
      name: text,
      is_default: z.boolean(),
      targets: z.array(text),
      hedge_after_ms: orNull(number),
      aliases: z.array(text),
    }),
  ),
});

/** A model, with OpenAI's fields and ours. */
export const model = z.looseObject({
  id: text,
  object: z.literal('model'),
  owned_by: text,
  context_window: orNull(z.int()),
  max_output_tokens: orNull(z.int()),
  pricing: pricing.optional(),
});

/** `GET /v1/models`. */
export const modelList = z.object({ object: z.literal('list'), data: z.array(model) });
