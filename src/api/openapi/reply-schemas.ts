/** What the routes of the management reply, as schemas for the description of the API; a test holds real replies to them. */

import { z } from 'zod';
import { KEY_STATES } from '../../accounts/keys/key-list.ts';
import { LIMIT_KINDS, USER_LIMIT_KINDS, USER_PREFIX } from '../../accounts/limits/limit-table.ts';
import { GUARDRAIL_RULES } from '../../core/guardrail-rule.ts';

const text = z.string();
const number = z.number();
const time = z.iso.datetime({ offset: true });
const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();
const named = z.object({ id: text, alias: orNull(text) });
const cursor = orNull(text).describe('Give it as `cursor` to get the next page');

export const error = z.object({
  error: z.object({ message: text, type: text, param: orNull(text), code: orNull(text) }),
  request_id: text,
});
export const anthropicError = z.object({
  type: z.literal('error'),
  error: z.looseObject({ type: text, message: text }),
  request_id: text,
});

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

const limit = orNull(number);
const limits = {
  ...Object.fromEntries(LIMIT_KINDS.map(({ field }) => [field, limit])),
  budget_period: orNull(text),
};
const spending = {
  spent_usd: number,
  held_usd: number,
  remaining_usd: orNull(number),
  resets_at: orNull(time),
};
const keyShape = {
  id: text,
  alias: text,
  last_four: text,
  project: orNull(text),
  project_alias: orNull(text),
  user: orNull(text),
  models: orNull(z.array(text)),
  guardrail: z.enum(GUARDRAIL_RULES),
  ...limits,
  ...Object.fromEntries(USER_LIMIT_KINDS.map(({ field }) => [USER_PREFIX + field, limit])),
  expires_at: orNull(time),
  state: z.enum(KEY_STATES),
  blocked_at: orNull(time),
  revoked_at: orNull(time),
  created_at: time,
};
export const changedKey = z.looseObject(keyShape);
export const newKey = changedKey.extend({ key: text.describe('Shown this once') });
export const key = changedKey.extend(spending);
export const keyPage = z.object({ data: z.array(key), next_cursor: cursor });

export const changedProject = z.looseObject({ id: text, alias: text, ...limits, created_at: time });
export const project = changedProject.extend(spending);
export const projectList = z.object({
  data: z.array(project.extend({ keys: z.int().describe('Those that are not revoked') })),
});

export const auditPage = z.object({
  data: z.array(
    z.object({
      id: text,
      at: time,
      actor: text,
      action: text,
      subject: text,
      subject_alias: orNull(text),
      details: z.looseObject({}),
    }),
  ),
  next_cursor: cursor,
});

export const session = z.object({
  mode: z.enum(['keys', 'open', 'anonymous']),
  role: orNull(z.enum(['admin', 'caller', 'anonymous'])).describe('`null`: nobody is signed in'),
  may_manage: z.boolean(),
  key: orNull(z.object({ id: text, alias: text, project: orNull(text), user: orNull(text) })),
  expires_at: orNull(time),
  demo: z.boolean(),
  version: text,
  log_prompts: z.boolean(),
});

const pricing = orNull(z.looseObject({ input: number, output: number })).describe(
  'US dollars per million tokens; `null`: not known',
);

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
export const lifted = z.object({ target: text, lifted: z.boolean() });

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

export const settings = z.object({
  data: z.array(
    z.object({
      name: text,
      value: orNull(text),
      default: orNull(text),
      source: z.enum(['environment', 'file', 'default', 'unset']),
      secret: z.boolean(),
    }),
  ),
  config_file: orNull(text),
  config_problems: z.array(text).optional(),
  demo: z.boolean(),
  version: text,
  uptime_s: z.int(),
});

export const model = z.looseObject({
  id: text,
  object: z.literal('model'),
  owned_by: text,
  context_window: orNull(z.int()),
  max_output_tokens: orNull(z.int()),
  pricing: pricing.optional(),
});
export const modelList = z.object({ object: z.literal('list'), data: z.array(model) });

export const alive = z.object({ status: z.literal('ok') });
export const ready = z.looseObject({ status: z.enum(['ready', 'degraded', 'not ready']) });
export const object = z.looseObject({});
