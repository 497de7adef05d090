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

/** A conversation as it is translated; `skipped` names kinds of blocks that have no counterpart. */
export interface TranslatedTurns {
  readonly messages: ChatMessage[];
  readonly skipped: Set<string>;
}

/** The user's turn: results of tools first, as every wire wants them, then what the user says, then pictures of the results. */
export function addUserTurn(content: string | readonly ContentBlock[], to: TranslatedTurns): void {
  if (typeof content === 'string') {
    to.messages.push({ role: 'user', content });
    return;
  }
  const said: Part[] = [];
  const pictures: Part[] = [];
  for (const block of content) {
    if (block.type === 'tool_result') {
      to.messages.push(toToolMessage(block, pictures));
      continue;
    }
    const part = toPart(block);
    if (part) said.push(part);
    else to.skipped.add(asText(block.type));
  }
  said.push(...pictures);
  if (said.length > 0) to.messages.push({ role: 'user', content: said } as unknown as ChatMessage);
}

/** The assistant's turn: one message with text, calls, and its thinking beside them, word for word. */
export function addAssistantTurn(content: string | readonly ContentBlock[], to: TranslatedTurns): void {
  if (typeof content === 'string') {
    to.messages.push({ role: 'assistant', content });
    return;
  }
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
        else to.skipped.add(asText(block.type));
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
  to.messages.push(message as unknown as ChatMessage);
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

/** @param pictures gets those of the result */
function toToolMessage(block: ContentBlock, pictures: Part[]): ChatMessage {
  const text = resultText(block.content as string | readonly ContentBlock[] | undefined, pictures);
  const message = {
    role: 'tool',
    tool_call_id: block.tool_use_id,
    // What went wrong must still read as that on wires without the mark.
    content: block.is_error === true ? `Error: ${text}` : text,
    ...cacheMark(block),
  };
  return message as unknown as ChatMessage;
}

function resultText(content: string | readonly ContentBlock[] | undefined, pictures: Part[]): string {
  if (typeof content === 'string') return content;
  let hasPicture = false;
  for (const block of content ?? []) {
    const picture = block.type === 'image' ? toPicture(block) : undefined;
    if (!picture) continue;
    pictures.push(picture);
    hasPicture = true;
  }
  return textOf(content ?? []) || (hasPicture ? '(The picture follows.)' : '');
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
