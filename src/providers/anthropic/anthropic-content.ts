/** Content parts of OpenAI's shape as Anthropic's blocks; `cache_control` goes with them, and its own blocks as they came. */
import { asText } from '../../core/as-text.ts';
import type { ChatMessage } from '../../core/openai-types.ts';
import { UpstreamFailure } from '../../failures/upstream-failure.ts';

/** A content block; `type` says which. */
export interface Block {
  type: string;
  [field: string]: unknown;
}

const OWN_TYPES = new Set(['document', 'image', 'search_result', 'tool_reference']);
const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

interface Part {
  readonly type: string;
  readonly cache_control?: unknown;
  readonly [field: string]: unknown;
}

/** Text of nothing but white space is refused by Anthropic and says nothing, so it is left out. */
export function contentBlocks(content: ChatMessage['content']): Block[] {
  if (!content) return [];
  if (typeof content === 'string') return textBlock(content);
  return (content as unknown as Part[]).flatMap((part) => {
    const blocks = contentBlock(part);
    const last = blocks.at(-1);
    if (last && part.cache_control != null) last.cache_control = part.cache_control;
    return blocks;
  });
}

function contentBlock(part: Part): Block[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return textBlock(asText(part[part.type] ?? ''));
    case 'image_url': {
      const image = part.image_url as { url?: unknown } | string | undefined;
      return [imageBlock(asText((typeof image === 'string' ? image : image?.url) ?? ''))];
    }
    case 'file':
      return [fileBlock((part.file ?? {}) as Record<string, unknown>)];
    case 'thinking':
    case 'redacted_thinking':
      // A thought without Anthropic's signature is another model's.
      return typeof part.signature === 'string' || typeof part.data === 'string' ? [{ ...part }] : [];
    default:
      if (OWN_TYPES.has(part.type)) return [{ ...part }];
      throw unsupportedContent(`Anthropic takes no content of type ${asText(part.type)}.`);
  }
}

function textBlock(text: string): Block[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function imageBlock(url: string): Block {
  const data = dataOf(url);
  if (!data) return { type: 'image', source: { type: 'url', url } };
  const type = /^image\/p?jpe?g$/.test(data.type) ? 'image/jpeg' : data.type;
  if (!IMAGE_TYPES.has(type))
    throw unsupportedContent(`Anthropic takes no images of type ${asText(data.type)}.`);
  return { type: 'image', source: { type: 'base64', media_type: type, data: data.base64 } };
}

/** PDF and plain text are documents; a file of OpenAI's own storage is not Anthropic's to read. */
function fileBlock({ file_data: given, filename }: Record<string, unknown>): Block {
  const title = typeof filename === 'string' && filename !== '' ? { title: filename } : {};
  if (typeof given !== 'string')
    throw unsupportedContent('Anthropic takes files by their data, not by an id.');
  if (/^https?:/i.test(given)) return { type: 'document', source: { type: 'url', url: given }, ...title };
  const data = dataOf(given);
  if (data?.type.startsWith('image/')) return imageBlock(given);
  if (data?.type.startsWith('text/')) {
    const text = Buffer.from(data.base64, 'base64').toString('utf8');
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...title };
  }
  if (data && data.type !== 'application/pdf')
    throw unsupportedContent(`Anthropic takes no files of type ${asText(data.type)}.`);
  const source = { type: 'base64', media_type: 'application/pdf', data: data?.base64 ?? given };
  return { type: 'document', source, ...title };
}

function dataOf(url: string): { type: string; base64: string } | undefined {
  const comma = url.indexOf(',');
  const head = /^data:([^;,]+)[^,]*;base64$/i.exec(url.slice(0, Math.min(comma, 256)));
  return head ? { type: head[1]!.toLowerCase(), base64: url.slice(comma + 1) } : undefined;
}

/** Another model may take it, so the next target is tried. */
function unsupportedContent(message: string): UpstreamFailure {
  return new UpstreamFailure({ message: message.slice(0, 200), unsupported: 'messages' });
}
