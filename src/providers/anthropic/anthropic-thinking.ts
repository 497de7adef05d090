/** `thinking` and `output_config.effort`, with what Anthropic demands beside them. */
import type { ChatRequest } from '../../core/openai-types.ts';
import type { AnthropicTurn } from './anthropic-messages.ts';
import { THINKS_BY_BUDGET, THINKS_BY_EFFORT } from './anthropic-models.ts';

/** The two fields, where there is something to say. */
export interface AnthropicThinking {
  readonly thinking?: Readonly<Record<string, unknown>>;
  readonly effort?: string;
}

/** Anthropic takes no smaller budget. */
const MIN_BUDGET = 1_024;
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: MIN_BUDGET,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_000,
  max: 32_000,
};
const EFFORTS: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
};

interface Wanted {
  readonly request: ChatRequest & { thinking?: unknown };
  readonly model: string;
  readonly turns: readonly AnthropicTurn[];
  /** Tokens of thinking and answer together: what the caller allows is never raised. */
  readonly cap: number;
  /** `tool_choice` forces a call. */
  readonly isForced: boolean;
}

/** `dropped` is told where thinking was asked for and cannot be had. */
export function fitThinking(
  { request, model, turns, cap, isForced }: Wanted,
  dropped: string[],
): AnthropicThinking {
  const { reasoning_effort: effort, thinking: given } = request;
  const asked = asThinking(given) ?? fromEffort(effort, model);
  const own = THINKS_BY_EFFORT.test(model) && effort ? EFFORTS[effort] : undefined;
  const name = given == null ? 'reasoning_effort' : 'thinking';
  if (effort && !asked && !own && effort !== 'none') dropped.push('reasoning_effort');
  if (!asked || asked.type === 'disabled')
    return { ...(asked && { thinking: asked }), ...(own && { effort: own }) };
  // Neither a forced tool, nor an answer that is begun, nor a round of tools without its thoughts goes with thinking.
  if (isForced || turns.at(-1)?.role === 'assistant' || lacksThoughts(turns)) {
    dropped.push(name);
    return own ? { effort: own } : {};
  }
  if (asked.type !== 'enabled') return { thinking: asked, ...(own && { effort: own }) };
  const budget = Number(asked.budget_tokens);
  const fitting = budget < cap ? Math.max(MIN_BUDGET, budget) : Math.max(MIN_BUDGET, Math.floor(cap / 2));
  if (fitting >= cap || Number.isNaN(budget)) {
    dropped.push(name);
    return {};
  }
  if (fitting < budget && given != null) dropped.push('thinking.budget_tokens');
  return { thinking: { ...asked, budget_tokens: fitting } };
}

function asThinking(given: unknown): { type?: unknown; budget_tokens?: unknown } | undefined {
  return typeof given === 'object' && given !== null ? given : undefined;
}

function fromEffort(effort: string | null | undefined, model: string) {
  if (effort == null) return undefined;
  if (THINKS_BY_EFFORT.test(model)) return { type: effort === 'none' ? 'disabled' : 'adaptive' };
  const budget = BUDGETS[effort];
  return THINKS_BY_BUDGET.test(model) && budget ? { type: 'enabled', budget_tokens: budget } : undefined;
}

/** "Expected `thinking` or `redacted_thinking`, but found `tool_use`": the call whose results are told next. */
function lacksThoughts(turns: readonly AnthropicTurn[]): boolean {
  const [call, results] = turns.slice(-2);
  if (call?.role !== 'assistant' || results?.content[0]?.type !== 'tool_result') return false;
  return !/thinking$/.test(call.content[0]?.type ?? '');
}
