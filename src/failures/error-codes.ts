/**
 * Whole values of `error.code`, `error.type`, Google's `status` and `reason`, and what each means. Providers choose them
 * from lists of their own, so they are believed whatever the status. Sources: each provider's API reference, "Errors"
 * (read 2026-11), and bodies in public bug reports.
 */
import type { FailureKind } from './failure-table.ts';

const kinds = {
  upstream_quota: [
    'insufficient_quota', // OpenAI, as 429
    'billing_hard_limit_reached', // OpenAI
    'billing_not_active', // OpenAI
    'organization_spend_limit_exceeded', // OpenAI
    'enforced_spend_limit_reached', // Anthropic, in details.error_code of a 429
    'billing_error', // Anthropic, as 402
    'credit_limit', // Together, as 402
    'blocked_api_access', // Groq, as 400: the organization's spend limit
    'exceeded_current_quota_error', // Moonshot, as 429
    'insufficient_balance',
    'insufficient_credits',
  ],
  upstream_unauthorized: [
    'invalid_api_key', // OpenAI, Groq, Together
    'wrong_api_key', // Cerebras
    'authentication_error', // Anthropic, DeepSeek
    'invalid_authentication_error', // Moonshot
    'API_KEY_INVALID', // Google, in details[].reason of a 400
    'UNAUTHENTICATED', // Google
    'account_deactivated', // OpenAI
  ],
  context_length_exceeded: [
    'context_length_exceeded', // OpenAI, Groq
    'exceed_context_size_error', // llama.cpp
    'request_too_large', // Anthropic, OpenAI
  ],
  content_filtered: [
    'content_filter', // Azure
    'ResponsibleAIPolicyViolation', // Azure
    'content_policy_violation', // OpenAI
    'invalid_prompt', // OpenAI: flagged by its usage policy
    'image_content_policy_violation', // OpenAI, as are the next two, of a response that failed
    'bio_policy',
    'misalignment_policy_violation',
    'data_inspection_failed', // DashScope
  ],
  upstream_bad_request: [
    // OpenAI, of a response that failed: it has no status.
    ...[
      'invalid_image',
      'invalid_image_format',
      'invalid_base64_image',
      'invalid_image_url',
      'invalid_image_mode',
    ],
    ...[
      'image_too_large',
      'image_too_small',
      'image_file_too_large',
      'image_parse_error',
      'empty_image_file',
    ],
    'unsupported_image_media_type',
  ],
  target_refused: [
    'tool_use_failed', // Groq: the model wrote a tool call that does not parse
    'json_validate_failed', // Groq: the model wrote JSON that does not fit
    'unsupported_parameter', // OpenAI: not with this model
    'unsupported_value', // OpenAI: not with this model
    'unsupported_model', // OpenAI: not on this endpoint
    'unsupported_content', // ours (providers/anthropic/messages.ts)
    'unsupported_country_region_territory', // OpenAI, as 403
    'invalid_encrypted_content', // OpenAI: reasoning that another organisation or model has encrypted
    'data_residency_mismatch', // OpenAI
    'failed_to_download_image', // OpenAI: another provider may reach it
    'image_file_not_found', // OpenAI
    'OperationNotSupported', // Azure
    'FAILED_PRECONDITION', // Google: not from this region
  ],
  model_gone: [
    'model_not_found', // OpenAI, Groq, Cerebras, LM Studio
    'model_not_available', // Together
    'model_decommissioned', // Groq, as 400
    'model_not_supported', // Hugging Face, as 400: no provider of it is enabled
    'invalid_model', // Mistral, Perplexity, as 400
    'unknown_model', // GitHub Models
    'DeploymentNotFound', // Azure
  ],
  upstream_rate_limited: [
    'rate_limit_exceeded', // OpenAI, Groq
    'rate_limit_error', // Anthropic
    'model_rate_limit', // Together
    'rate_limit_reached_error', // Moonshot
    'rate_limit',
    'type.googleapis.com/google.rpc.RetryInfo', // Google: a limit by the minute, which says when to come back
  ],
  upstream_unavailable: [
    'overloaded_error', // Anthropic
    'engine_overloaded', // OpenAI
    'engine_overloaded_error', // Moonshot
    'service_unavailable', // Together
  ],
} as const satisfies Partial<Record<FailureKind, readonly string[]>>;

const KIND_OF: ReadonlyMap<string, FailureKind> = new Map(
  Object.entries(kinds).flatMap(([kind, codes]) => codes.map((code) => [code, kind as FailureKind] as const)),
);

/** @returns the kinds that the codes stand for, each as far as it is known */
export function kindsOfCodes(codes: readonly string[]): readonly FailureKind[] {
  return codes.map((code) => KIND_OF.get(code)).filter((kind) => kind !== undefined);
}
