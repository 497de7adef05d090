/**
 * Content blocks of Anthropic's Messages API as parts of OpenAI's messages
 * (source: types of @anthropic-ai/sdk 1.14; requests recorded from Claude Code 2.1).
 */
import { asText } from '../../core/as-text.ts';
import { fromEncryptedContent, isEnvelope, type ReasoningDetail } from '../../core/encrypted-reasoning.ts';
import type { ChatMessage } from '../../core/openai-types.ts';
import { shortToolName } from '../../core/tool-names.ts';

/** A content block as callers send it: anything may be in it. */
export interface ContentBlock {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

type Part = Record<string, unknown>;

/** What a turn's blocks become; `skipped` names kinds of blocks that have no counterpart. */
export interface TranslatedTurn {
  readonly messages: ChatMessage[];
  readonly skipped: readonly string[];
}

/** The user's turn: results of tools first, as every wire wants them, then what the user says, then pictures of the results. */
export function toUserMessages(content: string | readonly ContentBlock[]): TranslatedTurn {
  if (typeof content === 'string') return { messages: [{ role: 'user', content }], skipped: [] };
  const skipped: string[] = [];
  const results: ChatMessage[] = [];
  const dependencies: Part[] = [];
  const pictures: Part[] = [];
  for (const block of content) {
    if (block.type === 'tool_result') {
      const result = toToolMessage(block);
      results.push(result.message);
      pictures.push(...result.pictures);
      continue;
    }
    const part = toPart(block);
    if (part) dependencies.push(part);
    else skipped.push(asText(block.type));
  }
  dependencies.push(...pictures);
  const said =
    dependencies.length > 0 ? [{ role: 'user', content: dependencies } as unknown as ChatMessage] : [];
  return { messages: [...results, ...said], skipped };
}

/** The assistant's turn: one message with text, calls, and its thinking beside them, word for word. */
export function toAssistantMessage(content: string | readonly ContentBlock[]): TranslatedTurn {
  if (typeof content === 'string') return { messages: [{ role: 'assistant', content }], skipped: [] };
  const skipped: string[] = [];
  const texts: Part[] = [];
  const calls: Part[] = [];
  const thinking: ContentBlock[] = [];
  const details: ReasoningDetail[] = [];
  for (const block of content) {
    switch (block.type) {
      case 'thinking':
      case 'redacted_thinking':
        // What another provider has encrypted goes back as it was.
        if (isEnvelope(block.signature)) details.push(...(fromEncryptedContent(block.signature) ?? []));
        else thinking.push(block);
        break;
      case 'tool_use':
        calls.push({
          id: block.id,
          type: 'function',
          function: { name: shortToolName(asText(block.name)), arguments: JSON.stringify(block.input ?? {}) },
          ...cacheMark(block),
        });
        break;
      default: {
        const part = toPart(block);
        if (part?.type === 'text') texts.push(part);
        else skipped.push(asText(block.type));
      }
    }
  }
  const message = {
    role: 'assistant',
    content: assistantText(texts),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(thinking.length > 0 && { thinking_blocks: thinking }),
    ...(details.length > 0 && { reasoning_details: details }),
  };
  return { messages: [message as unknown as ChatMessage], skipped };
}

/** @returns a text or picture part, or nothing for a block that no other wire has */
function toPart(block: ContentBlock): Part | undefined {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: asText(block.text ?? ''), ...cacheMark(block) };
    case 'image':
      return toPicture(block);
    case 'document':
      return toDocument(block);
    case 'search_result':
      return { type: 'text', text: searchResultText(block), ...cacheMark(block) };
    default:
      return undefined;
  }
}

/** One text is a string, as most servers want it; cache marks need the list. */
function assistantText(texts: readonly Part[]): unknown {
  if (texts.length === 0) return null;
  if (texts.length === 1 && !texts[0]!.cache_control) return texts[0]!.text;
  return texts;
}

function toPicture(block: ContentBlock): Part | undefined {
  const source = block.source as Record<string, unknown> | undefined;
  const url =
    source?.type === 'base64'
      ? `data:${asText(source.media_type)};base64,${asText(source.data)}`
      : source?.type === 'url'
        ? source.url
        : undefined;
  return url === undefined
    ? undefined
    : { type: 'image_url', image_url: { url: asText(url) }, ...cacheMark(block) };
}

function toDocument(block: ContentBlock): Part | undefined {
  const source = block.source as Record<string, unknown> | undefined;
  const name = typeof block.title === 'string' ? { filename: block.title } : {};
  switch (source?.type) {
    case 'base64':
      return {
        type: 'file',
        file: { ...name, file_data: `data:${asText(source.media_type)};base64,${asText(source.data)}` },
        ...cacheMark(block),
      };
    case 'url':
      return { type: 'file', file: { ...name, file_url: asText(source.url) }, ...cacheMark(block) };
    case 'text':
      return { type: 'text', text: asText(source.data ?? ''), ...cacheMark(block) };
    case 'content':
      return { type: 'text', text: textOf(source.content as ContentBlock[]), ...cacheMark(block) };
    default:
      return undefined;
  }
}

function toToolMessage(block: ContentBlock): { message: ChatMessage; pictures: Part[] } {
  const content = (block.content ?? '') as string | readonly ContentBlock[];
  const pictures = typeof content === 'string' ? [] : picturesIn(content);
  const said = typeof content === 'string' ? content : textOf(content);
  const text = said || (pictures.length > 0 ? '(The picture follows.)' : '');
  const message = {
    role: 'tool',
    tool_call_id: block.tool_use_id,
    // What went wrong must still read as that on wires without the mark.
    content: block.is_error === true ? `Error: ${text}` : text,
    ...cacheMark(block),
  };
  return { message: message as unknown as ChatMessage, pictures };
}

function picturesIn(blocks: readonly ContentBlock[]): Part[] {
  return blocks.flatMap((block): Part[] => {
    const picture = block.type === 'image' ? toPicture(block) : undefined;
    return picture ? [picture] : [];
  });
}

function textOf(blocks: readonly ContentBlock[]): string {
  return blocks
    .flatMap((block) => {
      switch (block.type) {
        case 'text':
          return [asText(block.text ?? '')];
        case 'tool_reference':
          return [`The tool ${asText(block.tool_name)} can be called now.`];
        case 'search_result':
          return [searchResultText(block)];
        case 'image':
          return [];
        default:
          return [JSON.stringify(block)];
      }
    })
    .join('\n');
}

function searchResultText(block: ContentBlock): string {
  const content = Array.isArray(block.content) ? textOf(block.content as ContentBlock[]) : '';
  return [block.title, block.source, content].filter(Boolean).join('\n');
}

/** Where the caller wants the provider's prompt cache to end. */
export function cacheMark(block: ContentBlock): object {
  return block.cache_control == null ? {} : { cache_control: block.cache_control };
}
