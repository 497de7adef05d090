/**
 * Content of unknown length in whichever of its forms a request is sent: a translation has no place for some of what its
 * caller wrote, so both are looked through.
 */
import type { NativeRequest } from '../core/native-request.ts';
import type { AskedForms } from './native-bounds.ts';
import { findUnknownLength } from './unknown-lengths.ts';

type Fields = Readonly<Record<string, unknown>>;

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
  return (native && findUnknownContent(native)) ?? findUnknownLength(request);
}

/** On Anthropic's wire, where every turn's content and a tool's result may hold documents. */
function findUnknownContent({ wire, body }: NativeRequest): string | undefined {
  if (wire !== 'messages') return undefined;
  const turns = Array.isArray(body.messages) ? (body.messages as readonly (Fields | null)[]) : [];
  for (const [index, turn] of turns.entries()) {
    const found = findUnknownBlock(turn?.content, `messages.${index}.content`, 0);
    if (found) return found;
  }
  return findUnknownBlock(body.system, 'system', 0);
}

function findUnknownBlock(content: unknown, where: string, depth: number): string | undefined {
  if (!Array.isArray(content)) return undefined;
  for (let index = 0; index < content.length; index++) {
    const block = (content[index] ?? {}) as Fields;
    const place = `${where}.${index}`;
    if (depth > MAX_DEPTH || !hasKnownLength(block)) return place;
    const inner =
      block.type === 'tool_result' && findUnknownBlock(block.content, `${place}.content`, depth + 1);
    if (inner) return inner;
  }
  return undefined;
}

/** A document is read by pages, and one that lies elsewhere by nobody here; a text that came as one is a text. */
function hasKnownLength({ type, source }: Fields): boolean {
  if (type !== 'document') return KNOWN_CONTENT.has(type);
  const { type: from, content } = (source ?? {}) as Fields;
  return from === 'text' || (from === 'content' && findUnknownBlock(content, '', 1) === undefined);
}
