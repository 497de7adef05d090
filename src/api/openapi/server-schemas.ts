/** The server itself, as the description of the API shows its replies; a test holds real replies to them. */
import { z } from 'zod';
import { orNull, text, time } from './schema-parts.ts';

/** A failure in OpenAI's shape, with our request id beside it. */
export const error = z.object({
  error: z.object({ message: text, type: text, param: orNull(text), code: orNull(text) }),
  request_id: text,
});

/** A failure in Anthropic's shape. */
export const anthropicError = z.object({
  type: z.literal('error'),
  error: z.looseObject({ type: text, message: text }),
  request_id: text,
});

/** `GET /session`: who is signed in, and what may be shown them. */
export const session = z.object({
  mode: z.enum(['keys', 'open', 'anonymous']),
  role: orNull(z.enum(['admin', 'caller', 'anonymous'])).describe('`null`: nobody is signed in'),
  may_manage: z.boolean(),
  key: orNull(z.object({ id: text, alias: text, project: orNull(text), user: orNull(text) })),
  expires_at: orNull(time),
  limits: z
    .array(z.object({ field: text, label: text, unit: text, for_users: z.boolean() }))
    .describe(
      'the limits of keys and projects that are counts; `for_users`: also as `user_…`, for each user of a key',
    ),
  demo: z.boolean(),
  version: text,
  log_prompts: z.boolean(),
});

/** `GET /settings`. */
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

/** `GET /health/live`. */
export const alive = z.object({ status: z.literal('ok') });

/** `GET /health/ready`; administrators see the parts, too. */
export const ready = z.looseObject({ status: z.enum(['ready', 'degraded', 'not ready']) });

/** A reply of which the description says nothing more. */
export const object = z.looseObject({});
