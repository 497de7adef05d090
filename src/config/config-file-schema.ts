/**
 * The form of the configuration file. Unknown keys are errors, so that a slip is not silently without effect. The
 * descriptions are what an editor shows (`docs/config.schema.json` is made of this).
 */
import { z } from 'zod';
import { parseDuration } from '../core/durations.ts';
import { GUARDRAIL_RULES } from '../core/guardrail-rule.ts';
import { FEATURE_NAMES } from '../providers/feature-table.ts';
import { PROVIDER_NAMES } from '../providers/registry.ts';
import { normalizeBaseUrl } from './base-url.ts';
import { SETTING_NAMES } from './environment.ts';

const duration = z
  .union([z.string(), z.number()], 'must be a duration such as 500ms, 10s or 1h')
  .transform((value) => String(value))
  .refine((text) => parseDuration(text) !== undefined, 'must be a duration such as 500ms, 10s or 1h');
const dollars = z.number('must be a number of dollars').min(0);
const tokens = z.int('must be a whole number').min(1);
const text = z.string('must be a text').min(1, 'must not be empty');

const price = z
  .strictObject({
    input: dollars.describe('tokens read'),
    output: dollars.describe('tokens written'),
    cached_input: dollars.optional().describe('tokens read from the provider’s cache; as input when absent'),
    cache_write: dollars.optional().describe('tokens written to the provider’s cache; as input when absent'),
  })
  .describe('US dollars per million tokens');

const timeouts = z
  .strictObject({
    connect: duration.optional().describe('to open a connection'),
    first_token: duration.optional().describe('of a stream, until its first token'),
    idle: duration.optional().describe('between two parts of a stream'),
    attempt: duration.optional().describe('one whole try of an answer that is not streamed'),
  })
  .describe('overrides CONNECT_TIMEOUT, FIRST_TOKEN_TIMEOUT, IDLE_TIMEOUT and ATTEMPT_TIMEOUT');

const deploymentFields = {
  provider: z.enum(PROVIDER_NAMES).describe('who serves it'),
  model: text.describe('the id on the provider’s wire'),
  api_key: text
    .optional()
    .describe(
      'instead of the provider’s key in the environment; best as a reference to a variable of its own',
    ),
  base_url: text
    .superRefine((written, context) => {
      const result = normalizeBaseUrl(written, undefined);
      if ('problem' in result) context.addIssue(result.problem);
    })
    .optional()
    .describe('instead of the provider’s address'),
  headers: z.record(z.string(), z.string()).optional().describe('sent with every call'),
  price: price.optional(),
  context_window: tokens.optional().describe('tokens it can read, input and output together'),
  max_output_tokens: tokens.optional().describe('tokens it can write'),
  timeouts: timeouts.optional(),
  retries: z.int('must be a whole number').min(0).max(10).optional().describe('overrides RETRIES'),
  drop_params: z.array(text).optional().describe('parameters left out for it, and named in x-dropped-params'),
  capabilities: z
    .partialRecord(z.enum([...FEATURE_NAMES, 'prefill']), z.boolean())
    .optional()
    .describe('what it has (true) or has not (false), where that is not as its provider has it'),
  wire: z
    .enum(['chat', 'responses'], 'must be chat or responses')
    .optional()
    .describe(
      'of OpenAI and Azure: by which API it is asked in any case; without it gpt-5.4 and later are asked by the Responses API where a request has tools or came in by that',
    ),
  successor: text
    .optional()
    .describe('the provider’s model that takes this one’s place while the provider says it is gone'),
};

/** One deployment of a model: complete. */
export const modelEntry = z.strictObject(deploymentFields);

const deployment = z.strictObject({
  ...modelEntry.partial().shape,
  weight: z
    .number('must be a number')
    .positive('must be more than 0')
    .optional()
    .describe('its share of the load (1)'),
});

/** A model as the file has it: one deployment, or several that share its load and what is said above them. */
export const fileModel = z.strictObject({
  ...modelEntry.partial().shape,
  balance: z
    .enum(
      ['weighted', 'least_busy', 'lowest_latency', 'order'],
      'must be weighted, least_busy, lowest_latency or order',
    )
    .optional()
    .describe('how deployments share the load (weighted); what fails goes to the next in any case'),
  deployments: z.array(deployment).min(1).optional().describe('several places that serve this model'),
});

const modelNames = z.array(text, 'must be a list of model names').min(1, 'must name at least one model');
const chainFields = z.strictObject({
  models: modelNames.describe('names of models, tried in this order'),
  hedge_after: duration
    .optional()
    .describe('without a first token by then, the next model is asked beside the first'),
  affinity: z
    .literal('session', 'must be session')
    .optional()
    .describe('keeps a session on the model that answered it last, whose prompt cache is warm'),
  guardrail: z
    .enum(GUARDRAIL_RULES, 'must be default, always or off')
    .optional()
    .describe(
      'whether its requests get the guardrail prompt, whatever door they come in by; a key’s own word counts more',
    ),
  tool_calls: z
    .enum(['whole', 'stream'], 'must be whole or stream')
    .optional()
    .describe('whether tool calls are given whole and checked, or piece by piece; overrides TOOL_CALLS'),
});

/** Model names in order, alone or with what else holds for the chain. */
export const chainEntry = z
  .union(
    [modelNames.transform((models): z.output<typeof chainFields> => ({ models })), chainFields],
    'must be a list of model names, or {models: […], hedge_after: 2s}',
  )
  .describe('models in the order in which they are tried');

const settingNames = SETTING_NAMES.map((name) => name.toLowerCase());
const setting = z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number, true or false');

/** The whole file. */
export const fileSchema = z.strictObject({
  models: z.record(text, fileModel).default({}).describe('models by the name callers use'),
  chains: z
    .record(text, chainEntry)
    .default({})
    .describe('chains by the name callers use; `default` answers when a caller names none'),
  aliases: z
    .record(text, text)
    .default({})
    .describe('other names for models and chains; `*` at the end stands for all names that begin so'),
  settings: z
    .strictObject(Object.fromEntries(settingNames.map((name) => [name, setting.optional()])))
    .default({})
    .describe('environment variables in lower case; the environment itself wins'),
});

/** A model of one deployment. */
export type ModelEntry = z.output<typeof modelEntry>;

/** A model as the file has it: one deployment, or several. */
export type FileModel = z.output<typeof fileModel>;

/** A chain as the file has it. */
export type ChainEntry = z.output<typeof chainEntry>;

/** The file, checked. */
export type ConfigFile = z.output<typeof fileSchema>;

/** The schema for editors (JSON Schema, draft 2020-12). */
export function jsonSchema(): object {
  return { title: 'CodeLlama Server configuration', ...z.toJSONSchema(fileSchema, { io: 'input' }) };
}

/** Keys an object of the file may have, to find what a misspelt one was meant to be. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const last = path.at(-1);
  if (path.length === 0) return Object.keys(fileSchema.shape);
  if (path[0] === 'settings') return settingNames;
  if (path[0] === 'chains') return Object.keys(chainFields.shape);
  if (last === 'price') return Object.keys(price.shape);
  if (last === 'timeouts') return Object.keys(timeouts.shape);
  if (last === 'capabilities') return [...FEATURE_NAMES, 'prefill'];
  return Object.keys(path.includes('deployments') ? deployment.shape : fileModel.shape);
}
