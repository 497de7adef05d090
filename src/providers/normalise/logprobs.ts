/**
 * Log probabilities in OpenAI's shape, `content[]` of `{token, logprob, bytes, top_logprobs}`. Together and the old
 * completions have lists beside each other, `tokens`, `token_logprobs` and `top_logprobs` (together-ai 0.52,
 * `LogProbs`); some streams have the bare number of the one token of their chunk.
 */

import type { Fields } from '../../core/json-object.ts';
import type { Choice } from '../../core/openai-types.ts';

type Logprobs = NonNullable<Choice['logprobs']>;
type Token = NonNullable<Logprobs['content']>[number];

/** @param text what the chunk's token is @returns the very object when it is right; `null` for what is none */
export function normaliseLogprobs(value: unknown, text: unknown): Logprobs | null {
  if (typeof value === 'number') return Number.isFinite(value) && value <= 0 ? one(text, value) : null;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return asLogprobs(value.map(fromItem));
  const { content, refusal, tokens, token_logprobs: numbers, top_logprobs: tops } = value as Fields;
  if (Array.isArray(content) || Array.isArray(refusal)) {
    if (isRight(content) && isRight(refusal)) return value as Logprobs;
    return {
      content: Array.isArray(content) ? content.flatMap(known) : null,
      refusal: Array.isArray(refusal) ? refusal.flatMap(known) : null,
    };
  }
  if (!Array.isArray(tokens) || !Array.isArray(numbers)) return null;
  const topOf = (at: number) => (Array.isArray(tops) ? tops[at] : undefined);
  return asLogprobs(
    tokens.map((token, at) => fromItem({ token, logprob: numbers[at], top_logprobs: topOf(at) })),
  );
}

function one(text: unknown, logprob: number): Logprobs | null {
  return typeof text === 'string' && text !== '' ? asLogprobs([token(text, logprob, [])]) : null;
}

function asLogprobs(tokens: readonly (Token | undefined)[]): Logprobs | null {
  const found = tokens.filter((one) => one !== undefined);
  return found.length > 0 || tokens.length === 0 ? { content: found, refusal: null } : null;
}

function known(item: unknown): Token[] {
  const found = fromItem(item);
  return found ? [found] : [];
}

function fromItem(item: unknown): Token | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { token: text, logprob, bytes, top_logprobs: tops } = item as Fields;
  // The first token of an echoed prompt has `null`: nothing came before it.
  if (typeof text !== 'string' || typeof logprob !== 'number' || !Number.isFinite(logprob)) return undefined;
  return { ...token(text, logprob, topsOf(tops)), ...(Array.isArray(bytes) && { bytes: bytes as number[] }) };
}

/** A list of items, or the old form's map from token to number. */
function topsOf(tops: unknown): Token['top_logprobs'] {
  if (typeof tops !== 'object' || tops === null) return [];
  const items = Array.isArray(tops)
    ? tops
    : Object.entries(tops).map(([text, logprob]) => ({ token: text, logprob }));
  return items.flatMap((item: Fields | null) =>
    typeof item?.token === 'string' && typeof item.logprob === 'number'
      ? [{ token: item.token, logprob: item.logprob, bytes: bytesOf(item.token) }]
      : [],
  );
}

function token(text: string, logprob: number, tops: Token['top_logprobs']): Token {
  return { token: text, logprob, bytes: bytesOf(text), top_logprobs: tops };
}

function bytesOf(text: string): number[] {
  return [...Buffer.from(text)];
}

function isRight(list: unknown): boolean {
  if (list === null || list === undefined) return true;
  return (
    Array.isArray(list) &&
    list.every(
      (item: Fields | null) =>
        typeof item?.token === 'string' &&
        Number.isFinite(item.logprob) &&
        'bytes' in item &&
        Array.isArray(item.top_logprobs),
    )
  );
}
