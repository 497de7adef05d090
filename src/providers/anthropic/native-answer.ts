/** Anthropic's whole message as it came, for callers who speak its wire. */
import type { Fields } from '../../core/json-object.ts';
import type { NativeAnswer } from '../../core/whole-answer.ts';
import { hasHalves } from '../normalise/json.ts';
import { isSoundUsage } from './anthropic-usage.ts';

/** What a completion has a place for. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'],
]);
/** Of the others (`pause_turn`, `model_context_window_exceeded`) the nearest finish reason is told, which is not the same. */
const KNOWN_STOPS: ReadonlySet<unknown> = new Set([
  ...['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal'],
]);
const KNOWN_BLOCKS: ReadonlySet<unknown> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);

/**
 * @param text the JSON that `message` was read from
 * @param repaired its content, where it could not go on as it came
 */
export function toNativeAnswer(
  text: string,
  message: Fields,
  repaired: readonly object[] | undefined,
): NativeAnswer {
  const hasMore = hasMoreContent(message) || hasMoreFacts(message);
  // The caller is told a count in any case: where there is none that can be believed, the message is written anew.
  if (!isSoundUsage(message.usage) || hasHalves(text)) return { json: undefined, hasMore };
  return { json: repaired ? JSON.stringify({ ...message, content: repaired }) : text, hasMore };
}

function hasMoreContent({ content }: Fields): boolean {
  return (content as readonly Fields[]).some(
    ({ type, citations }) => !KNOWN_BLOCKS.has(type) || citations != null,
  );
}

function hasMoreFacts(message: Fields): boolean {
  const isMore = ([name, value]: [string, unknown]) => !KNOWN_FIELDS.has(name) && value != null;
  if (!isKnownStop(message.stop_reason)) return true;
  return Object.entries(message).some(isMore);
}

/** Whether a finish reason says all of it. */
export function isKnownStop(reason: unknown): boolean {
  return reason == null || KNOWN_STOPS.has(reason);
}
