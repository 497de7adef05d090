/**
 * The most a prompt can be, in whichever of its forms it is sent: as its caller wrote it, or translated. No tokeniser makes
 * more tokens of a text than it has bytes, so the bytes of a long body bound it without a look at each of its texts.
 */
import type { Fields } from '../core/json-object.ts';
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { rawBodyOf } from '../core/raw-body.ts';
import { promptBound, TOKENS_PER_IMAGE } from './bounds.ts';

/** A typed tool is named in a few bytes and described to the model by its provider (Anthropic: 735 tokens at most). */
const TOKENS_PER_TYPED_TOOL = 2_048;
/** Roles and separators. */
const TOKENS_PER_TURN = 16;
/** What a translation may add: what stands for a result that is a picture, an instruction to write JSON, a schema of ours. */
const TRANSLATION = 1_024;
const TOKENS_PER_TOOL = 256;
const PICTURES: ReadonlySet<unknown> = new Set(['image', 'image_url', 'input_image']);

/** The forms that a prompt is at hand in. */
export interface AskedForms {
  readonly request: ChatRequest;
  readonly native?: NativeRequest | undefined;
  /** The body that it was read from, whose bytes may be kept. */
  readonly source?: object | undefined;
}

/** @returns tokens */
export function promptBoundOf({ request, native, source }: AskedForms): number {
  const raw = rawBodyOf(source);
  const isPlain = raw && !hasPictureIn(source as Fields);
  if (!native && !isPlain) return promptBound(request);
  const [first] = request.messages;
  // Our own system prompt is not in the body.
  const guardrail = typeof first?.content === 'string' ? Buffer.byteLength(first.content) : 0;
  const ours = guardrail + TRANSLATION + TOKENS_PER_TURN * (request.messages.length + 1);
  return (
    (isPlain ? raw.bytes.length : bytesOf(native!.body)) +
    ours +
    Math.max(toolsBound(native && toolsIn(native.body)), toolsBound(request.tools))
  );
}

/** Tools of OpenAI's wire come in items of the conversation, too, and in namespaces. */
function toolsIn({ tools, input }: Fields): unknown[] {
  const offered = [tools, ...listOf(input).map((item) => item?.tools)].flatMap(listOf);
  return [...offered, ...offered.flatMap((tool) => listOf(tool?.tools))];
}

function listOf(value: unknown): readonly (Fields | null)[] {
  return Array.isArray(value) ? value : [];
}

function toolsBound(tools: unknown): number {
  if (!Array.isArray(tools)) return 0;
  const isTyped = ({ type = 'custom' }: Fields) => type !== 'custom' && type !== 'function';
  const typed = tools.filter((tool) => isTyped((tool ?? {}) as Fields)).length;
  return TOKENS_PER_TOOL * tools.length + TOKENS_PER_TYPED_TOOL * typed;
}

function hasPictureIn({ messages, input, system }: Fields): boolean {
  return hasPicture(system) || hasPicture(messages) || hasPicture(input);
}

/** A picture is read as far more, or far fewer, tokens than it has bytes. */
function hasPicture(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if (Array.isArray(part)) return part.some(hasPicture);
  const { type, content, output } = part as Fields;
  return PICTURES.has(type) || hasPicture(content) || hasPicture(output);
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
  if (PICTURES.has((value as Fields).type)) return TOKENS_PER_IMAGE;
  let tokens = 0;
  for (const name in value) tokens += 4 + Buffer.byteLength(name) + bytesOf((value as Fields)[name]);
  return tokens;
}
