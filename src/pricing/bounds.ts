/** The most a call can take: never less than what it will, so that a reservation made of it cannot be exceeded. */
import type { Fields } from '../core/json-object.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import type { Target } from '../providers/provider.ts';

/** Output tokens a call with a limit gets when its caller names no cap and the model could write more. */
export const USUAL_OUTPUT = 8_192;
/** Output tokens of such a call where the model's own maximum is unknown: few models take less than this. */
const CAUTIOUS_OUTPUT = 4_096;
/** With fewer output tokens than this an answer is of no use. */
export const MIN_OUTPUT = 16;
/** As many output tokens a call always gets when they can be paid, however large a share of the budget they cost. */
export const FAIR_OUTPUT = 4_096;
/** No model reads a picture as more (OpenAI's guide: gpt-4o-mini, 2,833 + 8 tiles of 5,667). */
export const TOKENS_PER_IMAGE = 48_169;
/** Roles and separators; OpenAI's cookbook counts 3 to 4, other chat templates up to about 10. */
const TOKENS_PER_MESSAGE = 16;
/** Tokens of the instruction we add for a model that takes no `response_format`. */
const JSON_INSTRUCTION = 512;
/** Tokens of the instruction for a model that only chats and is to complete a text. */
const COMPLETION_INSTRUCTION = 768;

/** Fields of the request that are counted apart, or that no model reads. */
const NOT_READ = new Set([
  'messages',
  'model',
  'stream',
  'stream_options',
  'user',
  'operation',
  'encoding_format',
]);

/**
 * Tokens of the prompt at most: no tokeniser makes more tokens of a text than it has bytes. Every field counts, also those
 * that nobody knows: they are sent, and a provider may read them.
 */
export function promptBound(request: ChatRequest): number {
  let tokens = TOKENS_PER_MESSAGE;
  if (request.operation === 'text_completion') tokens += COMPLETION_INSTRUCTION * request.messages.length;
  for (const message of request.messages) {
    tokens += TOKENS_PER_MESSAGE + contentBound(message.content);
    for (const [field, value] of Object.entries(message))
      if (field !== 'content' && field !== 'role') tokens += fieldBound(field, value);
  }
  for (const [field, value] of Object.entries(request)) {
    if (NOT_READ.has(field)) continue;
    tokens += fieldBound(field, value);
    if (field === 'response_format') tokens += JSON_INSTRUCTION;
  }
  return tokens;
}

function contentBound(content: unknown): number {
  if (typeof content === 'string') return Buffer.byteLength(content);
  if (!Array.isArray(content)) return bytesOf(content);
  let tokens = 0;
  for (const part of content as readonly Fields[]) {
    for (const [field, value] of Object.entries(part)) {
      if (field === 'type') continue;
      if (field === 'image_url' || (field === 'source' && part.type === 'image'))
        tokens += TOKENS_PER_IMAGE + bytesOf(withoutPicture(value));
      else
        tokens += field === 'text' && typeof value === 'string' ? Buffer.byteLength(value) : bytesOf(value);
    }
  }
  return tokens;
}

/** What stands beside a picture is read as text, as far as anybody knows. */
function withoutPicture(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return isPicture(value) ? undefined : value;
  return Object.fromEntries(
    Object.entries(value).filter(([name, inner]) => !(['url', 'data'].includes(name) && isPicture(inner))),
  );
}

/** An address, or base64 with or without its type before it: nothing that reads as words. */
function isPicture(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return /^(?:https?:\S*|(?:data:image\/[\w.+-]+(?:;[\w=.-]+)*,)?[\w+/=-]*)$/i.test(value);
}

/** Numbers and switches steer a model, and are not read by it. */
function fieldBound(field: string, value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(field) + Buffer.byteLength(value);
  if (typeof value === 'object' && value !== null) return Buffer.byteLength(field) + bytesOf(value);
  return 0;
}

function bytesOf(value: unknown): number {
  return value == null ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** The most a model can write of one choice, or the caller's cap where that is less; infinite where neither is known. */
export function outputCeiling(request: ChatRequest, target: Windows): number {
  const own = Math.min(target.maxOutputTokens ?? Infinity, target.contextWindow ?? Infinity);
  const asked = askedOutput(request);
  return asked === undefined ? own : Math.min(asked, own);
}

type Windows = Pick<Target, 'contextWindow' | 'maxOutputTokens'>;

/** Where both caps are set the larger counts: some providers obey the one, some the other. */
function askedOutput({ max_completion_tokens: newer, max_tokens: older }: ChatRequest): number | undefined {
  return newer == null && older == null ? undefined : Math.max(newer ?? 0, older ?? 0);
}

/**
 * Output tokens of one choice at most.
 * @returns `isOurs` when the model could write more, so that the cap has to be sent along
 */
export function outputBound(request: ChatRequest, target: Windows): { tokens: number; isOurs: boolean } {
  // Vectors are no tokens, and nobody charges for them as such.
  if (request.operation === 'embeddings') return { tokens: 0, isOurs: false };
  const tokens = outputCeiling(request, target);
  if (askedOutput(request) !== undefined || tokens <= USUAL_OUTPUT) return { tokens, isOurs: false };
  return { tokens: Number.isFinite(tokens) ? USUAL_OUTPUT : CAUTIOUS_OUTPUT, isOurs: true };
}
