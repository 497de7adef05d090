/** The most a prompt can be, in whichever of its two forms it is sent: as its caller wrote it, or translated. */
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { promptBound, TOKENS_PER_IMAGE } from './bounds.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A typed tool is named in a few bytes and described to the model by its provider (Anthropic: 735 tokens at most). */
const TOKENS_PER_TYPED_TOOL = 2_048;
/** Roles and separators. */
const TOKENS_PER_TURN = 16;

export interface AskedForms {
  readonly request: ChatRequest;
  readonly native?: NativeRequest | undefined;
}

/** @returns tokens */
export function promptBoundOf({ request, native }: AskedForms): number {
  const translated = promptBound(request);
  return native ? Math.max(translated, nativeBound(native, request)) : translated;
}

/** No tokeniser makes more tokens of a text than it has bytes; our own system prompt goes in front. */
function nativeBound({ body }: NativeRequest, { messages }: ChatRequest): number {
  const tools = Array.isArray(body.tools) ? body.tools : [];
  const typed = tools.filter((tool) => typeof (tool as Fields | null)?.type === 'string').length;
  const [first] = messages;
  const guardrail = typeof first?.content === 'string' ? Buffer.byteLength(first.content) : 0;
  return bytesOf(body) + guardrail + TOKENS_PER_TURN * messages.length + TOKENS_PER_TYPED_TOOL * typed;
}

/** Bytes of all texts and names; of a picture what it can be read as. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) {
    let tokens = 0;
    for (const item of value) tokens += 1 + bytesOf(item);
    return tokens;
  }
  const { type } = value as Fields;
  if (type === 'image' || type === 'input_image') return TOKENS_PER_IMAGE;
  let tokens = 0;
  for (const name in value) tokens += 4 + Buffer.byteLength(name) + bytesOf((value as Fields)[name]);
  return tokens;
}
