/** Two requests share an answer when this is equal: the key order of their JSON is ignored and nothing else. */
import { hash } from 'node:crypto';
import { fingerprintsOf } from '../core/fingerprints.ts';
import type { ChatRequest } from '../core/openai-types.ts';

/** A SHA-256 of the conversation, for the ledger and as the largest part of the cache key. */
export function promptHash(messages: ChatRequest['messages']): string {
  return hash('sha256', canonicalJson(messages), 'base64url');
}

/** The same for the ledger alone, from the bytes that a long body came as. @returns nothing where they were not kept */
export function conversationHash(source: object | undefined): string | undefined {
  const prints = fingerprintsOf(source);
  return prints && hash('sha256', prints.join(), 'base64url');
}

/**
 * @param scope who asks; answers are never shared between callers
 * @param route JSON of the models that may answer, in order
 * @param prompt hash of the messages
 * @returns everything that shapes the answer, readable; whether it is streamed does not
 */
export function cacheKey(scope: string, route: string, prompt: string, request: ChatRequest): string {
  const { messages: _messages, stream: _stream, stream_options: _options, ...shaping } = request;
  // JSON says itself where it ends and the hash is always as long, so that no two requests can run into one key.
  return `${route}${prompt}${canonicalJson(shaping)}${scope}`;
}

/** JSON with the keys of every object in order. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let json = '';
  if (Array.isArray(value)) {
    for (const item of value) json += `${json && ','}${canonicalJson(item)}`;
    return `[${json}]`;
  }
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field !== undefined) json += `${json && ','}${JSON.stringify(key)}:${canonicalJson(field)}`;
  }
  return `{${json}}`;
}
