/**
 * From facts to a kind: everything the router knows about providers' errors is in this file. Rules are tried in
 * order and the first that matches decides, so the order matters: a spent balance before a rate limit (OpenAI
 * reports it as 429, Anthropic as 400), a gone model before a plain 404, a full context before a plain 400.
 */

import { Failure } from './failure.ts';
import type { FailureKind } from './failure-table.ts';
import { parseRetryAfter } from './retry-after.ts';
import { type UpstreamFacts, UpstreamFailure } from './upstream-failure.ts';

interface Evidence {
  readonly facts: UpstreamFacts;
  readonly status: number;
  /** Code, reason and body in lower case, for the phrase rules. */
  readonly text: string;
}

interface KindRule {
  readonly kind: FailureKind;
  readonly when: (evidence: Evidence) => boolean;
}

const says =
  (...phrases: string[]) =>
  ({ text }: Evidence) =>
    phrases.some((phrase) => text.includes(phrase));
const status =
  (...statuses: number[]) =>
  (evidence: Evidence) =>
    statuses.includes(evidence.status);
const both =
  (...conditions: ((evidence: Evidence) => boolean)[]) =>
  (evidence: Evidence) =>
    conditions.every((condition) => condition(evidence));
const refused = ({ status }: Evidence) => status >= 400 && status < 500;
/** An error told in a stream that began with status 200 has no status; its words are as good. */
const refusedOrInStream = (evidence: Evidence) =>
  refused(evidence) || (evidence.status === 0 && evidence.facts.network === undefined);

const RULES: readonly KindRule[] = [
  { kind: 'unsupported_parameter', when: ({ facts }) => facts.unsupported !== undefined },
  { kind: 'upstream_timeout', when: ({ facts }) => facts.timeout !== undefined },
  // A page instead of JSON with an error status is a broken gateway on the way, whatever its words say.
  // (But for 401: Perplexity answers a page to a bad key.)
  {
    kind: 'upstream_unavailable',
    when: ({ facts, status }) => status >= 400 && status !== 401 && isPage(facts),
  },
  { kind: 'upstream_malformed', when: ({ facts }) => facts.malformed === true },
  // These quote names the caller chose: a field or function named `insufficient_quota` must not cool anybody's key.
  {
    kind: 'upstream_bad_request',
    when: both(
      status(400, 422),
      says(
        'unknown parameter',
        'unknown_parameter',
        'unrecognized request argument',
        'extra inputs are not permitted', // Anthropic
        'invalid schema for function',
      ),
    ),
  },

  // Gemini says "exceeded your current quota" of a limit by the minute too, and then when to come back.
  { kind: 'upstream_rate_limited', when: both(status(429), says('google.rpc.retryinfo')) },
  // No credit. OpenAI: 429 insufficient_quota; Anthropic: 400 naming the balance, 429 enforced_spend_limit_reached;
  // Together, DeepSeek, OpenRouter: 402.
  { kind: 'upstream_quota', when: status(402) },
  {
    kind: 'upstream_quota',
    when: says(
      'insufficient_quota',
      'credit balance is too low',
      'enforced_spend_limit_reached',
      'billing_hard_limit_reached',
      'billing_not_active',
      'exceeded your current quota',
      'insufficient balance',
      'insufficient credit',
      'credit limit exceeded',
      'used all available credits', // xAI, as 429
      "doesn't have any credits", // xAI, as 403
      'monthly spending limit', // Fireworks, as 412
      'api calls / month', // Cohere: a trial key, as 429
    ),
  },
  // A bad key. Google answers 400 to one; Azure and proxies 403.
  { kind: 'upstream_unauthorized', when: status(401) },
  {
    kind: 'upstream_unauthorized',
    when: both(
      refusedOrInStream,
      says(
        'invalid_api_key',
        'api key not valid',
        'api_key_invalid',
        'incorrect api key',
        'authentication_error',
      ),
    ),
  },
  { kind: 'upstream_rate_limited', when: status(429) },
  {
    kind: 'upstream_rate_limited',
    // OpenAI rate_limit_exceeded, Anthropic rate_limit_error, Together model_rate_limit.
    when: says('rate_limit', 'too many requests'),
  },
  {
    kind: 'upstream_unavailable',
    when: says('overloaded_error', 'engine_overloaded', 'service_unavailable'),
  },

  {
    kind: 'context_length_exceeded',
    when: both(
      refusedOrInStream,
      says(
        'context_length_exceeded',
        'maximum context length',
        'prompt is too long',
        'context window',
        'too many tokens',
        'input length and `max_tokens` exceed',
        'exceeds maximum input length', // Replicate: E1002 PromptTooLong
        'your input is too long', // Replicate
        'must be <= ', // Together: `inputs` tokens + `max_new_tokens` must be <= 4097
        'maximum prompt length', // xAI
        'exceeds the maximum number of tokens', // Gemini
        'exceed_context_size', // llama.cpp
        'context length of only', // LM Studio
        'request_too_large',
      ),
    ),
  },
  { kind: 'context_length_exceeded', when: status(413) },
  {
    kind: 'content_filtered',
    when: both(
      refusedOrInStream,
      says(
        'content_filter',
        'content_policy',
        'responsibleaipolicyviolation',
        'content policy',
        'content filtering policy', // Anthropic
        'nsfw content detected', // Replicate
        'flagged as sensitive', // Replicate: E005
        'violating our usage policy', // OpenAI, with code invalid_prompt
        'your input was flagged', // OpenRouter, as 403
      ),
    ),
  },
  // Cohere's "Unsafe Request": something in it is on their list, and will be at the next try.
  { kind: 'content_filtered', when: status(498) },
  {
    kind: 'model_gone',
    when: both(
      refusedOrInStream,
      says(
        'model_not_found',
        'model_not_available',
        'model_decommissioned',
        'model_not_supported', // Hugging Face: no provider of it is enabled
        'invalid_model', // Mistral
        'model not exist', // DeepSeek
        'is not a valid model id', // OpenRouter
        'has been deprecated',
        'has been decommissioned',
        'is no longer available',
        'unable to access model',
        'does not exist or you do not have access',
        'deploymentnotfound',
        'been retired',
        'is retired',
        'specified version does not exist', // Replicate, as 422
      ),
    ),
  },
  { kind: 'model_gone', when: status(404, 410) },
  { kind: 'upstream_unauthorized', when: status(403) },
  { kind: 'upstream_unavailable', when: status(408, 409, 425, 499) },
  { kind: 'upstream_bad_request', when: refused },
  { kind: 'upstream_bad_request', when: both(({ status }) => status === 0, says('invalid_request_error')) },
  { kind: 'upstream_unavailable', when: ({ status }) => status >= 500 },
  { kind: 'upstream_unavailable', when: ({ facts }) => facts.network !== undefined },
];

function isPage(facts: UpstreamFacts): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(facts.body ?? '');
}

/**
 * Names the failure behind anything thrown by a provider.
 * @param now milliseconds since the epoch, to read Retry-After dates.
 */
export function classify(error: unknown, now: number): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof UpstreamFailure)) {
    const message = 'The server met a fault of its own while talking to the provider.';
    return new Failure('internal', message, { cause: error });
  }
  const { facts } = error;
  const text = `${facts.code ?? ''} ${facts.reason ?? ''} ${facts.body ?? ''}`.toLowerCase();
  const evidence: Evidence = { facts, status: facts.status ?? 0, text };
  const kind = RULES.find((rule) => rule.when(evidence))?.kind ?? 'upstream_unavailable';
  return new Failure(kind, facts.message, {
    facts,
    param: facts.unsupported,
    retryAfterMs: parseRetryAfter(facts.headers, facts.reason, now),
    cause: error,
  });
}
