/** The system prompt that keeps answers to code: always first, so that the caller's own system messages follow it. */
import type { GuardrailRule } from '../core/guardrail-rule.ts';
import type { ChatRequest } from '../core/openai-types.ts';

/** Which requests get it: an agent brings a system prompt of its own, and stays what it is. */
export interface Guardrail {
  readonly prompt: string;
  /** Names of the doors it stands at, or `all`. */
  readonly doors: readonly string[];
}

/** Where a request came from, for what the guardrail depends on. */
export interface GuardedPlace {
  /** The door it came in by. */
  readonly door: string;
  /** Of the caller's key: it counts more than the chain's. */
  readonly ofKey: GuardrailRule | undefined;
  readonly ofChain: GuardrailRule | undefined;
}

/**
 * @param guardrail absent where the operator switched it off
 * @returns the same request where it gets none
 */
export function withGuardrail(
  request: ChatRequest,
  place: GuardedPlace,
  guardrail: Guardrail | undefined,
): ChatRequest {
  if (!guardrail || request.operation === 'embeddings' || !isGuarded(place, guardrail.doors)) return request;
  return { ...request, messages: [{ role: 'system', content: guardrail.prompt }, ...request.messages] };
}

function isGuarded({ door, ofKey, ofChain }: GuardedPlace, doors: readonly string[]): boolean {
  const rule = [ofKey, ofChain].find((one) => one !== undefined && one !== 'default');
  return rule ? rule === 'always' : doors.includes(door) || doors.includes('all');
}
