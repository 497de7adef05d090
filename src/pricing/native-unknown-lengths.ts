/**
 * Content of unknown length in whichever of its forms a request is sent: a translation has no place for some of what its
 * caller wrote, so that is what is looked through.
 */
import type { Fields } from '../core/json-object.ts';
import type { NativeRequest } from '../core/native-request.ts';
import type { AskedForms } from './native-bounds.ts';
import { findUnknownLength } from './unknown-lengths.ts';

/** Content that its bytes bound, and pictures. */
const KNOWN_CONTENT: ReadonlySet<unknown> = new Set([
  ...['text', 'image', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result', 'search_result'],
  ...['tool_reference', 'server_tool_use', 'web_search_tool_result', 'tool_search_tool_result'],
]);
/** Deeper than this no content is read. */
const MAX_DEPTH = 8;

/** @returns where the first of it stands (`messages.0.content.1`), or nothing */
export function findUnknownLengthOf({
  request,
  native,
}: Pick<AskedForms, 'request' | 'native'>): string | undefined {
  // What a translation has come from these blocks, of which none is left out of the search.
  if (native?.wire === 'messages') return findUnknownContent(native);
  return (native && findUnknownItem(native.body)) ?? findUnknownLength(request);
}

/** On Anthropic's wire, where every turn's content and a tool's result may hold documents. */
function findUnknownContent({ body }: NativeRequest): string | undefined {
  const turns = Array.isArray(body.messages) ? (body.messages as readonly (Fields | null)[]) : [];
  for (let index = 0; index < turns.length; index++) {
    const block = findUnknownBlock(turns[index]?.content, 0);
    if (block !== undefined) return `messages.${index}.content.${block}`;
  }
  const block = findUnknownBlock(body.system, 0);
  return block === undefined ? undefined : `system.${block}`;
}

/** Items that their bytes bound; a `compaction` stands for a conversation of any length. */
const KNOWN_ITEMS =
  /^(?:message|reasoning|(?:function|custom_tool|local_shell|shell|apply_patch)_call(?:_output)?|additional_tools|configuration_update)$/;
const KNOWN_PARTS = /^(?:input_text|output_text|text|refusal|summary_text|input_image)$/;

/** On OpenAI's own wire: files lie elsewhere or are read by pages, and what OpenAI ran itself may be of any length. */
function findUnknownItem({ input }: NativeRequest['body']): string | undefined {
  const items = Array.isArray(input) ? (input as readonly (Fields | null)[]) : [];
  for (const [index, item] of items.entries()) {
    const { type = 'message', content, output } = item ?? {};
    if (typeof type !== 'string' || !KNOWN_ITEMS.test(type)) return `input.${index}`;
    for (const [name, parts] of [
      ['content', content],
      ['output', output],
    ] as const) {
      const part = findUnknownPart(parts);
      if (part >= 0 && type !== 'reasoning') return `input.${index}.${name}.${part}`;
    }
  }
  return undefined;
}

function findUnknownPart(parts: unknown): number {
  if (!Array.isArray(parts)) return -1;
  return parts.findIndex(
    (part: Fields | null) => typeof part?.type !== 'string' || !KNOWN_PARTS.test(part.type),
  );
}

/** @returns the place of the block within the content: `0`, `0.content.1` */
function findUnknownBlock(content: unknown, depth: number): string | undefined {
  if (!Array.isArray(content)) return undefined;
  for (let index = 0; index < content.length; index++) {
    const block = (content[index] ?? {}) as Fields;
    if (depth > MAX_DEPTH || !hasKnownLength(block)) return `${index}`;
    if (block.type !== 'tool_result') continue;
    const inner = findUnknownBlock(block.content, depth + 1);
    if (inner !== undefined) return `${index}.content.${inner}`;
  }
  return undefined;
}

/** A document is read by pages, and one that lies elsewhere by nobody here; a text that came as one is a text. */
function hasKnownLength({ type, source }: Fields): boolean {
  if (type !== 'document') return KNOWN_CONTENT.has(type);
  const { type: from, content } = (source ?? {}) as Fields;
  return from === 'text' || (from === 'content' && findUnknownBlock(content, 1) === undefined);
}
