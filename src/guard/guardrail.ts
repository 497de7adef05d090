/** The system prompt that keeps answers to code: always first, so that the caller's own system messages follow it. */
import type { ChatRequest } from '../core/openai-types.ts';

/** @param guardrail the prompt, or `undefined` where the operator switched it off. */
export function withGuardrail(request: ChatRequest, guardrail: string | undefined): ChatRequest {
  if (guardrail === undefined) return request;
  return { ...request, messages: [{ role: 'system', content: guardrail }, ...request.messages] };
}
