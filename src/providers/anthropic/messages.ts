/** OpenAI's conversation as Anthropic's: system apart, roles in turns, tool calls and results as content blocks. */
import type { ChatCompletionContentPart, ChatMessage } from '../../core/openai-types.ts';
import { UpstreamFailure } from '../../failures/upstream-failure.ts';

export interface Block {
  type: string;
  [field: string]: unknown;
}
export interface Turn {
  role: 'user' | 'assistant';
  content: Block[];
}

/** Anthropic wants a conversation to begin with the user; this stands in where the caller's does not. */
const BEGIN: Block = { type: 'text', text: '(The conversation begins with the assistant.)' };

export function toAnthropicMessages(messages: readonly ChatMessage[]): { system: Block[]; messages: Turn[] } {
  const system: Block[] = [];
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...contentBlocks(message.content));
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = blocksOf(message);
    if (content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', content: [BEGIN] });
  trimPrefill(turns.at(-1)!);
  return { system, messages: turns };
}

function blocksOf(message: ChatMessage): Block[] {
  switch (message.role) {
    case 'tool':
      return [
        { type: 'tool_result', tool_use_id: message.tool_call_id, content: contentBlocks(message.content) },
      ];
    case 'assistant': {
      const calls = (message.tool_calls ?? []).flatMap((call) =>
        call.type === 'function'
          ? [
              {
                type: 'tool_use',
                id: call.id,
                name: call.function.name,
                input: parsedArguments(call.function.arguments),
              },
            ]
          : [],
      );
      return [...contentBlocks(message.content), ...calls];
    }
    default:
      return contentBlocks(message.content);
  }
}

/** Text of nothing but white space is refused by Anthropic and says nothing, so it is left out. */
function contentBlocks(content: ChatMessage['content']): Block[] {
  if (!content) return [];
  if (typeof content === 'string') return textBlock(content);
  return content.flatMap((part) =>
    contentBlock(part as ChatCompletionContentPart | { type: 'refusal'; refusal: string }),
  );
}

function contentBlock(part: ChatCompletionContentPart | { type: 'refusal'; refusal: string }): Block[] {
  switch (part.type) {
    case 'text':
      return textBlock(part.text);
    case 'refusal':
      return textBlock(part.refusal);
    case 'image_url':
      return [{ type: 'image', source: imageSource(part.image_url.url) }];
    default:
      throw new UpstreamFailure({
        message: `Anthropic takes text and images, not content of type ${part.type}.`,
        status: 400,
        code: 'unsupported_content',
        reason: `Content of type ${part.type} is not supported by this model.`,
      });
  }
}

function textBlock(text: string): Block[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function imageSource(url: string): Record<string, string> {
  const data = /^data:([^;,]+)(?:;[^;,]+)*;base64,(.*)$/is.exec(url);
  return data ? { type: 'base64', media_type: data[1]!, data: data[2]! } : { type: 'url', url };
}

/** A model's own arguments may be broken JSON; Anthropic wants an object. */
function parsedArguments(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Anthropic refuses white space at the end of an answer it is to go on with. */
function trimPrefill({ role, content }: Turn): void {
  const last = content.at(-1);
  if (role === 'assistant' && last?.type === 'text') last.text = String(last.text).trimEnd();
}
