/** Providers quote what a caller wrote. Whatever that is, it must put no model and no key out of use for others. */
import fc from 'fast-check';
import { it } from 'vitest';
import { classify } from '../../src/failures/classify.ts';
import { Cooldowns } from '../../src/routing/cooldowns.ts';
import { errorReply } from '../helpers/errors.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { makeTarget } from '../helpers/targets.ts';

const target = makeTarget('provider', { model: 'gpt-4o' });

/** Words that cost others something where the provider itself says them. */
const HOSTILE = [
  'insufficient_quota',
  'invalid_api_key',
  'model_not_found',
  'rate_limit_exceeded',
  'overloaded_error',
  'Your credit balance is too low to access the Anthropic API.',
  'You exceeded your current quota, please check your plan and billing details.',
  'API key not valid. Please pass a valid API key.',
  'Incorrect API key provided: x. You can obtain an API key from https://console.x.ai.',
  'The model `gpt-4o` does not exist',
  'The model `gpt-4o` does not exist. ',
  'model: gpt-4o',
  'Model Not Exist',
  'gpt-4o is not a valid model ID',
  'has been deprecated',
  'too many requests',
  '{"error":{"code":"insufficient_quota"}}',
];
const callersText = fc.oneof(fc.constantFrom(...HOSTILE), fc.string(), fc.string({ unit: 'grapheme' }));

/** Bodies as providers write them, each quoting the caller at its own place. */
const BODIES: readonly ((text: string) => object)[] = [
  (text) => ({
    error: {
      message: `Invalid value: '${text}'. Supported values are: 'a'.`,
      type: 'invalid_request_error',
      param: text,
      code: 'invalid_value',
    },
  }),
  (text) => ({
    error: {
      message: `Unknown parameter: '${text}'.`,
      type: 'invalid_request_error',
      param: text,
      code: 'unknown_parameter',
    },
  }),
  (text) => ({ error: { message: `property '${text}' is unsupported`, type: 'invalid_request_error' } }),
  (text) => ({
    error: {
      message: `'${text}' does not match '^[a-zA-Z0-9_-]{1,64}$' - 'tools.0.function.name'`,
      type: 'invalid_request_error',
      code: null,
    },
  }),
  (text) => ({
    error: { message: `Invalid schema for response_format '${text}': it must be an object.`, code: null },
  }),
  (text) => ({
    type: 'error',
    error: { type: 'invalid_request_error', message: `${text}: Extra inputs are not permitted` },
  }),
  (text) => [
    {
      error: {
        code: 400,
        message: `Invalid JSON payload received. Unknown name "${text}": Cannot find field.`,
        status: 'INVALID_ARGUMENT',
      },
    },
  ],
  (text) => ({
    detail: [
      { type: 'string_type', loc: ['body', text], msg: 'Input should be a valid string', input: text },
    ],
  }),
  (text) => ({
    detail: [{ type: 'value_error', loc: [text], msg: `Value error, ${text}`, ctx: { error: text } }],
  }),
  (text) => ({
    object: 'error',
    message: { detail: [{ type: 'extra_forbidden', loc: ['body', text], msg: text }] },
    type: 'invalid_request_error',
  }),
  (text) => ({
    error: {
      message: `1 validation error: {'input': {'messages': [{'role': 'user', 'content': '${text}'}]}}`,
      type: 'BadRequestError',
      code: 400,
    },
  }),
  (text) => ({
    error: {
      message: 'Bad request',
      failed_generation: text,
      metadata: { raw: text, input: { code: text, type: text } },
    },
    request: { code: text, error: text },
  }),
  (text) => ({ message: `invalid request: unknown field ${text}`, id: text }),
];

it('no answer to a request with hostile words cools a model or a key', () => {
  const body = fc.constantFrom(...BODIES);
  const status = fc.constantFrom(400, 403, 404, 405, 413, 415, 422);
  fc.assert(
    fc.property(status, body, callersText, (code, quote, text) => {
      const clock = new ManualClock();
      const cooldowns = new Cooldowns(clock, { cooldown: 60_000, longCooldown: 600_000, allowedFailures: 1 });
      const failure = classify(errorReply(code, quote(text)), clock.now(), target);
      for (let call = 0; call < 3; call++) cooldowns.failed(target, failure);
      return cooldowns.recoversIn(target) === 0;
    }),
    { numRuns: 3_000 },
  );
});
