/** Leaving out what a provider cannot take, and saying so. */
import type { ChatRequest } from '../core/openai-types.ts';

/** @returns the request without the named parameters, and the names of those that were really there. */
export function dropParams(
  request: ChatRequest,
  names: readonly string[],
): { body: ChatRequest; dropped: string[] } {
  const values = request as unknown as Record<string, unknown>;
  const dropped = [...new Set(names)].filter((name) => values[name] !== undefined && values[name] !== null);
  if (dropped.length === 0) return { body: request, dropped };
  const body = { ...values };
  for (const name of dropped) delete body[name];
  return { body: body as unknown as ChatRequest, dropped };
}
