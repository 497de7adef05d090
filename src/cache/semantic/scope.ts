/** What two questions must share to the letter before their last messages are compared at all. */
import { hash } from 'node:crypto';
import type { Question } from '../answer-store.ts';
import { canonicalJson } from '../cache-key.ts';
import type { CanonicalQuestion } from './question.ts';

/** Changes whenever the tables or rules do, so that no entry made by other rules is found. */
export const LEXICON_VERSION = 1;

/** The exact cache's key without the last message: caller, models, history, guardrail and all parameters. */
export function scopeHash({ scope, route, request }: Question): string {
  const { messages, stream: _stream, stream_options: _options, ...shaping } = request;
  const before = messages.slice(0, -1);
  return hash('sha256', canonicalJson([scope, route, before, shaping]), 'base64url');
}

/** @param vocabulary which synonyms of the owner's were used */
export function bucketKey(scope: string, { core }: CanonicalQuestion, vocabulary: string): string {
  return hash('sha256', `${LEXICON_VERSION}\n${vocabulary}\n${scope}\n${core}`, 'base64url').slice(0, 27);
}
