/** Two requests share an answer when this is equal: the key order of their JSON is ignored and nothing else. */
import { hash } from 'node:crypto';
import type { ChatRequest } from '../core/openai-types.ts';

/**
 * @param scope who asks; answers are never shared between callers
 * @param route the models that may answer, in order
 * @returns a SHA-256 over everything that shapes the answer; whether it is streamed does not
 */
export function cacheKey(scope: string, route: readonly string[], request: ChatRequest): string {
  const { stream: _stream, stream_options: _options, ...shaping } = request;
  return hash('sha256', canonicalJson([scope, route, shaping]), 'base64url');
}

/** JSON with the keys of every object in order. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(field)}`);
  }
  return `{${parts.join(',')}}`;
}
