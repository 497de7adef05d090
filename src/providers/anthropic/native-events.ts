/**
 * Anthropic's events as they came, for callers who speak its wire. What every client relies on is put right on the way
 * (usage that is a number, one line of JSON); everything else, known or not, goes on untouched.
 */
import { asText } from '../../core/as-text.ts';
import { MAX_DELTA } from '../../core/delta-pieces.ts';
import type { Fields } from '../../core/json-object.ts';
import type { NativeEvent } from '../../core/native-event.ts';
import { textPieces } from '../../core/text-pieces.ts';
import { type AnthropicUsage, isSoundUsage, withoutLowerCounts } from './anthropic-usage.ts';
import { isKnownStop } from './native-answer.ts';

/** An event as it was read. */
export interface ReadEvent {
  readonly type: string;
  readonly index?: unknown;
  readonly content_block?: object;
  readonly delta?: object;
  readonly message?: object;
  readonly usage?: unknown;
}

const NAME = /^[\w.-]{1,64}$/;
const KNOWN_BLOCKS: ReadonlySet<unknown> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);
const KNOWN_DELTAS: ReadonlySet<unknown> = new Set([
  'text_delta',
  'thinking_delta',
  'signature_delta',
  'input_json_delta',
]);
const NO_USAGE = { input_tokens: 0, output_tokens: 0 };

/**
 * @param data the event's JSON
 * @param used what was used so far, this event's counts among it
 * @returns nothing for an event that cannot be told
 */
export function toNativeEvent(event: ReadEvent, data: string, used: AnthropicUsage): NativeEvent | undefined {
  const { type, index } = event;
  if (!NAME.test(type)) return undefined;
  const line = data.includes('\n') || data.includes('\r') ? JSON.stringify(event) : data;
  const place = Number.isInteger(index) ? { index: index as number } : {};
  switch (type) {
    case 'message_start':
      return { type, data: startData(event, line) };
    case 'content_block_start': {
      const block = (event.content_block ?? {}) as Fields;
      const said = block.type === 'tool_use' ? textOf(block.id) : textOf(block.text ?? block.thinking);
      return {
        type,
        data: line,
        ...place,
        block: asText(block.type),
        said,
        more: moreOf(block.type, KNOWN_BLOCKS),
      };
    }
    case 'content_block_delta': {
      const delta = (event.delta ?? {}) as Fields;
      const said = textOf(delta.text ?? delta.thinking ?? delta.partial_json);
      return { type, data: line, ...place, said, more: moreOf(delta.type, KNOWN_DELTAS) };
    }
    case 'message_delta':
      return {
        type,
        data: deltaData(event, line, used),
        said: textOf((event.delta as Fields | undefined)?.stop_reason),
        more: hasMoreFacts(event) ? 'facts' : undefined,
        lacksUsage: !isSoundUsage(event.usage),
      };
    default:
      return { type, data: line, ...place };
  }
}

/** Where a delta of this wire has its text. */
const TEXTS = ['text', 'thinking', 'partial_json'] as const;

/**
 * A delta of megabytes as several, as every other is cut, too (`delta-pieces.ts`).
 * @param data the event's JSON
 * @returns events, each with its JSON, that say one after another what this one says
 */
export function* eventPieces<Event extends ReadEvent>(
  event: Event,
  data: string,
): Generator<[Event, string]> {
  const delta = (event.type === 'content_block_delta' && event.delta) as Fields | false | undefined;
  const name = delta && TEXTS.find((field) => typeof delta[field] === 'string');
  const text = name && (delta[name] as string);
  if (!text || text.length <= MAX_DELTA) return yield [event, data];
  for (const piece of textPieces(text, MAX_DELTA)) {
    const part = { ...event, delta: { ...delta, [name]: piece } };
    yield [part, JSON.stringify(part)];
  }
}

/** Clients add up usage from the start on, so there is always one. */
function startData({ type, message }: ReadEvent, line: string): string {
  const { usage } = (message ?? {}) as Fields;
  return isSoundUsage(usage) ? line : JSON.stringify({ type, message: { ...message, usage: NO_USAGE } });
}

/** Clients let a late count stand for an earlier one, so that none is told that is lower. */
function deltaData(event: ReadEvent, line: string, used: AnthropicUsage): string {
  const usage = withoutLowerCounts(event.usage, used);
  return usage === event.usage ? line : JSON.stringify({ ...event, usage });
}

function moreOf(type: unknown, known: ReadonlySet<unknown>): 'content' | undefined {
  return known.has(type) ? undefined : 'content';
}

/** A stop that is explained, a container, edits of the context: what no chunk has a place for. */
function hasMoreFacts({ delta, ...event }: ReadEvent): boolean {
  const { stop_reason: reason, stop_sequence: _sequence, ...others } = (delta ?? {}) as Fields;
  const { type: _type, usage: _usage, ...rest } = event;
  return (
    !isKnownStop(reason) || [...Object.values(others), ...Object.values(rest)].some((value) => value != null)
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
