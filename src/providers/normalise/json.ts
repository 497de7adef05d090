/** JSON of a reply, read so that nothing it holds can hurt what comes after. */

import { isCostlyJson } from '../../core/bounded-json.ts';
import { isHighHalf } from '../../core/text-pieces.ts';
import { malformed } from '../../failures/upstream-failure.ts';

/** Parses a JSON body that must be an object. @throws {UpstreamFailure} malformed, with the start of the body. */
export function parseObject(
  text: string,
  headers: Readonly<Record<string, string>>,
  provider: string,
): Record<string, unknown> {
  // Half a surrogate pair only ever comes as an escape; UTF-8 has none.
  const mayHaveHalves = hasHalves(text);
  if (isCostlyJson(text))
    throw malformed(`${provider} sent a reply that is made of more parts than any answer.`);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return (mayHaveHalves ? withWholeCharacters(parsed) : parsed) as Record<string, unknown>;
    }
  } catch {
    // Falls through: all are the same failure.
  }
  throw malformed(`${provider} sent a reply that is not a JSON object.`, {
    headers,
    body: text.slice(0, 4096),
  });
}

/** What a list of the wire must be before its items are looked into. */
export function isListOfObjects(value: unknown): value is object[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
}

/** An escape of a surrogate is in it; most texts have none. */
export function hasHalves(text: string): boolean {
  return text.includes('\\ud') || text.includes('\\uD');
}

/**
 * Strings whose half characters stand for nothing are made whole, but for a half at the very end, which a later piece may
 * complete.
 */
function withWholeCharacters(value: unknown): unknown {
  if (typeof value === 'string') return wholeBut(value);
  if (Array.isArray(value)) return value.map(withWholeCharacters);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withWholeCharacters(inner)]));
}

function wholeBut(text: string): string {
  if (text.isWellFormed()) return text;
  const from = isLowHalf(text.charCodeAt(0)) ? 1 : 0;
  const to = isHighHalf(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
  return (
    text.slice(0, from) + text.slice(from, Math.max(from, to)).toWellFormed() + text.slice(Math.max(from, to))
  );
}

function isLowHalf(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
