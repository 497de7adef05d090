/** `POST /v1/messages/count_tokens` of Anthropic (its API reference, "Count tokens in a Message", 2026-11). */
import { malformed } from '../../failures/upstream-failure.ts';
import type { Target } from '../provider.ts';

/** What is counted. Others, such as `max_tokens`, are answered with 400. */
const COUNTED = new Set([
  ...['messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config', 'cache_control'],
  ...['mcp_servers', 'context_management'],
]);

/** @param body of the caller, in Anthropic's shape */
export function countedPart(body: Readonly<Record<string, unknown>>, target: Target): object {
  const counted = Object.entries(body).filter(
    ([name]) => COUNTED.has(name) && !target.dropParams.includes(name),
  );
  return { model: target.model, ...Object.fromEntries(counted) };
}

/** @throws {UpstreamFailure} malformed, when it is no number of tokens */
export function readTokenCount(text: string, { provider }: Target): number {
  const count = inputTokens(text);
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  throw malformed(`${provider} did not say how many tokens it counted.`);
}

function inputTokens(text: string): unknown {
  try {
    return (JSON.parse(text) as { input_tokens?: unknown } | null)?.input_tokens;
  } catch {
    return undefined;
  }
}
