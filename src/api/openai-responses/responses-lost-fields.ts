import type { Fields } from '../../core/json-object.ts';
import { lostFields, lostWithin, plainNames } from '../lost-fields.ts';

/** Fields that chat completions name alike. */
export const SHARED_FIELDS: readonly string[] = [
  'temperature',
  'top_p',
  'user',
  'metadata',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
];
/** Those that a translation carries, those that would ask for nothing else than is done, and those that are looked into. */
const CARRIED: ReadonlySet<string> = new Set([
  ...SHARED_FIELDS,
  ...['model', 'input', 'instructions', 'max_output_tokens', 'reasoning', 'text', 'include', 'strict_params'],
  ...['tools', 'tool_choice', 'parallel_tool_calls', 'stream', 'stream_options', 'background'],
]);
const OF_REASONING: ReadonlySet<string> = new Set(['effort']);
const OF_TEXT: ReadonlySet<string> = new Set(['format', 'verbosity']);
const OF_STREAM: ReadonlySet<string> = new Set(['include_obfuscation']);
const FORMATS: ReadonlySet<unknown> = new Set(['text', 'json_object', 'json_schema']);

/** What is done in any case. */
function isIdle(name: string, value: unknown): boolean {
  if (name === 'store') return value !== true;
  if (name === 'truncation') return value === 'disabled';
  return name === 'top_logprobs' && value === 0;
}

/**
 * What of a request who answers over another wire never sees. Nothing is stored here, and nothing is cut off an input.
 * @param choice of the tools, as it is carried
 */
export function lostOfResponses(body: Fields, choice: object): string[] {
  const { include, reasoning, text, stream_options: stream, tool_choice: chosen } = body;
  const names = [
    ...lostFields(body, (name) => CARRIED.has(name) || isIdle(name, body[name])),
    ...lostWithin(reasoning, 'reasoning', OF_REASONING),
    ...lostWithin(text, 'text', OF_TEXT),
    ...lostWithin(stream, 'stream_options', OF_STREAM),
  ];
  const { type: format = 'text' } = ((text as Fields | null | undefined)?.format ?? {}) as Fields;
  if (!FORMATS.has(format)) names.push('text.format');
  if (Array.isArray(include) && include.some((one) => one !== 'reasoning.encrypted_content'))
    names.push('include');
  if (chosen != null && Object.keys(choice).length === 0) names.push('tool_choice');
  return plainNames(names);
}
