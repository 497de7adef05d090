/**
 * Each provider's errors as tables: the fault's name, the status, the type, code and words.
 * Words are the providers' own where public threads and docs quote them; the rest is modelled on those.
 */
import type { SimulatedProvider } from './wire.ts';

/** The parts of an error, which each provider puts together in its own shape. */
export interface ErrorDetails {
  type: string;
  message: string;
  code?: string | null;
  param?: string | null;
  /** Anthropic's `error.details`. */
  details?: { error_code: string };
}

/** An error that a fault stands for. */
export interface NamedError {
  status: number;
  error: ErrorDetails;
}

type Table = { [faultName: string]: NamedError };

const entry = (
  status: number,
  type: string,
  message: string,
  code: string | null = null,
  param: string | null = null,
): NamedError => ({ status, error: { type, message, code, param } });

/** The errors of a provider by fault name, worded for a model. */
export function errorTexts(provider: SimulatedProvider, model: string): Table {
  switch (provider) {
    case 'openai':
      return openaiErrors(model);
    case 'together':
      return togetherErrors(model);
    case 'anthropic':
      return anthropicErrors(model);
    case 'promptlayer':
      return promptLayerErrors();
  }
}

function openaiErrors(model: string): Table {
  const invalid = 'invalid_request_error';
  const badKey = entry(
    401,
    invalid,
    'Incorrect API key provided: sk-sim***ated. You can find your API key at https://platform.openai.com/account/api-keys.',
    'invalid_api_key',
  );
  return {
    400: entry(
      400,
      invalid,
      "Invalid value for 'messages': expected an array of objects.",
      'invalid_value',
      'messages',
    ),
    401: badKey,
    402: entry(
      402,
      invalid,
      'Payment required. Please check your plan and billing details.',
      'billing_not_active',
    ),
    403: entry(
      403,
      'request_forbidden',
      'Country, region, or territory not supported',
      'unsupported_country_region_territory',
    ),
    404: entry(404, invalid, 'The requested resource was not found.'),
    408: entry(408, 'server_error', 'Request timed out.'),
    409: entry(409, invalid, 'The resource was updated by another request.', 'conflict'),
    413: entry(413, invalid, 'Request body too large.', 'request_too_large'),
    422: entry(422, invalid, 'The request could not be processed.', 'unprocessable_entity'),
    429: entry(
      429,
      'requests',
      `Rate limit reached for ${model} in organization org-simulated on requests per min (RPM): Limit 500, Used 500, Requested 1. Visit https://platform.openai.com/account/rate-limits to learn more.`,
      'rate_limit_exceeded',
    ),
    500: entry(
      500,
      'server_error',
      'The server had an error while processing your request. Sorry about that!',
    ),
    502: entry(502, 'cf_bad_gateway', 'Bad gateway.'),
    503: entry(
      503,
      'server_error',
      'That model is currently overloaded with other requests. You can retry your request.',
    ),
    504: entry(504, 'cf_gateway_timeout', 'Gateway timeout.'),
    529: entry(529, 'server_error', 'The engine is currently overloaded, please try again later.'),
    quota: entry(
      429,
      'insufficient_quota',
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
      'insufficient_quota',
    ),
    spend_limit: entry(
      429,
      'insufficient_quota',
      'Your organization has reached its enforced monthly spend limit.',
      'organization_spend_limit_exceeded',
    ),
    context_length: entry(
      400,
      invalid,
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9120 tokens. Please reduce the length of the messages.",
      'context_length_exceeded',
      'messages',
    ),
    content_filter: entry(
      400,
      invalid,
      'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.',
      'invalid_prompt',
    ),
    gone: entry(
      404,
      invalid,
      `The model \`${model}\` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations`,
      'model_not_found',
    ),
    bad_key: badKey,
  };
}

function togetherErrors(model: string): Table {
  const invalid = 'invalid_request_error';
  const badKey = entry(
    401,
    invalid,
    'Invalid API key provided. You can find your API key at https://api.together.ai/settings/api-keys.',
    'invalid_api_key',
  );
  const credit = entry(
    402,
    'credit_limit',
    'Credit limit exceeded. Please navigate to https://api.together.ai/settings/billing to add credit or upgrade your plan.',
  );
  return {
    400: entry(400, invalid, 'messages: Input should be a valid list', null, 'messages'),
    401: badKey,
    402: credit,
    403: entry(403, invalid, 'Your account is not permitted to use this resource.', 'forbidden'),
    404: entry(404, invalid, 'Not found.', 'not_found'),
    408: entry(408, 'server_error', 'Request timed out.', 'timeout'),
    409: entry(409, invalid, 'Conflict.', 'conflict'),
    413: entry(413, invalid, 'Request payload is too large.', 'payload_too_large'),
    422: entry(422, invalid, 'Input validation error: invalid request parameters.'),
    429: entry(
      429,
      'model_rate_limit',
      `You have reached the rate limit specific to this model ${model}. The maximum rate limit for this model is 600 queries per minute.`,
      'rate_limit',
    ),
    500: entry(500, 'server_error', 'Internal server error'),
    502: entry(502, 'server_error', 'Bad gateway', 'bad_gateway'),
    503: entry(
      503,
      'service_unavailable',
      'The server is overloaded or not ready yet.',
      'service_unavailable',
    ),
    504: entry(504, 'server_error', 'Gateway timeout', 'gateway_timeout'),
    529: entry(529, 'overloaded', 'The server is overloaded. Please try again later.', 'overloaded'),
    quota: credit,
    spend_limit: credit,
    context_length: entry(
      422,
      invalid,
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 16384. Given: 16000 `inputs` tokens and 512 `max_new_tokens`',
      null,
      'max_tokens',
    ),
    content_filter: entry(400, invalid, 'The input was flagged by the safety model.', 'content_filter'),
    gone: entry(
      404,
      invalid,
      `Unable to access model ${model}. Please visit https://api.together.ai/models to view the list of supported models.`,
      'model_not_available',
    ),
    not_serverless: entry(
      400,
      invalid,
      `Unable to access non-serverless model ${model}. Please visit https://api.together.ai/models/${model} to create and start a new dedicated endpoint for the model.`,
      'model_not_available',
    ),
    bad_key: badKey,
  };
}

function anthropicErrors(model: string): Table {
  const invalid = 'invalid_request_error';
  const badKey = entry(401, 'authentication_error', 'invalid x-api-key');
  return {
    400: entry(400, invalid, 'messages: Input should be a valid list'),
    401: badKey,
    402: entry(402, 'billing_error', 'There is an issue with your billing or payment information.'),
    403: entry(
      403,
      'permission_error',
      'Your API key does not have permission to use the specified resource.',
    ),
    404: entry(404, 'not_found_error', 'The requested resource could not be found.'),
    408: entry(408, 'timeout_error', 'Request timed out.'),
    409: entry(409, 'conflict_error', 'The request conflicts with another one.'),
    413: entry(413, 'request_too_large', 'Request exceeds the maximum size'),
    422: entry(422, invalid, 'The request could not be processed.'),
    429: entry(
      429,
      'rate_limit_error',
      'This request would exceed the rate limit for your organization (00000000-0000-4000-8000-000000000000) of 500 requests per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits.',
    ),
    500: entry(500, 'api_error', 'Internal server error'),
    502: entry(502, 'api_error', 'Bad gateway'),
    503: entry(503, 'api_error', 'Service unavailable'),
    504: entry(504, 'timeout_error', 'Gateway timeout'),
    529: entry(529, 'overloaded_error', 'Overloaded'),
    quota: entry(
      400,
      invalid,
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ),
    spend_limit: {
      status: 429,
      error: {
        type: 'rate_limit_error',
        message: 'Your organization has reached its monthly API usage threshold.',
        details: { error_code: 'enforced_spend_limit_reached' },
      },
    },
    context_length: entry(400, invalid, 'prompt is too long: 208310 tokens > 200000 maximum'),
    content_filter: entry(400, invalid, 'Output blocked by content filtering policy'),
    gone: entry(404, 'not_found_error', `model: ${model}`),
    not_serverless: entry(404, 'not_found_error', `model: ${model}`),
    bad_key: badKey,
  };
}

function promptLayerErrors(): Table {
  const messages: { [status: string]: string } = {
    400: 'Invalid request.',
    401: 'Invalid API key.',
    403: 'Forbidden.',
    404: 'Not found.',
    429: 'Too many requests.',
    500: 'Internal server error.',
    502: 'Bad gateway.',
    503: 'Service unavailable.',
    504: 'Gateway timeout.',
  };
  const statuses = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529];
  const table: Table = Object.fromEntries(
    statuses.map((status) => [status, entry(status, 'error', messages[status] ?? 'Request failed.')]),
  );
  return { ...table, bad_key: table[401]! };
}
