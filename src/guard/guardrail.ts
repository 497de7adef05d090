/** The system prompt that keeps answers to code: always first, so that the caller's own system messages follow it. */
import type { ChatRequest } from '../core/openai-types.ts';

/** Which requests get it: an agent brings a system prompt of its own, and stays what it is. */
export interface Guardrail {
  readonly prompt: string;
  /** Names of the doors it stands at, or `all`. */
  readonly doors: readonly string[];
}

/** @returns the prompt for requests of that door, or nothing */
export function guardrailAt(door: string, guardrail: Guardrail | undefined): string | undefined {
  if (!guardrail) return undefined;
  return guardrail.doors.includes(door) || guardrail.doors.includes('all') ? guardrail.prompt : undefined;
}

/** @param guardrail the prompt, or `undefined` where the operator switched it off. */
export function withGuardrail(request: ChatRequest, guardrail: string | undefined): ChatRequest {
  if (guardrail === undefined || request.operation === 'embeddings') return request;
  return { ...request, messages: [{ role: 'system', content: guardrail }, ...request.messages] };
}
