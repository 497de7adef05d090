import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failures/classify.ts';
import { Failure } from '../../src/failures/failure.ts';
import type { FailureKind } from '../../src/failures/failure-table.ts';
import { malformed, type UpstreamFailure } from '../../src/failures/upstream-failure.ts';
import { errorEvent, errorReply, networkError, timeout } from '../helpers/errors.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

const openai = (status: number, type: string, message: string, code: string | null = null, headers = {}) =>
  errorReply(status, { error: { message, type, param: null, code } }, headers);
const anthropic = (status: number, type: string, message: string, details?: object, headers = {}) =>
  errorReply(status, { type: 'error', error: { type, message, details }, request_id: 'req_1' }, headers);
const together = openai;

type Example = [what: string, error: UpstreamFailure, kind: FailureKind, retryAfterMs?: number];

function each(examples: Example[], model = 'gpt-4') {
  it.each(examples)('%s', (_what, error, kind, retryAfterMs) => {
    const failure = classify(error, now, { model });
    expect(failure.kind).toBe(kind);
    expect(failure.retryAfterMs).toBe(retryAfterMs);
  });
}

const INVALID = 'invalid_request_error';
const FULL =
  "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.";

describe('OpenAI', () => {
  each([
    [
      '401',
      openai(401, INVALID, 'Incorrect API key provided: [key].', 'invalid_api_key'),
      'upstream_unauthorized',
    ],
    [
      '429, too many requests',
      openai(
        429,
        'requests',
        'Rate limit reached for gpt-4 on requests per min (RPM): Limit 3. Please try again in 20s.',
        'rate_limit_exceeded',
      ),
      'upstream_rate_limited',
      20_000,
    ],
    [
      '429 that says when in a header',
      openai(429, 'tokens', 'Rate limit reached', 'rate_limit_exceeded', { 'retry-after-ms': '640' }),
      'upstream_rate_limited',
      640,
    ],
    [
      '429, no credit',
      openai(
        429,
        'insufficient_quota',
        'You exceeded your current quota, please check your plan and billing details.',
        'insufficient_quota',
      ),
      'upstream_quota',
    ],
    ['400, context', openai(400, INVALID, FULL, 'context_length_exceeded'), 'context_length_exceeded'],
    [
      '404, model',
      openai(
        404,
        INVALID,
        'The model `gpt-4` does not exist or you do not have access to it.',
        'model_not_found',
      ),
      'model_gone',
    ],
    [
      '404, retired model',
      openai(404, INVALID, 'The model `gpt-4` has been deprecated, learn more here.', 'model_not_found'),
      'model_gone',
    ],
    [
      '400, content policy',
      openai(
        400,
        INVALID,
        'Your request was rejected as a result of our safety system.',
        'content_policy_violation',
      ),
      'content_filtered',
    ],
    [
      '400, usage policy',
      openai(
        400,
        INVALID,
        'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
        'invalid_prompt',
      ),
      'content_filtered',
    ],
    [
      '400, anything else',
      openai(400, INVALID, "Invalid type for 'stop'.", 'invalid_type'),
      'upstream_bad_request',
    ],
    ['500', openai(500, 'server_error', 'The server had an error.'), 'upstream_unavailable'],
    [
      '503, overloaded, with a time',
      openai(503, 'server_error', 'The engine is currently overloaded', null, { 'retry-after': '2' }),
      'upstream_unavailable',
      2_000,
    ],
    ['403, country', openai(403, 'request_forbidden', 'Country not supported'), 'target_refused'],
    [
      '404 that names no model',
      openai(404, INVALID, 'Unknown request URL: POST /v1/chat.'),
      'target_refused',
    ],
    [
      '429, larger than the limit of a minute',
      openai(
        429,
        'tokens',
        'Request too large for gpt-4 in organization o on tokens per min (TPM): Limit 30000, Requested 40000.',
        'rate_limit_exceeded',
      ),
      'target_refused',
    ],
    [
      '400, a parameter this model lacks',
      openai(
        400,
        INVALID,
        "Unsupported parameter: 'stop' is not supported with this model.",
        'unsupported_parameter',
      ),
      'target_refused',
    ],
  ]);
});

describe('Anthropic', () => {
  each(
    [
      [
        '400, credit balance',
        anthropic(400, INVALID, 'Your credit balance is too low to access the Anthropic API.'),
        'upstream_quota',
      ],
      [
        '429',
        anthropic(429, 'rate_limit_error', 'This request would exceed your rate limit.', undefined, {
          'retry-after': '12',
        }),
        'upstream_rate_limited',
        12_000,
      ],
      [
        '429, spend limit',
        anthropic(429, 'rate_limit_error', 'You have reached your limit.', {
          error_code: 'enforced_spend_limit_reached',
        }),
        'upstream_quota',
      ],
      ['529', anthropic(529, 'overloaded_error', 'Overloaded'), 'upstream_unavailable'],
      ['500', anthropic(500, 'api_error', 'Internal server error'), 'upstream_unavailable'],
      ['401', anthropic(401, 'authentication_error', 'invalid x-api-key'), 'upstream_unauthorized'],
      ['403', anthropic(403, 'permission_error', 'Your key may not use this.'), 'target_refused'],
      ['404, model', anthropic(404, 'not_found_error', 'model: claude-2'), 'model_gone'],
      [
        '400, long prompt',
        anthropic(400, INVALID, 'prompt is too long: 210000 tokens > 200000 maximum'),
        'context_length_exceeded',
      ],
      [
        '400, prompt and output together',
        anthropic(400, INVALID, 'input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000'),
        'context_length_exceeded',
      ],
      [
        '413',
        anthropic(413, 'request_too_large', 'Request exceeds the maximum size'),
        'context_length_exceeded',
      ],
      [
        '400, content policy',
        anthropic(400, INVALID, 'Output blocked by content filtering policy'),
        'content_filtered',
      ],
      [
        '400, a parameter the version refuses',
        anthropic(400, INVALID, 'temperature: Extra inputs are not permitted'),
        'upstream_bad_request',
      ],
    ],
    'claude-2',
  );
});

describe('Together', () => {
  each(
    [
      ['402', together(402, 'credit_limit', 'Credit limit exceeded'), 'upstream_quota'],
      [
        '429',
        together(429, 'model_rate_limit', 'You have reached the rate limit of this model.', null, {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': '2',
        }),
        'upstream_rate_limited',
        2_000,
      ],
      [
        '404',
        together(404, INVALID, 'Unable to access model togethercomputer/CodeLlama-34b-Instruct.', null),
        'model_gone',
      ],
      [
        '400, off the serverless list',
        together(
          400,
          INVALID,
          'Unable to access non-serverless model togethercomputer/CodeLlama-34b-Instruct.',
          'model_not_available',
        ),
        'model_gone',
      ],
      [
        '400, context',
        together(400, INVALID, '`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000'),
        'context_length_exceeded',
      ],
      [
        '422, context',
        together(422, INVALID, '`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000'),
        'context_length_exceeded',
      ],
    ],
    'togethercomputer/CodeLlama-34b-Instruct',
  );
});

describe('others', () => {
  each(
    [
      [
        'Azure: content filter',
        openai(400, '', 'The response was filtered due to the prompt.', 'content_filter'),
        'content_filtered',
      ],
      [
        'Azure: no such deployment',
        openai(404, '', 'The API deployment for this resource does not exist.', 'DeploymentNotFound'),
        'model_gone',
      ],
      [
        'Azure: milliseconds',
        openai(429, '', 'Too many.', '429', { 'retry-after-ms': '250', 'retry-after': '1' }),
        'upstream_rate_limited',
        250,
      ],
      [
        'Gemini: a bad key as 400',
        errorReply(400, [
          { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } },
        ]),
        'upstream_unauthorized',
      ],
      [
        'Cohere: 429',
        errorReply(429, { id: '1', message: 'You are past the limit.' }),
        'upstream_rate_limited',
      ],
      ['Cohere: 498, unsafe request', errorReply(498, { message: 'blocked' }), 'content_filtered'],
      ['Cohere: 499', errorReply(499, { message: 'request cancelled' }), 'upstream_unavailable'],
      [
        'Cohere: 429, by the minute',
        errorReply(429, {
          message: 'You are using a Trial key, which is limited to 20 API calls / minute.',
        }),
        'upstream_rate_limited',
      ],
      [
        'Cohere: 429, by the month',
        errorReply(429, {
          message: 'You are using a Trial key, which is limited to 1000 API calls / month.',
        }),
        'upstream_quota',
      ],
      [
        'Cohere: 404, model',
        errorReply(404, { message: "model 'command-r-plus' was removed on September 15, 2025." }),
        'model_gone',
      ],
      ['Hugging Face: 503', errorReply(503, { error: 'Model is currently loading' }), 'upstream_unavailable'],
      [
        'Replicate: throttled',
        errorReply(429, { detail: 'Request was throttled. Your rate limit resets in ~30s.' }),
        'upstream_rate_limited',
        30_000,
      ],
      [
        'Replicate: no credit',
        errorReply(402, {
          title: 'Insufficient credit',
          detail: 'You have insufficient credit.',
          status: 402,
        }),
        'upstream_quota',
      ],
      [
        'Replicate: a version that is gone, as 422',
        errorReply(422, {
          title: 'Invalid version or not permitted',
          detail: "The specified version does not exist (or perhaps you don't have permission to use it?)",
        }),
        'model_gone',
      ],
      [
        'Replicate: bad input',
        errorReply(422, { title: 'Input validation failed', detail: '- input: prompt is required' }),
        'upstream_bad_request',
      ],
      [
        'Hugging Face: an error in an object',
        errorReply(400, {
          error: {
            message:
              "The requested model 'command-r-plus' is not supported by any provider you have enabled.",
            type: 'invalid_request_error',
            param: 'model',
            code: 'model_not_supported',
          },
        }),
        'model_gone',
      ],
      [
        'Hugging Face: a bad key',
        errorReply(401, { error: 'Invalid username or password.' }),
        'upstream_unauthorized',
      ],
      [
        'Hugging Face: the month’s credits',
        errorReply(402, {
          error: 'You have exceeded your monthly included credits for Inference Providers.',
        }),
        'upstream_quota',
      ],
      [
        'AI21: a list of what is wrong',
        errorReply(422, {
          detail: [{ loc: ['body', 'max_tokens'], msg: 'must be at most 4096', type: 'value_error' }],
        }),
        'upstream_bad_request',
      ],
      [
        'AI21: a bad key',
        errorReply(401, { detail: 'Forbidden: Bad or missing API token.' }),
        'upstream_unauthorized',
      ],
      [
        'Mistral: a field too many',
        errorReply(422, {
          object: 'error',
          message: {
            detail: [
              { type: 'extra_forbidden', loc: ['body', 'user'], msg: 'Extra inputs are not permitted' },
            ],
          },
          type: 'invalid_request_error',
          param: null,
          code: null,
        }),
        'upstream_bad_request',
      ],
      [
        'Mistral: no such model',
        errorReply(400, {
          object: 'error',
          message: 'Invalid model: command-r-plus',
          type: 'invalid_model',
          code: '1500',
        }),
        'model_gone',
      ],
      [
        'xAI: a bad key as 400',
        errorReply(400, {
          code: 'Client specified an invalid argument',
          error: 'Incorrect API key provided: xa***yz. You can obtain an API key from https://console.x.ai.',
        }),
        'upstream_unauthorized',
      ],
      [
        'xAI: no credit as 429',
        errorReply(429, {
          code: 'Some resource has been exhausted',
          error: 'Your team has either used all available credits or reached its monthly spending limit.',
        }),
        'upstream_quota',
      ],
      [
        'xAI: context',
        errorReply(400, {
          code: 'Client specified an invalid argument',
          error: "This model's maximum prompt length is 131072 but the request contains 150000 tokens.",
        }),
        'context_length_exceeded',
      ],
      [
        'Gemini: a limit by the minute',
        errorReply(429, [
          {
            error: {
              code: 429,
              message:
                'You exceeded your current quota, please check your plan and billing details.\nPlease retry in 41.6s.',
              status: 'RESOURCE_EXHAUSTED',
              details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '41s' }],
            },
          },
        ]),
        'upstream_rate_limited',
        41_600,
      ],
      [
        'Gemini: context',
        errorReply(400, [
          {
            error: {
              code: 400,
              message:
                'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
            },
          },
        ]),
        'context_length_exceeded',
      ],
      ['DeepSeek: no such model', openai(400, INVALID, 'Model Not Exist', INVALID), 'model_gone'],
      [
        'OpenRouter: moderation as 403',
        errorReply(403, {
          error: {
            code: 403,
            message: 'The model requires moderation and your input was flagged for "violence".',
          },
        }),
        'content_filtered',
      ],
      [
        'Fireworks: no credit as 412',
        errorReply(412, {
          error: { message: 'Account x is suspended, possibly due to reaching the monthly spending limit' },
        }),
        'upstream_quota',
      ],
      [
        'llama.cpp: context',
        errorReply(400, {
          error: {
            code: 400,
            message: 'the request exceeds the available context size',
            type: 'exceed_context_size_error',
          },
        }),
        'context_length_exceeded',
      ],
      [
        "AI21: words of two that may be the caller's",
        errorReply(400, { detail: 'Insufficient Balance' }),
        'upstream_bad_request',
      ],
      ['DeepSeek: 402', openai(402, 'unknown_error', 'Insufficient Balance'), 'upstream_quota'],
      ['a model that is gone for good', errorReply(410, ''), 'model_gone'],
      ['408', errorReply(408, ''), 'upstream_unavailable'],
      ['an empty 500', errorReply(500, ''), 'upstream_unavailable'],
      ['an empty 429', errorReply(429, ''), 'upstream_rate_limited'],
      ['an empty 400', errorReply(400, ''), 'upstream_bad_request'],
    ],
    'command-r-plus',
  );
});

describe('another model that the caller named, in a field of its own', () => {
  each([
    [
      'a safety model of Together',
      errorReply(404, {
        error: {
          message: 'Unable to access model nope.',
          type: INVALID,
          param: 'safety_model',
          code: 'model_not_available',
        },
      }),
      'target_refused',
    ],
    [
      'a model to search with, of Groq',
      openai(
        404,
        INVALID,
        'The model `nope` does not exist or you do not have access to it.',
        'model_not_found',
      ),
      'target_refused',
    ],
    [
      'one of more models, of Hugging Face',
      openai(400, INVALID, "The requested model 'nope' is not supported.", 'model_not_supported'),
      'target_refused',
    ],
  ]);
});

/** Real bodies of refusals that another provider may not share. */
describe('wrong for this target only', () => {
  const says = (status: number, message: string, more: object = {}) =>
    errorReply(status, { error: { message, type: INVALID, ...more } });
  each([
    [
      'Groq: a call that does not parse',
      says(400, 'Failed to call a function.', { code: 'tool_use_failed' }),
      'target_refused',
    ],
    [
      'Groq: JSON that does not fit',
      says(400, 'Failed to generate JSON.', { code: 'json_validate_failed' }),
      'target_refused',
    ],
    ['Ollama: no tools', says(400, 'registry.ollama.ai/library/m does not support tools'), 'target_refused'],
    [
      'DeepSeek: no tools',
      says(400, 'deepseek-reasoner does not support Function Calling'),
      'target_refused',
    ],
    [
      'vLLM: no tool parser',
      says(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
      'target_refused',
    ],
    ['vLLM: no pictures', says(400, 'Qwen/Qwen3 is not a multimodal model'), 'target_refused'],
    [
      'llama.cpp: no pictures',
      says(
        500,
        'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
      ),
      'target_refused',
    ],
    [
      'a template: roles',
      says(400, 'Conversation roles must alternate user/assistant/user/assistant/...'),
      'target_refused',
    ],
    [
      'LM Studio: a template',
      says(400, 'Error rendering prompt with jinja template: "Unknown test: sequence".'),
      'target_refused',
    ],
    [
      'Gemini: region',
      errorReply(400, [
        {
          error: {
            code: 400,
            message: 'User location is not supported for the API use.',
            status: 'FAILED_PRECONDITION',
          },
        },
      ]),
      'target_refused',
    ],
    [
      'OpenRouter: the provider behind it',
      errorReply(400, { error: { message: 'Provider returned error', code: 400 } }),
      'target_refused',
    ],
    ...[
      "This endpoint's maximum context length is 200000 tokens. However, you requested about 208510 tokens (208310 of text input, 200 in the output).", // OpenRouter
      'Prompt contains 40000 tokens, too large for model with 32768 maximum context length', // Mistral
      'request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it', // llama.cpp
      "You passed 9001 input tokens and requested 200 output tokens. However, the model's context length is only 8192 tokens.", // vLLM
      'The decoder prompt (length 9001) is longer than the maximum model length of 8192.', // vLLM
    ].map(
      (message): Example => [
        `too long: ${message.slice(0, 30)}`,
        errorReply(400, { error: { message } }),
        'context_length_exceeded',
      ],
    ),
    [
      'OpenRouter: nobody with tools',
      errorReply(404, { error: { message: 'No endpoints found that support tool use.', code: 404 } }),
      'target_refused',
    ],
    [
      'OpenRouter: fewer tokens would be paid for',
      errorReply(402, {
        error: {
          message:
            'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 100.',
          code: 402,
        },
      }),
      'target_refused',
    ],
    [
      'xAI: content as 403',
      errorReply(403, {
        code: 'The caller does not have permission to execute the specified operation',
        error:
          'Content violates usage guidelines. Team: t, API key ID: k, Model: grok-4, Failed check: SAFETY_CHECK_TYPE_BIO',
      }),
      'content_filtered',
    ],
    ...[405, 421, 426].map((status): Example => [`${status}`, errorReply(status, ''), 'target_refused']),
  ]);
});

describe('pages instead of JSON', () => {
  const page = '<html><head><title>502 Bad Gateway</title></head><body>retired</body></html>';
  each([
    ['with 502', errorReply(502, page), 'upstream_unavailable'],
    ['with 404, from a proxy', errorReply(404, `\n<!DOCTYPE html>${page}`), 'upstream_unavailable'],
    ['with 401, from Perplexity', errorReply(401, page.replace('502', '401')), 'upstream_unauthorized'],
    ['with 200', malformed('not JSON', { body: page }), 'upstream_malformed'],
  ]);
});

describe('errors told inside a stream, without a status', () => {
  each([
    [
      'Anthropic: overloaded',
      errorEvent({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
      'upstream_unavailable',
    ],
    [
      'Anthropic: rate limit',
      errorEvent({ type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } }),
      'upstream_rate_limited',
    ],
    [
      'Anthropic: bad request',
      errorEvent({ type: 'error', error: { type: INVALID, message: 'messages: too odd' } }),
      'upstream_bad_request',
    ],
    [
      'OpenAI: server error',
      errorEvent({ error: { type: 'server_error', message: 'oops' } }),
      'upstream_unavailable',
    ],
    [
      'OpenAI: no credit',
      errorEvent({ error: { code: 'insufficient_quota', message: 'x' } }),
      'upstream_quota',
    ],
    [
      'OpenAI: context',
      errorEvent({ error: { type: INVALID, code: 'context_length_exceeded', message: FULL } }),
      'context_length_exceeded',
    ],
    [
      'OpenAI: model',
      errorEvent({ error: { type: INVALID, code: 'model_not_found', message: 'gone' } }),
      'model_gone',
    ],
    ['Azure: filter', errorEvent({ error: { code: 'content_filter', message: 'x' } }), 'content_filtered'],
    [
      'Anthropic: key',
      errorEvent({ type: 'error', error: { type: 'authentication_error', message: 'x' } }),
      'upstream_unauthorized',
    ],
    [
      'a number for a code',
      errorEvent({ error: { code: 429, message: 'slow down' } }),
      'upstream_rate_limited',
    ],
    [
      'Replicate: context',
      errorEvent({ error: 'E1002 PromptTooLong: Prompt length (5441) exceeds maximum input length (4096)' }),
      'context_length_exceeded',
    ],
    [
      'Replicate: context, older models',
      errorEvent({
        error: 'Your input is too long. Max input length is 4096 tokens, but you supplied 5441.',
      }),
      'context_length_exceeded',
    ],
    [
      'Replicate: filter',
      errorEvent({ error: 'NSFW content detected. Try running it again, or try a different prompt.' }),
      'content_filtered',
    ],
    [
      'Replicate: filter, E005',
      errorEvent({ error: 'The input or output was flagged as sensitive. Please try again. (E005)' }),
      'content_filtered',
    ],
    ['words alone', errorEvent({ error: 'out of memory' }), 'upstream_unavailable'],
  ]);
});

describe('no reply at all', () => {
  each([
    ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'UND_ERR_SOCKET', 'no_finish_reason'].map(
      (code): Example => [code, networkError(code), 'upstream_unavailable'],
    ),
    ...(['connect', 'first_token', 'idle', 'attempt'] as const).map(
      (phase): Example => [`${phase} deadline`, timeout(phase), 'upstream_timeout'],
    ),
    ['half a reply', malformed('cut'), 'upstream_malformed'],
  ]);
});

describe('words a caller chose decide nothing', () => {
  const unknown = (field: string) =>
    openai(400, INVALID, `Unrecognized request argument supplied: ${field}`, null);
  each([
    ['an unknown field named retired', unknown('retired'), 'upstream_bad_request'],
    ['an unknown field named model_not_found', unknown('model_not_found'), 'upstream_bad_request'],
    ['an unknown field named insufficient_quota', unknown('insufficient_quota'), 'upstream_bad_request'],
    [
      'the same in the newer words',
      errorReply(400, {
        error: {
          message: "Unknown parameter: 'rate_limit'.",
          type: INVALID,
          param: 'rate_limit',
          code: 'unknown_parameter',
        },
      }),
      'upstream_bad_request',
    ],
    [
      'a function named check_rate_limit',
      openai(
        400,
        INVALID,
        'Invalid schema for function \'check_rate_limit\': schema must be a JSON Schema of type "object".',
        'invalid_function_parameters',
      ),
      'upstream_bad_request',
    ],
    [
      'a function named list_retired',
      openai(
        400,
        INVALID,
        "Invalid 'tools[0].function.name': list_retired is too long.",
        'string_above_max_length',
      ),
      'upstream_bad_request',
    ],
    [
      'a field Anthropic does not know',
      anthropic(400, INVALID, 'invalid_api_key: Extra inputs are not permitted'),
      'upstream_bad_request',
    ],
  ]);
});

describe('what was thrown', () => {
  it('that is a failure already stays what it is', () => {
    const failure = new Failure('overloaded', 'busy');
    expect(classify(failure, now)).toBe(failure);
  });

  it('by a fault of ours is internal, and its words stay inside', () => {
    const failure = classify(new TypeError('x is not a function'), now);
    expect(failure.kind).toBe('internal');
    expect(failure.message).not.toContain('not a function');
  });

  it("keeps the provider's code and field of a refusal, for the caller to act on", () => {
    const refusal = errorReply(400, {
      error: { message: 'no', code: 'invalid_value', param: 'tool_choice' },
    });
    expect(classify(refusal, now)).toMatchObject({ code: 'invalid_value', param: 'tool_choice' });
  });

  it('hands on no code of a failure that is not the caller’s doing', () => {
    const outage = errorReply(401, { error: { message: 'no', code: 'invalid_api_key' } });
    expect(classify(outage, now).code).toBe('upstream_unauthorized');
  });

  it("keeps the provider's message", () => {
    expect(classify(errorReply(400, { error: { message: 'no' } }), now).message).toBe(
      'the provider answered 400',
    );
  });
});
