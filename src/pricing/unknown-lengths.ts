/**
 * Content whose length nobody knows who does not fetch or open it: addresses, files of a provider's own storage, and
 * documents and films, of which a few bytes may be many pages. No count of its bytes bounds what a model reads of it.
 */
import { asText } from '../core/as-text.ts';
import type { Fields } from '../core/json-object.ts';
import type { ChatRequest } from '../core/openai-types.ts';

/** Parts that are read as they stand, and pictures, of which no model makes more tokens than is reserved for one. */
const KNOWN_TYPES = new Set([
  'text',
  'input_text',
  'output_text',
  'refusal',
  'thinking',
  'redacted_thinking',
  'reasoning',
  'image_url',
  'image',
  'search_result',
  'tool_reference',
]);
const ADDRESS = /^\s*(?:https?|ftp|file|gs|s3|blob):/i;
/** Fields whose texts are read as texts, whatever they begin with. */
const TEXT_FIELDS = new Set([
  'content',
  'tool_calls',
  'function_call',
  'reasoning_content',
  'reasoning',
  'refusal',
  'tools',
  'response_format',
  'metadata',
  'user',
  'prompt_cache_key',
  'safety_identifier',
  'stop',
  'messages',
]);

/** @returns the first such field (`messages.0.content.1`), or nothing */
export function findUnknownLength(request: ChatRequest): string | undefined {
  for (const [index, message] of request.messages.entries()) {
    const { content } = message;
    const part = Array.isArray(content) ? (content as unknown as Fields[]).findIndex(isUnknownPart) : -1;
    if (part >= 0) return `messages.${index}.content.${part}`;
    const field = addressField(message as unknown as Fields);
    if (field) return `messages.${index}.${field}`;
    // What a model said before, kept by the provider.
    if ((message as { audio?: unknown }).audio) return `messages.${index}.audio`;
  }
  return addressField(request as unknown as Fields);
}

function isUnknownPart(part: Fields): boolean {
  const type = asText(part.type);
  if (type === 'input_audio') return leadsElsewhere(part.input_audio);
  if (type === 'file') return !isText(part.file);
  return !KNOWN_TYPES.has(type);
}

/** A text that came as a file: its bytes bound it. */
function isText(file: unknown): boolean {
  const { file_data: data, file_url: url, file_id: id } = (file ?? {}) as Fields;
  return url === undefined && id === undefined && typeof data === 'string' && /^data:text\//i.test(data);
}

function addressField(fields: Fields): string | undefined {
  for (const name in fields) if (!TEXT_FIELDS.has(name) && leadsElsewhere(fields[name])) return name;
  return undefined;
}

function leadsElsewhere(value: unknown): boolean {
  if (typeof value === 'string') return ADDRESS.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(leadsElsewhere);
}
