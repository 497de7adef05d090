/**
 * OpenAI's responses and their events as they came, for callers who speak its wire. What every client relies on is put right on
 * the way (usage that is a number, one line of JSON, instructions that are the caller's own); everything else goes on untouched.
 */
import { asText } from '../../core/as-text.ts';
import type { Fields } from '../../core/json-object.ts';
import type { NativeEvent } from '../../core/native-event.ts';
import type { NativeAnswer } from '../../core/whole-answer.ts';
import { hasHalves } from '../normalise/json.ts';
import { isSoundResponseUsage, type ResponseFields } from './response-fields.ts';
import type { ReadingAs } from './responses-body.ts';

/** An event as it was read. */
export interface ResponseEvent {
  readonly type: string;
  readonly output_index?: unknown;
  readonly item?: Fields;
  readonly response?: ResponseFields;
  readonly delta?: unknown;
  readonly [field: string]: unknown;
}

const NAME = /^[\w.-]{1,64}$/;
/** Events that are about the whole response, and say nothing without it. */
const OF_RESPONSE = /^response\.(?:created|queued|in_progress|completed|incomplete)$/;
/** Of these a completion has all. */
const KNOWN_ITEMS: ReadonlySet<unknown> = new Set([
  ...['message', 'reasoning', 'function_call', 'custom_tool_call'],
]);

/**
 * @param data the event's JSON
 * @returns nothing for an event that cannot be told
 */
export function toNativeResponseEvent(
  event: ResponseEvent,
  data: string,
  reading: ReadingAs,
): NativeEvent | undefined {
  const { type, output_index: index, item, response } = event;
  if (!NAME.test(type)) return undefined;
  if (OF_RESPONSE.test(type) && (typeof response !== 'object' || response === null)) return undefined;
  const isOneLine = !data.includes('\n') && !data.includes('\r');
  const place = Number.isInteger(index) ? { index: index as number } : {};
  if (response) {
    const told = withOwnInstructions(response, reading);
    const line = told === response && isOneLine ? data : JSON.stringify({ ...event, response: told });
    return { type, data: line, ...endOf(response) };
  }
  const line = isOneLine ? data : JSON.stringify(event);
  if (item) return { type, data: line, ...place, block: asText(item.type), ...saidIn(item) };
  const said = textOf(event.delta ?? event.arguments ?? event.input);
  return { type, data: line, ...place, said, more: type.includes('annotation') ? 'content' : undefined };
}

function endOf({ output, usage }: ResponseFields): Pick<NativeEvent, 'blocks' | 'lacksUsage'> {
  // Without a list it repeats nothing, not even an empty answer.
  return { blocks: Array.isArray(output) ? output.length : -1, lacksUsage: !isSoundResponseUsage(usage) };
}

function saidIn(item: Fields): Pick<NativeEvent, 'said' | 'more'> {
  const more = hasMoreContent(item) ? ('content' as const) : undefined;
  return { said: textOf(item.arguments ?? item.input), more };
}

/** @param text the JSON that the response was read from */
export function toNativeResponse(text: string, response: ResponseFields, reading: ReadingAs): NativeAnswer {
  const hasMore = (response.output as readonly Fields[]).some(hasMoreContent);
  // The caller is told a count in any case: where there is none that can be believed, the response is written anew.
  if (!isSoundResponseUsage(response.usage) || hasHalves(text)) return { json: undefined, hasMore };
  const told = withOwnInstructions(response, reading);
  return { json: told === response ? text : JSON.stringify(told), hasMore };
}

/** For items that OpenAI ran itself, what it found, and how likely each token was, a completion made of them has no place. */
function hasMoreContent({ type, content }: Fields): boolean {
  if (!KNOWN_ITEMS.has(type)) return true;
  if (!Array.isArray(content)) return false;
  return content.some(({ annotations, logprobs }) => annotations?.length > 0 || logprobs?.length > 0);
}

/** @returns the very response where its instructions are the caller's */
function withOwnInstructions(response: ResponseFields, { instructions }: ReadingAs): ResponseFields {
  return instructions
    ? ({ ...response, instructions: instructions.own ?? null } as ResponseFields)
    : response;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
