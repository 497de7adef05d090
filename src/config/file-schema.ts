/** The form of the configuration file. Unknown keys are errors, so that a slip is not silently without effect. */
import { z } from 'zod';
import { parseDuration } from '../core/durations.ts';
import { FEATURE_NAMES } from '../providers/features.ts';
import { PROVIDER_NAMES } from '../providers/registry.ts';

const duration = z
  .union([z.string(), z.number()])
  .transform((value) => String(value))
  .refine((text) => parseDuration(text) !== undefined, 'must be a duration such as 500ms, 10s or 1h');
const dollars = z.number().min(0);
const tokens = z.int().min(1);

export const modelEntry = z.strictObject({
  provider: z.enum(PROVIDER_NAMES),
  /** The id on the provider's wire. */
  model: z.string().min(1),
  api_key: z.string().min(1).optional(),
  base_url: z.url().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** US dollars per million tokens. */
  price: z
    .strictObject({
      input: dollars,
      output: dollars,
      cached_input: dollars.optional(),
      cache_write: dollars.optional(),
    })
    .optional(),
  context_window: tokens.optional(),
  max_output_tokens: tokens.optional(),
  timeouts: z
    .strictObject({
      connect: duration.optional(),
      first_token: duration.optional(),
      idle: duration.optional(),
      attempt: duration.optional(),
    })
    .optional(),
  retries: z.int().min(0).max(10).optional(),
  drop_params: z.array(z.string()).optional(),
  /** What the model has (`true`) or has not (`false`), where that is not as its provider has it. */
  capabilities: z.partialRecord(z.enum([...FEATURE_NAMES, 'prefill']), z.boolean()).optional(),
  /** The provider's model that takes this one's place while the provider says it is gone. */
  successor: z.string().min(1).optional(),
});

const modelNames = z.array(z.string()).min(1);

/** Model names in order, alone or with what else holds for the chain. */
export const chainEntry = z.union(
  [
    modelNames.transform((models) => ({ models, hedge_after: undefined })),
    z.strictObject({
      models: modelNames,
      /** Without a first token by then, the next model is asked beside the first. */
      hedge_after: duration.optional(),
    }),
  ],
  'must be a list of model names, or {models: […], hedge_after: 2s}',
);

export const fileSchema = z.strictObject({
  models: z.record(z.string().min(1), modelEntry).default({}),
  chains: z.record(z.string().min(1), chainEntry).default({}),
  /** Settings by their environment names in lower case; the environment wins over the file. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

export type ModelEntry = z.output<typeof modelEntry>;
export type ChainEntry = z.output<typeof chainEntry>;
export type ConfigFile = z.output<typeof fileSchema>;
