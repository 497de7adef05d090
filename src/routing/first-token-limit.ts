/**
 * How long a stream may take to its first token. Models that think, requests with tools (whose arguments some servers
 * hold back until they are whole) and local servers (which may load the model first) are silent for minutes and well.
 */
import type { ChatRequest } from '../core/openai-types.ts';
import { type Preset, presets } from '../providers/presets.ts';
import type { Target } from '../providers/provider.ts';

/** Families that think unless they are told not to (their makers' model pages, 2026-11). */
const THINKS =
  /(?:^|[/.:-])(?:o[1-9](?:$|-)|gpt-oss|deepseek-(?:r\d|reasoner)|qwq|magistral|grok-\d+-(?:reasoning|heavy)|[\w.-]*-(?:thinking|reasoner|reasoning)(?:$|[-:]))/i;

interface ThinkingRequest {
  /** Anthropic's, and that of servers which took it over. */
  readonly thinking?: { readonly type?: unknown } | null;
  /** OpenRouter's. */
  readonly reasoning?: { readonly enabled?: unknown; readonly effort?: unknown } | null;
}

/** True for those that may be silent for minutes before their first token. */
export function mayThinkLong(request: ChatRequest, target: Target): boolean {
  return asksForThought(request) || hasTools(request) || isLocal(target) || THINKS.test(target.model);
}

/** Milliseconds. Of a model that may think long it is the attempt's whole time, unless the model has a limit of its own. */
export function firstTokenLimit(request: ChatRequest, target: Target): number {
  const { firstToken, thinking, attempt } = target.timeouts;
  return mayThinkLong(request, target) ? (thinking ?? Math.max(firstToken, attempt)) : firstToken;
}

/**
 * The deadline of a whole answer, or that of a stream's first token. The route budget shortens the latter, but neither
 * for a target that shows signs of life nor where minutes of silence are usual.
 * @returns besides what `arm` takes, whether it is shorter than the target's own
 */
export function firstDeadline(request: ChatRequest, target: Target, budgetLeft: number) {
  const { attempt: whole } = target.timeouts;
  if (!request.stream) return { phase: 'attempt', timeout: whole, isCutShort: false } as const;
  const limit = firstTokenLimit(request, target);
  const timeout = mayThinkLong(request, target) ? limit : Math.max(1, Math.min(limit, budgetLeft));
  const extension = { bySign: limit, atMost: Math.max(whole, limit) };
  return { phase: 'first_token', timeout, extension, isCutShort: timeout < limit } as const;
}

function asksForThought(request: ChatRequest): boolean {
  const { reasoning_effort: effort, thinking, reasoning } = request as ChatRequest & ThinkingRequest;
  if (effort != null && effort !== 'none') return true;
  if (thinking != null && thinking.type !== 'disabled') return true;
  return reasoning != null && reasoning.enabled !== false && reasoning.effort !== 'none';
}

function hasTools({ tools }: ChatRequest): boolean {
  return (tools?.length ?? 0) > 0;
}

function isLocal({ provider }: Target): boolean {
  const known: Readonly<Record<string, Preset>> = presets;
  return Object.hasOwn(known, provider) && (known[provider]?.isLocal ?? false);
}
