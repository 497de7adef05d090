/** Anthropic's counts as OpenAI's, the two kinds of cache writes kept apart, as they cost differently. */
import type { Usage } from '../../core/openai-types.ts';

/** Counts as they come (https://docs.claude.com/en/api/messages, "usage"); any of them may be missing. */
export interface AnthropicUsage {
  /** Excludes both cache counts. */
  input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation?: {
    ephemeral_5m_input_tokens?: number | null;
    ephemeral_1h_input_tokens?: number | null;
  } | null;
  /** Includes the thinking. */
  output_tokens?: number | null;
  output_tokens_details?: { thinking_tokens?: number | null } | null;
}

/** Counts are running totals, so the larger holds: a late 0 erases nothing. */
export function laterAnthropicUsage(
  before: AnthropicUsage,
  after: AnthropicUsage | undefined,
): AnthropicUsage {
  return larger(before, after ?? {}) as AnthropicUsage;
}

function larger(before: unknown, after: unknown): unknown {
  if (isObject(before) || isObject(after)) {
    const all = isObject(before) ? { ...before } : {};
    for (const [name, value] of Object.entries(isObject(after) ? after : {})) {
      // Counts lie one level deep.
      all[name] =
        isObject(value) || isObject(all[name])
          ? { ...asObject(all[name]), ...counts(all[name], value) }
          : maximum(all[name], value);
    }
    return all;
  }
  return maximum(before, after);
}

function counts(before: unknown, after: unknown): object {
  const old = asObject(before);
  return Object.fromEntries(
    Object.entries(asObject(after)).map(([name, value]) => [name, maximum(old[name], value)]),
  );
}

function maximum(before: unknown, after: unknown): number {
  return Math.max(count(before), count(after));
}

/** @returns the usage with each main count that is below what was told before set to that; the same where there is none */
export function withoutLowerCounts(usage: unknown, before: AnthropicUsage): unknown {
  if (!isObject(usage)) return usage;
  const lower = [...COUNTS, 'output_tokens' as const].filter(
    (name) => usage[name] !== undefined && count(usage[name]) < count(before[name]),
  );
  if (lower.length === 0) return usage;
  return { ...usage, ...Object.fromEntries(lower.map((name) => [name, before[name]])) };
}

/** OpenAI counts what was cached within the prompt and what was thought within the completion. */
export function fromAnthropicUsage(usage: AnthropicUsage | null | undefined): Usage {
  const cached = count(usage?.cache_read_input_tokens);
  const hour = count(usage?.cache_creation?.ephemeral_1h_input_tokens);
  const minutes = count(usage?.cache_creation?.ephemeral_5m_input_tokens);
  const written = Math.max(count(usage?.cache_creation_input_tokens), hour + minutes);
  const thinking = count(usage?.output_tokens_details?.thinking_tokens);
  const prompt = count(usage?.input_tokens) + cached + written;
  const completion = Math.max(count(usage?.output_tokens), thinking);
  const details = {
    cached_tokens: cached,
    ...(written > 0 && { cache_write_tokens: written }),
    ...(hour > 0 && { cache_write_1h_tokens: hour }),
  };
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: details,
    ...(thinking > 0 && { completion_tokens_details: { reasoning_tokens: thinking } }),
  };
}

/** Anything that is no count says nothing. */
function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** Counts are whole numbers from 0 where they are there, and the main ones are. */
export function isSoundUsage(usage: unknown): boolean {
  if (!isObject(usage) || !isCount(usage.output_tokens)) return false;
  return COUNTS.every((name) => usage[name] === undefined || usage[name] === null || isCount(usage[name]));
}

const COUNTS = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'] as const;

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
