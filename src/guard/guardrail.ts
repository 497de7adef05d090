/** The system prompt that keeps answers to code: always first, so that the caller's own system messages follow it. */
import type { ChatRequest } from '../core/openai-types.ts';

/** Which requests get it: an agent brings a system prompt of its own, and stays what it is. */
export interface Guardrail {
  readonly prompt: string;
  /** Names of the doors it stands at, or `all`. */
  readonly doors: readonly string[];
}

/**
 * @param door the request came in by
 * @param guardrail absent where the operator switched it off
 * @returns the same request where it gets none: at other doors, and where nothing is written
 */
export function withGuardrail(
  request: ChatRequest,
  door: string,
  guardrail: Guardrail | undefined,
): ChatRequest {
  if (!guardrail || request.operation === 'embeddings') return request;
  if (!(guardrail.doors.includes(door) || guardrail.doors.includes('all'))) return request;
  return { ...request, messages: [{ role: 'system', content: guardrail.prompt }, ...request.messages] };
}
